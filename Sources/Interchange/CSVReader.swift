/// Reads the lines of a table of numbers one after the other.
struct CSVReader {
  private(set) var names: [String]?
  private(set) var columns = 0
  private(set) var values: [Float] = []
  private(set) var lines: [Int] = []

  private let path: String
  private let bytes: [UInt8]
  private var separator: Separator?

  private enum Separator {
    case comma, semicolon, tab, spaces
  }

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
      let content = trimmed(bytes[start..<end])
      if let first = content.first, first != UInt8(ascii: "#") {
        // An empty cell at the start of a line may be nothing but a tab.
        try readRow(separator == .tab ? bytes[start..<end] : content, line: line)
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
    let separator = self.separator ?? Self.separator(of: row)
    let isFirst = self.separator == nil
    self.separator = separator
    let cells = try self.cells(of: row, separator: separator, line: line)
    if isFirst {
      columns = cells.count
      if cells.allSatisfy({ number(in: $0, separator: separator) == nil }) {
        names = cells.map { String(decoding: $0, as: UTF8.self) }
        return
      }
    }
    guard cells.count == columns else {
      throw error(.wrongCellCount(expected: columns, found: cells.count), line: line)
    }
    for (index, cell) in cells.enumerated() {
      guard let value = number(in: cell, separator: separator) else {
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

  /// The separator that a line has, outside of quotation marks.
  private static func separator(of row: ArraySlice<UInt8>) -> Separator {
    var isQuoted = false
    var seen: Set<UInt8> = []
    for byte in row {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted { seen.insert(byte) }
    }
    if seen.contains(UInt8(ascii: "\t")) { return .tab }
    if seen.contains(UInt8(ascii: ";")) { return .semicolon }
    if seen.contains(UInt8(ascii: ",")) { return .comma }
    return seen.contains(UInt8(ascii: " ")) ? .spaces : .comma
  }

  /// The cells of a line without the spaces and quotation marks around them.
  private func cells(
    of row: ArraySlice<UInt8>, separator: Separator, line: Int
  ) throws(InterchangeError) -> [ArraySlice<UInt8>] {
    let mark: UInt8 =
      switch separator {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      case .spaces: UInt8(ascii: " ")
      }
    guard row.contains(UInt8(ascii: "\"")) else {
      let cells = row.split(separator: mark, omittingEmptySubsequences: separator == .spaces)
      return cells.map { trimmed($0) }
    }
    var cells: [ArraySlice<UInt8>] = []
    var rest = row[...]
    while true {
      let (cell, end) = try nextCell(of: rest, mark: mark, line: line, column: cells.count + 1)
      if separator != .spaces || !cell.isEmpty { cells.append(cell) }
      guard end < row.endIndex else { return cells }
      rest = row[(end + 1)...]
    }
  }

  /// The first cell of a line that has quotation marks, and the place of the separator after it.
  private func nextCell(
    of row: ArraySlice<UInt8>, mark: UInt8, line: Int, column: Int
  ) throws(InterchangeError) -> (cell: ArraySlice<UInt8>, end: Int) {
    let quote = UInt8(ascii: "\"")
    var text: [UInt8] = []
    var isQuoted = false
    var place = row.startIndex
    while place < row.endIndex, isQuoted || row[place] != mark {
      if row[place] != quote {
        text.append(row[place])
      } else if isQuoted, place + 1 < row.endIndex, row[place + 1] == quote {
        text.append(quote)
        place += 1
      } else {
        isQuoted.toggle()
      }
      place += 1
    }
    guard !isQuoted else { throw error(.unclosedQuote, line: line, column: column) }
    return (trimmed(text[...]), place)
  }

  private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var text = text
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text.drop(while: isSpace)
  }

  /// The number that a cell spells, or nothing.
  private func number(in cell: ArraySlice<UInt8>, separator: Separator) -> Float? {
    var isPlain = true
    var commas = 0
    for byte in cell {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"):
        break
      case UInt8(ascii: ",") where separator != .comma: commas += 1
      default: isPlain = false
      }
    }
    guard isPlain else { return special(cell) }
    if commas == 0 { return Float(String(decoding: cell, as: UTF8.self)) }
    guard commas == 1, !cell.contains(UInt8(ascii: ".")) else { return nil }
    let pointed = cell.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
    return Float(String(decoding: pointed, as: UTF8.self))
  }

  private func special(_ cell: ArraySlice<UInt8>) -> Float? {
    guard cell.count <= 9 else { return nil }
    return switch String(decoding: cell, as: UTF8.self).lowercased() {
    case "nan", "+nan", "-nan": .nan
    case "inf", "+inf", "infinity", "+infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: nil
    }
  }
}
