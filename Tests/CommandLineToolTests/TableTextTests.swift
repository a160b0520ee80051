@testable import CommandLineTool
import Demonstrations
import Drawing
import Testing

@Suite("Tables of a terminal") struct TableTextTests {
  private func lines(
    _ table: DataTable, _ language: Language = .english, width: Int = 80
  ) -> [String] {
    TableText(words: Words(language), theme: .light, width: width).lines(table).map(\.plainText)
  }

  private func matrix(_ rows: [[Value]]) -> DataTable {
    DataTable(id: "t", title: Phrase("T"), rows: rows.map { $0.map { DataTable.Cell($0) } })
  }

  @Test("decimal marks stand below each other, whatever the decimals and the language")
  func decimals() {
    let table = matrix([
      [.number(1.5, decimals: 1)], [.number(-12.25, decimals: 2)], [.integer(300)],
    ])
    #expect(lines(table) == ["T", "   1.5", " −12.25", " 300"])
    #expect(lines(table, .spanish) == ["T", "   1,5", " −12,25", " 300"])
  }

  @Test("words stand at the left and numbers at the right, below their headings")
  func headings() {
    let table = DataTable(
      id: "t", title: Phrase("T"), columns: [Phrase("code"), Phrase("count")],
      rows: [
        [.init(.code("0x0F")), .init(.integer(7))], [.init(.code("0xA")), .init(.integer(12))],
      ])
    #expect(lines(table) == ["T", " code  count", " 0x0F      7", " 0xA      12"])
  }

  @Test("rows have their labels, and a short row leaves its cells empty")
  func labels() {
    var table = matrix([[.integer(1), .integer(2)], [.integer(3)]])
    table.rowLabels = [Phrase("first"), Phrase("b")]
    #expect(lines(table) == ["T", "first 1  2", "b     3"])
  }

  @Test(
    "columns that do not fit are counted",
    arguments: [
      (Language.english, "more columns", "more column"), (.spanish, "columnas más", "columna más"),
    ])
  func cutColumns(language: Language, words: String, one: String) {
    let row = (0..<10).map { Value.integer(100 + $0) }
    let narrow = lines(matrix([row]), language, width: 16)
    #expect(narrow == ["T", " 100  101  102", "… 7 \(words)"])
    #expect(lines(matrix([row]), language, width: 50).count == 2)
    // One column less than the whole width needs.
    #expect(lines(matrix([row]), language, width: 49).last == "… 1 \(one)")
  }

  @Test("one column is shown, however narrow it is")
  func oneColumn() {
    #expect(
      lines(matrix([[.integer(123_456), .integer(1)]]), width: 4) == [
        "T", " 123\u{202F}456", "… 1 more column",
      ])
  }

  @Test("rows after the fortieth are counted", arguments: [40, 41, 300])
  func cutRows(count: Int) {
    let shown = lines(matrix((0..<count).map { [.integer($0)] }))
    #expect(shown.count == 1 + 40 + (count > 40 ? 1 : 0))
    #expect((shown.last == "… \(count - 40) more \(count == 41 ? "row" : "rows")") == (count > 40))
  }

  @Test("a table without rows is its title")
  func empty() { #expect(lines(matrix([])) == ["T"]) }

  @Test("no line ends in spaces but for those that a colour shows")
  func trailingSpaces() {
    var table = matrix([[.integer(1)], [.number(2.5, decimals: 1)]])
    #expect(lines(table).allSatisfy { !$0.hasSuffix(" ") })
    table.rows[0][0].shade = .signed(1)
    #expect(lines(table)[1] == " 1   ")
  }
}

@Suite("Numbers on colours") struct TableInkTests {
  private static let shades: [DataTable.Shade] =
    stride(from: -1.0, through: 1, by: 0.05).map { .signed($0) }
    + stride(from: 0.0, through: 1, by: 0.05).map { .magnitude($0) }
    + ValueClass.allCases.map { .valueClass($0) }

  /// The colour that a control sequence chooses after `38;` or `48;`.
  private func color(_ kind: String, in text: String) -> Color? {
    let codes = text.dropFirst(2).prefix { $0 != "m" }.split(separator: ";").compactMap { Int($0) }
    guard let start = codes.firstIndex(of: kind == "ink" ? 38 : 48) else { return nil }
    if codes[start + 1] == 2 {
      let parts = codes[(start + 2)...].prefix(3).map { Double($0) / 255 }
      return Color(red: parts[0], green: parts[1], blue: parts[2])
    }
    let levels = [0, 95, 135, 175, 215, 255].map { Double($0) / 255 }
    let index = codes[start + 2] - 16
    return Color(
      red: levels[index / 36], green: levels[index / 6 % 6], blue: levels[index % 6])
  }

  @Test(
    "can be read as the terminal shows them", arguments: Theme.all,
    [Painter.Depth.trueColor, .indexed])
  func contrast(theme: Theme, depth: Painter.Depth) throws {
    for shade in Self.shades {
      let table = DataTable(
        id: "t", title: Phrase("T"), rows: [[.init(.integer(1), shade: shade)]])
      let line = TableText(words: Words(.english), theme: theme, width: 80).lines(table)[1]
      let painted = Painter(depth: depth)(line)
      let ink = try #require(color("ink", in: painted))
      let backdrop = try #require(color("backdrop", in: painted))
      #expect(ink.contrast(with: backdrop) >= 4.5, "\(shade)")
    }
  }
}
