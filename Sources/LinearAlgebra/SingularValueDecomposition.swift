/// The singular value decomposition of a matrix, `W = U · diag(σ) · Vᵀ`, in double precision.
///
/// With k = min(rows, columns), U is [rows, k], σ has k entries in decreasing order, and Vᵀ is
/// [k, columns]. Vectors are fixed up to a common sign; here the entry of largest magnitude in each
/// column of U is positive, and the first of them where several are as large.
public struct SingularValueDecomposition: Equatable, Sendable {
  public let rows: Int
  public let columns: Int
  /// The left singular vectors, [rows, k], row by row.
  public let left: [Double]
  /// The singular values, in decreasing order.
  public let values: [Double]
  /// The right singular vectors, [k, columns], row by row.
  public let right: [Double]

  /// The shorter side up to which the decomposition does not depend on the processor.
  public static let largestJacobiSide = 64

  /// Decomposes a matrix of finite numbers.
  ///
  /// - Throws: `LinearAlgebraError` where a number is not finite or LAPACK does not converge.
  /// - Complexity: O(rows · columns · k).
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    if let index = matrix.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: index / matrix.columns, column: index % matrix.columns)
    }
    let numbers = matrix.values.map(Double.init)
    if min(matrix.rows, matrix.columns) <= Self.largestJacobiSide {
      self.init(jacobi: numbers, rows: matrix.rows, columns: matrix.columns)
    } else {
      try self.init(lapack: numbers, rows: matrix.rows, columns: matrix.columns)
    }
  }

  /// Assembles a decomposition, and gives its vectors their signs.
  init(rows: Int, columns: Int, left: [Double], values: [Double], right: [Double]) {
    var (left, right) = (left, right)
    let count = values.count
    for index in 0..<count {
      var largest = 0.0
      for row in 0..<rows where left[row * count + index].magnitude > largest.magnitude * (1 + 1e-9)
      {
        largest = left[row * count + index]
      }
      guard largest < 0 else { continue }
      for row in 0..<rows { left[row * count + index].negate() }
      for column in 0..<columns { right[index * columns + column].negate() }
    }
    (self.rows, self.columns) = (rows, columns)
    (self.left, self.values, self.right) = (left, values, right)
  }

  /// The number of singular values that are not zero to rounding.
  public var rank: Int {
    let limit = (values.first ?? 0) * Double(max(rows, columns)) * 0x1p-24
    return values.count { $0 > limit }
  }

  /// The best approximation of a rank in the Frobenius and the spectral norm (Eckart and Young 1936).
  ///
  /// - Precondition: The rank is from 0 to the number of singular values.
  public func approximation(rank: Int) -> Matrix {
    precondition((0...values.count).contains(rank), "A rank of \(rank) is out of range.")
    var result = Matrix.zeros(rows: rows, columns: columns)
    let count = values.count
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for index in 0..<rank {
          sum += left[row * count + index] * values[index] * right[index * columns + column]
        }
        result[row, column] = Float(sum)
      }
    }
    return result
  }

  /// The Frobenius norm of what the best approximation of a rank leaves out: √Σσ² of the rest.
  public func error(rank: Int) -> Double {
    values.dropFirst(rank).reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
