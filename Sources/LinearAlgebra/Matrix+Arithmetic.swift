internal import COpenBLAS

extension Matrix {
  /// A matrix of zeros.
  public static func zeros(rows: Int, columns: Int) -> Matrix {
    Matrix(rows: rows, columns: columns, values: Array(repeating: 0, count: rows * columns))
  }

  /// The sum of two matrices of one shape.
  public static func + (left: Matrix, right: Matrix) -> Matrix { left.combined(right, +) }

  /// The difference of two matrices of one shape.
  public static func - (left: Matrix, right: Matrix) -> Matrix { left.combined(right, -) }

  /// Every element times a number.
  public static func * (factor: Float, matrix: Matrix) -> Matrix {
    Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { factor * $0 })
  }

  private func combined(_ other: Matrix, _ operation: (Float, Float) -> Float) -> Matrix {
    precondition(
      rows == other.rows && columns == other.columns,
      "Matrices of \(rows)×\(columns) and \(other.rows)×\(other.columns) have different shapes.")
    return Matrix(
      rows: rows, columns: columns, values: zip(values, other.values).map(operation))
  }

  /// Every row times a number of its own.
  public func scalingRows(by factors: [Float]) -> Matrix {
    precondition(factors.count == rows, "\(rows) rows need as many factors, not \(factors.count).")
    var result = self
    for index in values.indices { result.values[index] *= factors[index / columns] }
    return result
  }

  /// The matrix with rows and columns exchanged.
  public var transposed: Matrix {
    var result = Matrix.zeros(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The most multiplications that are done in the order of the formula.
  ///
  /// Such products do not depend on the processor; larger ones go to OpenBLAS, whose last bits do;
  /// neither depends on the number of threads.
  public static let largestOrderedProduct = 1 << 15

  /// The product of two matrices, [rows, inner] · [inner, columns].
  ///
  /// Small products accumulate in double precision and round once.
  public func multiplied(by other: Matrix) -> Matrix {
    precondition(
      columns == other.rows,
      "Matrices of \(rows)×\(columns) and \(other.rows)×\(other.columns) cannot be multiplied.")
    var result = Matrix.zeros(rows: rows, columns: other.columns)
    guard result.count > 0, columns > 0 else { return result }
    if rows * columns * other.columns <= Self.largestOrderedProduct {
      for row in 0..<rows {
        for column in 0..<other.columns {
          var sum = 0.0
          for inner in 0..<columns {
            sum += Double(self[row, inner]) * Double(other[inner, column])
          }
          result[row, column] = Float(sum)
        }
      }
      return result
    }
    OpenBLAS.prepare()
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(other.columns),
      Int32(columns), 1, values, Int32(columns), other.values, Int32(other.columns), 0,
      &result.values, Int32(other.columns))
    return result
  }
}
