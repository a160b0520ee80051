internal import COpenBLAS

/// The singular values of a matrix without its singular vectors, for which a fraction of the time is enough.
public enum SingularValues {
  /// The singular values in decreasing order.
  ///
  /// - Throws: `LinearAlgebraError` where a number is not finite or LAPACK does not converge.
  /// - Complexity: O(rows · columns · min(rows, columns)).
  public static func of(_ matrix: Matrix) throws(LinearAlgebraError) -> [Double] {
    guard min(matrix.rows, matrix.columns) > SingularValueDecomposition.largestJacobiSide else {
      return try SingularValueDecomposition(matrix).values
    }
    if let index = matrix.values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: index / matrix.columns, column: index % matrix.columns)
    }
    // Read by columns, the numbers are those of the transpose, which has the same singular values.
    var numbers = matrix.values.map(Double.init)
    var values = Array(repeating: 0.0, count: min(matrix.rows, matrix.columns))
    // Vectors are not asked for, but their places must be there.
    var (left, right) = (0.0, 0.0)
    OpenBLAS.prepare()
    let status = unsafe LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(bitPattern: UInt8(ascii: "N")), Int32(matrix.columns),
      Int32(matrix.rows), &numbers, Int32(matrix.columns), &values, &left, 1, &right, 1)
    guard status == 0 else { throw .noConvergence(rows: matrix.rows, columns: matrix.columns) }
    return values
  }
}
