extension Matrix {
  /// The submatrix of a range of rows and a range of columns.
  public subscript(rows rows: Range<Int>, columns columns: Range<Int>) -> Matrix {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= self.rows && columns.lowerBound >= 0
        && columns.upperBound <= self.columns,
      "Rows \(rows) and columns \(columns) are not all in a \(self.rows)×\(self.columns) matrix.")
    let values = rows.flatMap { row in
      self.values[row * self.columns + columns.lowerBound..<row * self.columns + columns.upperBound]
    }
    return Matrix(rows: rows.count, columns: columns.count, values: values)
  }

  /// The elements of one row.
  public func row(_ row: Int) -> ArraySlice<Float> {
    values[row * columns..<(row + 1) * columns]
  }

  /// The elements of one column.
  public func column(_ column: Int) -> [Float] { (0..<rows).map { self[$0, column] } }
}
