internal import COpenBLAS

extension SingularValueDecomposition {
  /// Divide and conquer by LAPACK's `dgesdd`, for matrices too large for Jacobi rotations.
  ///
  /// - Throws: `LinearAlgebraError.noConvergence`.
  init(lapack numbers: [Double], rows: Int, columns: Int) throws(LinearAlgebraError) {
    let count = min(rows, columns)
    var numbers = numbers
    var left = Array(repeating: 0.0, count: rows * count)
    var values = Array(repeating: 0.0, count: count)
    var right = Array(repeating: 0.0, count: count * columns)
    OpenBLAS.prepare()
    let status = unsafe LAPACKE_dgesdd(
      LAPACK_ROW_MAJOR, CChar(bitPattern: UInt8(ascii: "S")), Int32(rows), Int32(columns),
      &numbers, Int32(columns), &values, &left, Int32(count), &right, Int32(columns))
    guard status == 0 else { throw .noConvergence(rows: rows, columns: columns) }
    self.init(rows: rows, columns: columns, left: left, values: values, right: right)
  }
}
