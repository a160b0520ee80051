import Foundation
@testable import LinearAlgebra
import TestSupport
import Testing

/// Matrices with their singular values, made with NumPy in double precision.
private struct SVDVectors: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let matrix: [[Float]]
    let singular_values: [Double]
    let frobenius_norm: Double
    let best_rank_errors: [Double]
    var testDescription: String { name }

    var value: Matrix {
      Matrix(rows: matrix.count, columns: matrix[0].count, values: matrix.flatMap { $0 })
    }
  }
  let cases: [Case]

  static let all: [Case] = {
    let path = repositoryRoot + "/Tests/LinearAlgebraTests/Vectors/svd.json"
    guard let data = FileManager.default.contents(atPath: path),
      let file = try? JSONDecoder().decode(SVDVectors.self, from: data)
    else { fatalError("\(path) cannot be read") }
    return file.cases
  }()
}

@Suite("Singular values and QR") struct DecompositionTests {
  @Test("singular values and best errors agree with NumPy", arguments: SVDVectors.all)
  fileprivate func vectors(reference: SVDVectors.Case) throws {
    let decomposition = try SingularValueDecomposition(reference.value)
    let scale = max(reference.singular_values.first ?? 0, 1)
    for (ours, theirs) in zip(decomposition.values, reference.singular_values) {
      #expect(abs(ours - theirs) <= 1e-12 * scale)
    }
    #expect(decomposition.values.count == reference.singular_values.count)
    for (rank, error) in reference.best_rank_errors.enumerated() {
      #expect(abs(decomposition.error(rank: rank) - error) <= 1e-12 * scale)
    }
    #expect(abs(reference.value.norm - reference.frobenius_norm) <= 1e-12 * scale)
  }

  static let shapes = [(1, 1), (1, 7), (7, 1), (5, 5), (9, 4), (4, 11), (64, 64), (80, 70)]

  private func random(_ rows: Int, _ columns: Int, seed: UInt64 = 5) -> Matrix {
    var generator = RandomGenerator(seed: seed)
    return .randomNormal(rows: rows, columns: columns, using: &generator)
  }

  @Test("the product of the parts is the matrix, with orthonormal vectors", arguments: shapes)
  func reconstruction(rows: Int, columns: Int) throws {
    let matrix = random(rows, columns)
    let svd = try SingularValueDecomposition(matrix)
    let count = min(rows, columns)
    #expect((svd.approximation(rank: count) - matrix).norm <= 1e-6 * matrix.norm)
    for first in 0..<count {
      for second in 0..<count {
        let expected = first == second ? 1.0 : 0.0
        let left = (0..<rows).reduce(0.0) {
          $0 + svd.left[$1 * count + first] * svd.left[$1 * count + second]
        }
        let right = (0..<columns).reduce(0.0) {
          $0 + svd.right[first * columns + $1] * svd.right[second * columns + $1]
        }
        #expect(abs(left - expected) < 1e-12)
        #expect(abs(right - expected) < 1e-12)
      }
    }
  }

  @Test("the error of an approximation is what the singular values left out say", arguments: shapes)
  func truncation(rows: Int, columns: Int) throws {
    let matrix = random(rows, columns, seed: 9)
    let svd = try SingularValueDecomposition(matrix)
    for rank in [0, min(rows, columns) / 2, min(rows, columns)] {
      let error = (matrix - svd.approximation(rank: rank)).norm
      #expect(abs(error - svd.error(rank: rank)) <= 1e-6 * matrix.norm)
    }
  }

  @Test("the largest entry of every left vector is positive")
  func signs() throws {
    for (rows, columns) in [(6, 6), (80, 70)] {
      let svd = try SingularValueDecomposition(random(rows, columns))
      let count = min(rows, columns)
      for index in 0..<count {
        let vector = (0..<rows).map { svd.left[$0 * count + index] }
        #expect((vector.max() ?? 0) >= (vector.min() ?? 0).magnitude * (1 - 1e-6))
      }
    }
  }

