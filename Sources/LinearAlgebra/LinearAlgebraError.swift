/// Why a matrix cannot be decomposed.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  case notFinite(row: Int, column: Int)
  case noConvergence(rows: Int, columns: Int)

  public var description: String {
    switch self {
    case .notFinite(let row, let column):
      "the element in row \(row), column \(column) is not a finite number"
    case .noConvergence(let rows, let columns):
      "the singular values of a \(rows)×\(columns) matrix were not found"
    }
  }
}
