/// Splits the lines of a table into cells, and reads the numbers in them.
///
/// Every line has the separator of the first one.
package struct CSVCells {
  package let separator: Separator

  package enum Separator {
    case comma, semicolon, tab, spaces
  }

  /// A quotation mark that is not closed on its line; the column is counted from 1.
  package struct UnclosedQuote: Error {
    package let column: Int
  }

  /// Takes the separator of the first line of a table.
  package init(firstLine row: ArraySlice<UInt8>) { separator = Self.separator(of: row) }

  /// The separator that a line has outside of quotation marks.
  ///
  /// A tab after a comma or a semicolon is only space.
  private static func separator(of row: ArraySlice<UInt8>) -> Separator {
    var isQuoted = false
    var seen: Set<UInt8> = []
    var previous = UInt8(ascii: " ")
    for byte in row {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      let isSpace = byte == UInt8(ascii: "\t") && ",;".utf8.contains(previous)
      if !isQuoted && !isSpace { seen.insert(byte) }
      if byte != UInt8(ascii: " ") && !isSpace { previous = byte }
    }
    if seen.contains(UInt8(ascii: "\t")) { return .tab }
    if seen.contains(UInt8(ascii: ";")) { return .semicolon }
    if seen.contains(UInt8(ascii: ",")) { return .comma }
    return seen.contains(UInt8(ascii: " ")) ? .spaces : .comma
  }

  /// The cells of a line without the spaces and quotation marks around them.
  package func cells(
    of row: ArraySlice<UInt8>
  ) throws(UnclosedQuote) -> [ArraySlice<UInt8>] {
    let mark: UInt8 =
      switch separator {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      case .spaces: UInt8(ascii: " ")
      }
    guard row.contains(UInt8(ascii: "\"")) else {
      let cells = row.split(separator: mark, omittingEmptySubsequences: separator == .spaces)
      return cells.map { Self.trimmed($0) }
    }
    var cells: [ArraySlice<UInt8>] = []
    var rest = row[...]
    while true {
      let (cell, end) = try nextCell(of: rest, mark: mark, column: cells.count + 1)
      if separator != .spaces || !cell.isEmpty { cells.append(cell) }
      guard end < row.endIndex else { return cells }
      rest = row[(end + 1)...]
    }
  }

  /// The first cell of a line that has quotation marks, and the place of the separator after it.
  private func nextCell(
    of row: ArraySlice<UInt8>, mark: UInt8, column: Int
  ) throws(UnclosedQuote) -> (cell: ArraySlice<UInt8>, end: Int) {
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
    guard !isQuoted else { throw UnclosedQuote(column: column) }
    return (Self.trimmed(text[...]), place)
  }

  /// A text without the spaces and tabs around it.
  package static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var text = text
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text.drop(while: isSpace)
  }

  /// The number that a cell spells, or nothing.
  package func number(in cell: ArraySlice<UInt8>) -> Float? {
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