  @Test("both methods find the same decomposition")
  func methods() throws {
    let matrix = random(20, 12)
    let numbers = matrix.values.map(Double.init)
    let jacobi = SingularValueDecomposition(jacobi: numbers, rows: 20, columns: 12)
    let lapack = try SingularValueDecomposition(lapack: numbers, rows: 20, columns: 12)
    for (ours, theirs) in [
      (jacobi.values, lapack.values), (jacobi.left, lapack.left), (jacobi.right, lapack.right),
    ] {
      #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-11 })
    }
  }

  @Test("zero and deficient matrices have a rank and still an orthonormal basis")
  func deficient() throws {
    #expect(try SingularValueDecomposition(.zeros(rows: 3, columns: 5)).rank == 0)
    let product = random(8, 2).multiplied(by: random(2, 6))
    let svd = try SingularValueDecomposition(product)
    #expect(svd.rank == 2)
    #expect((svd.approximation(rank: 2) - product).norm < 1e-6 * product.norm)
  }

  @Test("a matrix that is not finite is refused with its place")
  func notFinite() {
    var matrix = random(3, 4)
    matrix[1, 2] = .nan
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 2)) {
      try SingularValueDecomposition(matrix)
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 2)) { try QRDecomposition(matrix) }
  }

  @Test("Q is orthonormal, R is triangular, and their product is the matrix", arguments: shapes)
  func qr(rows: Int, columns: Int) throws {
    let matrix = random(rows, columns)
    let qr = try QRDecomposition(matrix)
    #expect((qr.orthogonal.multiplied(by: qr.triangular) - matrix).norm <= 1e-5 * matrix.norm)
    let gram = qr.orthogonal.transposed.multiplied(by: qr.orthogonal)
    for row in 0..<gram.rows {
      #expect(qr.triangular[row, row] >= 0)
      for column in 0..<gram.columns {
        #expect(abs(gram[row, column] - (row == column ? 1 : 0)) < 1e-5)
        if column < row { #expect(qr.triangular[row, column] == 0) }
      }
    }
  }

  @Test("OpenBLAS computes with one thread, so that the last bits do not depend on their number")
  func threads() throws {
    _ = random(80, 70).multiplied(by: random(70, 80))
    #expect(OpenBLAS.threads == 1)
    _ = try SingularValueDecomposition(random(80, 70))
    #expect(OpenBLAS.threads == 1)
  }

  @Test("large products agree with small ones")
  func products() {
    let (left, right) = (random(70, 40), random(40, 50, seed: 8))
    let product = left.multiplied(by: right)
    for (row, column) in [(0, 0), (69, 49), (33, 7)] {
      let block = left[rows: row..<row + 1, columns: 0..<40]
        .multiplied(by: right[rows: 0..<40, columns: column..<column + 1])
      #expect(abs(product[row, column] - block[0, 0]) < 1e-4)
    }
    #expect(left.transposed.transposed == left)
    #expect((left + left - 2 * left).norm == 0)
  }

  @Test(
    "singular values alone are those of the decomposition",
    arguments: [(1, 1), (5, 3), (64, 80), (65, 65), (70, 120), (120, 70)])
  func valuesAlone(rows: Int, columns: Int) throws {
    var generator = RandomGenerator(seed: UInt64(rows + columns))
    let matrix = Matrix.randomNormal(rows: rows, columns: columns, using: &generator)
    let alone = try SingularValues.of(matrix)
    let values = try SingularValueDecomposition(matrix).values
    #expect(alone.count == values.count)
    for (one, other) in zip(alone, values) { #expect(abs(one - other) < 1e-12 * values[0]) }
    var spoilt = matrix
    spoilt[rows - 1, columns - 1] = .nan
    #expect(throws: LinearAlgebraError.notFinite(row: rows - 1, column: columns - 1)) {
      try SingularValues.of(spoilt)
    }
  }
}
