import LinearAlgebra
import Testing

@Suite("Decompositions of matrices without full rank") struct DeficientMatrixTests {
  /// A matrix by the name that a failing test prints.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let matrix: Matrix
    let rank: Int
  }

  static let cases: [Case] = {
    func random(_ rows: Int, _ columns: Int, _ seed: UInt64) -> Matrix {
      var generator = RandomGenerator(seed: seed)
      return .randomNormal(rows: rows, columns: columns, using: &generator)
    }
    func whole(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Int) -> Matrix {
      let values = (0..<rows * columns).map { Float(element($0 / columns, $0 % columns)) }
      return Matrix(rows: rows, columns: columns, values: values)
    }
    return [
      Case(testDescription: "zero, tall", matrix: .zeros(rows: 5, columns: 3), rank: 0),
      Case(testDescription: "zero, wide", matrix: .zeros(rows: 3, columns: 5), rank: 0),
      Case(testDescription: "ones", matrix: whole(8, 6) { _, _ in 1 }, rank: 1),
      Case(
        testDescription: "column times row", matrix: whole(6, 6) { ($0 + 1) * ($1 + 1) }, rank: 1),
      Case(
        testDescription: "column times row, tall", matrix: whole(9, 4) { ($0 + 1) * ($1 - 2) },
        rank: 1),
      Case(testDescription: "sums of places", matrix: whole(7, 9) { $0 + 10 * $1 }, rank: 2),
      Case(testDescription: "equal columns", matrix: whole(6, 5) { row, _ in row * row }, rank: 1),
      Case(
        testDescription: "random, rank 2",
        matrix: random(64, 2, 1).multiplied(by: random(2, 64, 2)), rank: 2),
      Case(
        testDescription: "random, rank 2, by LAPACK",
        matrix: random(80, 2, 1).multiplied(by: random(2, 70, 2)), rank: 2),
    ]
  }()

  @Test("a rank is found, and every vector is of length 1 and orthogonal to all", arguments: cases)
  func singularValues(reference: Case) throws {
    let (matrix, svd) = (reference.matrix, try SingularValueDecomposition(reference.matrix))
    let count = svd.values.count
    #expect(svd.rank == reference.rank)
    #expect((svd.approximation(rank: reference.rank) - matrix).norm <= 1e-6 * matrix.norm)
    let left = (0..<count).map { index in
      (0..<matrix.rows).map { svd.left[$0 * count + index] }
    }
    let right = (0..<count).map { index in
      Array(svd.right[index * matrix.columns..<(index + 1) * matrix.columns])
    }
    for vectors in [left, right] {
      for first in 0..<count {
        for second in 0...first {
          let product = zip(vectors[first], vectors[second]).reduce(0.0) { $0 + $1.0 * $1.1 }
          #expect(abs(product - (first == second ? 1 : 0)) < 1e-12, "\(first) and \(second)")
        }
      }
    }
  }

  @Test("Q is orthonormal too, and Q · R is the matrix", arguments: cases)
  func triangular(reference: Case) throws {
    let (matrix, qr) = (reference.matrix, try QRDecomposition(reference.matrix))
    #expect((qr.orthogonal.multiplied(by: qr.triangular) - matrix).norm <= 1e-6 * matrix.norm)
    let gram = qr.orthogonal.transposed.multiplied(by: qr.orthogonal)
    for row in 0..<gram.rows {
      for column in 0..<gram.columns {
        #expect(abs(gram[row, column] - (row == column ? 1 : 0)) < 1e-6)
      }
    }
  }
}
