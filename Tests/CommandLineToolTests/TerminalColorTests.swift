@testable import CommandLineTool
import Demonstrations
import Drawing
import TestSupport
import Testing

@Suite("Colours in the terminal") struct TerminalColorTests {
  static let shades: [DataTable.Shade] =
    (-10...10).map { .signed(Double($0) / 10) } + (0...10).map { .magnitude(Double($0) / 10) }
    + ValueClass.allCases.map { .valueClass($0) } + Role.allCases.map { .role($0) }

  /// The look that a table gives to a shade.
  private func look(_ shade: DataTable.Shade, _ theme: Theme) throws -> StyledRun.Look {
    let table = DataTable(
      id: "t", title: Phrase(es: "t", en: "t"),
      rows: [[DataTable.Cell(.number(1, decimals: 0), shade: shade)]])
    let lines = TableText(words: Words(.english), theme: theme, width: 80).lines(table)
    return try #require(lines.last?.last).look
  }

  @Test(
    "cells have the colours of the figures, and what is written on them can be read",
    arguments: Theme.all, [Painter.Depth.indexed, .trueColor])
  func contrast(theme: Theme, depth: Painter.Depth) throws {
    let painter = Painter(depth: depth)
    for shade in Self.shades {
      let look = try look(shade, theme)
      let backdrop = painter.shown(try #require(look.backdrop))
      let ink = look.ink.map(painter.shown) ?? backdrop.readableInk
      // The 256 colours are coarse: an ink of a role may come out paler than the figure's.
      let least = look.ink != nil && depth == .indexed ? 3.0 : 4.5
      #expect(backdrop.contrast(with: ink) >= least, "\(shade)")
    }
    #expect(
      try look(.signed(0.5), theme).backdrop == theme.signedScale.color(ofSigned: 0.5, limit: 1))
    #expect(try look(.valueClass(.pink), theme).backdrop == theme.color(.pink))
  }

  @Test("colours are written as the terminal takes them: none, the nearest of 256, or all")
  func sequences() {
    let line: StyledLine = [StyledRun("x", .init(bold: true, backdrop: Color(0x4393C3)))]
    #expect(Painter(depth: .none)(line) == "x")
    #expect(Painter(depth: .trueColor)(line) == "\u{1B}[1;38;2;0;0;0;48;2;67;147;195mx\u{1B}[0m")
    // Of 0, 95, 135, 175, 215 and 255, 95 is nearest to 67, 135 to 147, and 195 is between two.
    #expect(Painter(depth: .indexed)(line) == "\u{1B}[1;38;5;16;48;5;68mx\u{1B}[0m")
  }
}
