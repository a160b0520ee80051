/// The thin QR decomposition of a matrix, `W = Q · R`, by Householder reflections in double precision.
///
/// With k = min(rows, columns), Q is [rows, k] with orthonormal columns and R is [k, columns] and
/// upper triangular. The diagonal of R is not negative.
public struct QRDecomposition: Equatable, Sendable {
  public let orthogonal: Matrix
  public let triangular: Matrix

  /// Decomposes a matrix of finite numbers.
  ///
  /// - Throws: `LinearAlgebraError.notFinite`.
  /// - Complexity: O(rows · columns · k).
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    if let index = matrix.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: index / matrix.columns, column: index % matrix.columns)
    }
    let (rows, columns) = (matrix.rows, matrix.columns)
    let count = min(rows, columns)
    var reduced = matrix.values.map(Double.init)
    var reflections: [[Double]] = []
    for step in 0..<count {
      var reflection = Array(repeating: 0.0, count: rows)
      for row in step..<rows { reflection[row] = reduced[row * columns + step] }
      let length = Self.norm(reflection)
      guard length > 0 else {
        reflections.append([])
        continue
      }
      reflection[step] += reflection[step] < 0 ? -length : length
      let size = Self.norm(reflection)
      for row in step..<rows { reflection[row] /= size }
      Self.reflect(&reduced, columns: columns, by: reflection)
      reflections.append(reflection)
    }
    // Q is the product of the reflections, applied to the first columns of the identity.
    var basis = Array(repeating: 0.0, count: rows * count)
    for index in 0..<count { basis[index * count + index] = 1 }
    for reflection in reflections.reversed() where !reflection.isEmpty {
      Self.reflect(&basis, columns: count, by: reflection)
    }
    for index in 0..<count where reduced[index * columns + index] < 0 {
      for column in 0..<columns { reduced[index * columns + column].negate() }
      for row in 0..<rows { basis[row * count + index].negate() }
    }
    orthogonal = Matrix(rows: rows, columns: count, values: basis.map { Float($0) })
    triangular = Matrix(
      rows: count, columns: columns,
      values: (0..<count).flatMap { row in
        (0..<columns).map { $0 < row ? 0 : Float(reduced[row * columns + $0]) }
      })
  }

  private static func norm(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Subtracts from every column twice its share along a unit vector.
  private static func reflect(_ numbers: inout [Double], columns: Int, by unit: [Double]) {
    for column in 0..<columns {
      var share = 0.0
      for row in unit.indices { share += unit[row] * numbers[row * columns + column] }
      for row in unit.indices { numbers[row * columns + column] -= 2 * share * unit[row] }
    }
  }
}
