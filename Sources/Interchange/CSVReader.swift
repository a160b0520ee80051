/// Reads the lines of a table of numbers one after the other.
struct CSVReader {
  private(set) var names: [String]?
  private(set) var columns = 0
  private(set) var values: [Float] = []
  private(set) var lines: [Int] = []

  private let path: String
  private let bytes: [UInt8]
  private var splitter: CSVCells?

  private typealias Problem = CSVMatrix.Problem

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  private func error(_ problem: Problem, line: Int, column: Int? = nil) -> InterchangeError {
    .csv(file: path, line: line, column: column, problem)
  }

  /// Reads all lines.
  mutating func read() throws(InterchangeError) {
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
      || bytes.prefix(4).contains(0)
    {
      throw error(.otherEncoding, line: 1)
    }
    var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var line = 0
    while start < bytes.count {
      line += 1
      let end =
        bytes[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        ?? bytes.count
      let content = CSVCells.trimmed(bytes[start..<end])
      if let first = content.first, first != UInt8(ascii: "#") {
        // An empty cell at the start of a line may be nothing but a tab.
        try readRow(splitter?.separator == .tab ? bytes[start..<end] : content, line: line)
      }
      start = end + 1
      if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\r"),
        bytes[end + 1] == UInt8(ascii: "\n")
      {
        start += 1
      }
    }
    guard !lines.isEmpty else { throw error(.noNumbers, line: max(line, 1)) }
  }

  private mutating func readRow(_ row: ArraySlice<UInt8>, line: Int) throws(InterchangeError) {
    let isFirst = splitter == nil
    let splitter = self.splitter ?? CSVCells(firstLine: row)
    self.splitter = splitter
    let cells: [ArraySlice<UInt8>]
    do throws(CSVCells.UnclosedQuote) {
      cells = try splitter.cells(of: row)
    } catch let failure {
      throw error(.unclosedQuote, line: line, column: failure.column)
    }
    if isFirst {
      columns = cells.count
      if cells.allSatisfy({ splitter.number(in: $0) == nil }) {
        names = cells.map { String(decoding: $0, as: UTF8.self) }
        return
      }
    }
    guard cells.count == columns else {
      throw error(.wrongCellCount(expected: columns, found: cells.count), line: line)
    }
    for (index, cell) in cells.enumerated() {
      guard let value = splitter.number(in: cell) else {
        let text = String(decoding: cell, as: UTF8.self)
        throw error(cell.isEmpty ? .emptyCell : .notANumber(text), line: line, column: index + 1)
      }
      if value.isInfinite, cell.contains(where: { (0x30...0x39).contains($0) }) {
        throw error(
          .tooLargeNumber(String(decoding: cell, as: UTF8.self)), line: line, column: index + 1)
      }
      values.append(value)
    }
    lines.append(line)
  }
}
