@testable import CommandLineTool
import Drawing
import Testing

@Suite("Colours of a terminal") struct PainterTests {
  @Test(
    "are those that the environment admits",
    arguments: [
      ([:], Painter.Depth.none),
      (["TERM": ""], .none),
      (["TERM": "dumb"], .none),
      (["TERM": "dumb", "COLORTERM": "truecolor"], .none),
      (["TERM": "xterm"], .indexed),
      (["TERM": "xterm-256color"], .indexed),
      (["TERM": "xterm-256color", "COLORTERM": "yes"], .indexed),
      (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .trueColor),
      (["TERM": "xterm", "COLORTERM": "24bit"], .trueColor),
      (["TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"], .none),
      (["TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "0"], .none),
      // An empty NO_COLOR asks for nothing.
      (["TERM": "xterm", "NO_COLOR": ""], .indexed),
    ] as [([String: String], Painter.Depth)])
  func depth(environment: [String: String], expected: Painter.Depth) {
    #expect(Painter.depth(in: environment) == expected)
  }

  private let red = Color(red: 1, green: 0, blue: 0)

  @Test("without colours only the words are left")
  func plain() {
    let line = [StyledRun("a", .init(bold: true, ink: red)), StyledRun("b")]
    #expect(Painter(depth: .none)(line) == "ab")
  }

  @Test("every look is begun before its run and ended after it")
  func looks() {
    let painter = Painter(depth: .indexed)
    #expect(painter([StyledRun("a")]) == "a")
    #expect(painter([StyledRun("a", .init(bold: true)), StyledRun("b")]) == "\u{1B}[1ma\u{1B}[0mb")
    #expect(
      painter([StyledRun("a", .init(bold: true, italic: true, faint: true))])
        == "\u{1B}[1;2;3ma\u{1B}[0m")
  }

  @Test("true colours are written as bytes, within their range")
  func trueColour() {
    let ink = Color(red: 0.2, green: 1.5, blue: -1)
    #expect(
      Painter(depth: .trueColor)([StyledRun("a", .init(ink: ink, backdrop: .white))])
        == "\u{1B}[38;2;51;255;0;48;2;255;255;255ma\u{1B}[0m")
  }

  @Test("256 colours take the nearest level of each component", arguments: 0...255)
  func nearest(byte: Int) throws {
    let grey = Double(byte) / 255
    let text = Painter(depth: .indexed)(
      [StyledRun("a", .init(ink: Color(red: grey, green: 0, blue: 0)))])
    let index = try #require(Int(text.dropFirst("\u{1B}[38;5;".count).prefix { $0 != "m" }))
    let levels = [0, 95, 135, 175, 215, 255]
    let level = (index - 16) / 36
    #expect((index - 16) % 36 == 0)
    let distance = abs(levels[level] - byte)
    #expect(levels.allSatisfy { abs($0 - byte) >= distance })
  }
}
