public import LinearAlgebra

/// A matrix read from a table of numbers as text.
///
/// Cells are separated by commas, semicolons, tabs or spaces, whichever the first line has; beside
/// semicolons, tabs and spaces a decimal comma is accepted too. A first line without any number gives
/// names to the columns. Blank lines and lines that begin with `#` are skipped.
public struct CSVMatrix: Equatable, Sendable {
  /// A larger file is refused: such matrices belong in a binary format.
  public static let largestFile = 64 << 20

  /// The path of the file.
  public let path: String
  /// The names of the columns, if the file gives them.
  public let columnNames: [String]?
  /// The numbers; they may be infinite or NaN where the file says so.
  public let matrix: Matrix
  /// The line of the file, counted from 1, of each row.
  public let lines: [Int]

  /// What is wrong with a table.
  public enum Problem: Error, Equatable, Sendable {
    case tooLarge(byteCount: Int)
    case otherEncoding
    case noNumbers
    case emptyCell
    case notANumber(String)
    case tooLargeNumber(String)
    case unclosedQuote
    case wrongCellCount(expected: Int, found: Int)
    case notFinite(String)
  }

  /// Reads a file.
  ///
  /// - Throws: `unreadable`, `empty`, or `csv` with the first line and column that are wrong.
  public init(path: String) throws(InterchangeError) {
    let file = try MemoryMappedFile(path: path)
    guard file.count <= Self.largestFile else {
      throw .csv(file: path, line: 1, column: nil, .tooLarge(byteCount: file.count))
    }
    self.path = path
    var reader = CSVReader(path: path, bytes: file.copy(0..<file.count))
    try reader.read()
    columnNames = reader.names
    matrix = Matrix(rows: reader.lines.count, columns: reader.columns, values: reader.values)
    lines = reader.lines
  }
}

extension CSVMatrix.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let byteCount):
      "the file has \(byteCount) bytes, more than the limit of \(CSVMatrix.largestFile) for text; "
        + "save the matrix as .npy or .safetensors"
    case .otherEncoding:
      "the text is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"
    case .noNumbers:
      "the file has no numbers"
    case .emptyCell:
      "the cell is empty"
    case .notANumber(let cell):
      "\(quoted(cell)) is not a number"
    case .tooLargeNumber(let cell):
      "\(quoted(cell)) is too large for single precision"
    case .unclosedQuote:
      "a quotation mark is not closed on its line"
    case .wrongCellCount(let expected, let found):
      "the row has \(found) \(found == 1 ? "cell" : "cells") instead of \(expected)"
    case .notFinite(let value):
      "\(value) is not a finite number, as weights must be"
    }
  }
}
