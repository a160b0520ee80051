internal import Interchange

/// A table with named columns from a file of the user, its cells as text.
///
/// Cells are separated by commas, semicolons, tabs or spaces, whichever the first line has. Blank lines
/// and lines that begin with `#` are skipped.
public struct TableFile: Equatable, Sendable {
  /// A larger file is refused.
  public static let largestFile = 64 << 20
  /// A longer line is refused.
  public static let longestLine = 1 << 20

  public let path: String
  /// The names in the first line.
  public let columns: [String]
  /// The rows with the lines that they stand on, counted from 1.
  let rows: [(line: Int, cells: [String])]
  let splitter: CSVCells

  /// Reads a file.
  ///
  /// - Throws: `file`, `contents`, or `lines` with the rows that are wrong, up to a limit.
  public init(path: String) throws(DatasetError) {
    let bytes = try TextFile.bytes(of: path, limit: Self.largestFile)
    var splitter: CSVCells?
    var columns: [String] = []
    var rows: [(line: Int, cells: [String])] = []
    var problems = LineProblems()
    for (number, line) in TextLines(bytes) {
      let content = CSVCells.trimmed(line)
      guard let first = content.first, first != UInt8(ascii: "#") else { continue }
      do throws(LineProblem) {
        let isTab = splitter?.separator == .tab
        let used = splitter ?? CSVCells(firstLine: content)
        let cells = try Self.cells(isTab ? line : content, number, used)
        if splitter == nil {
          splitter = used
          columns = cells
        } else {
          guard cells.count == columns.count else {
            throw LineProblem(
              line: number,
              "the row has \(cells.count) \(cells.count == 1 ? "cell" : "cells") instead of "
                + "\(columns.count)")
          }
          rows.append((number, cells))
        }
      } catch {
        problems.add(error)
        // Without names the rows that follow cannot be told to be right or wrong.
        if splitter == nil { try problems.check(path) }
      }
    }
    guard let splitter else { throw .contents(file: path, .noExamples) }
    self.path = path
    self.columns = columns
    self.rows = rows
    self.splitter = splitter
    try checkNames()
    try problems.check(path)
    guard !rows.isEmpty else { throw .contents(file: path, .noExamples) }
  }

  private static func cells(
    _ line: ArraySlice<UInt8>, _ number: Int, _ splitter: CSVCells
  ) throws(LineProblem) -> [String] {
    guard line.count <= longestLine else {
      throw LineProblem(
        line: number, "the line has \(line.count) bytes, more than the limit of \(longestLine)")
    }
    guard String(validating: line, as: UTF8.self) != nil else {
      throw LineProblem(line: number, TextFile.invalidUTF8)
    }
    do throws(CSVCells.UnclosedQuote) {
      return try splitter.cells(of: line).map { String(decoding: $0, as: UTF8.self) }
    } catch {
      throw LineProblem(
        line: number, "a quotation mark in column \(error.column) is not closed on its line")
    }
  }

  /// Checks that the first line has names that tell the columns apart.
  private func checkNames() throws(DatasetError) {
    if let first = columns.first(where: { number(in: $0) != nil }) {
      throw .contents(file: path, .noColumnNames(first: first))
    }
    var seen: Set<String> = []
    for (index, name) in columns.enumerated() {
      guard !name.isEmpty else { throw .contents(file: path, .unnamedColumn(index + 1)) }
      guard seen.insert(name).inserted else {
        throw .contents(file: path, .duplicateColumn(name))
      }
    }
  }

  /// The place of a column.
  ///
  /// - Throws: `contents`, with names that are close to a wrong one.
  func index(ofColumn name: String) throws(DatasetError) -> Int {
    if let index = columns.firstIndex(of: name) { return index }
    throw .contents(
      file: path,
      .unknownColumn(name, similar: similarNames(to: name, among: columns), columns: columns))
  }

  /// The number in a cell; nothing if it is not one.
  func number(in cell: String) -> Float? { splitter.number(in: Array(cell.utf8)[...]) }

  public static func == (one: TableFile, other: TableFile) -> Bool {
    one.path == other.path && one.columns == other.columns
      && one.rows.elementsEqual(other.rows) { $0.line == $1.line && $0.cells == $1.cells }
  }
}
