/// A dense matrix of single-precision numbers, stored row by row.
///
/// Weights have shape [out, in], as in PyTorch: `y = x Wᵀ`.
public struct Matrix: Equatable, Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements in row-major order; `rows * columns` of them.
  public var values: [Float]

  /// Creates a matrix from its elements in row-major order.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "A \(rows)×\(columns) matrix cannot hold \(values.count) values.")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The element in a row and a column, both counted from 0.
  @inlinable public subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The number of elements.
  public var count: Int { values.count }
}
