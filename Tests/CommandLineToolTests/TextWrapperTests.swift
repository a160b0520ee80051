@testable import CommandLineTool
import Testing

@Suite("Breaking text into lines") struct TextWrapperTests {
  private func wrapped(_ text: String, _ width: Int) -> [String] {
    TextWrapper.wrap([StyledRun(text)], width: width).map(\.plainText)
  }

  @Test(
    "lines are as full as the width lets them be",
    arguments: [
      ("one two three", 7, ["one two", "three"]),
      ("one two three", 6, ["one", "two", "three"]),
      ("one two three", 13, ["one two three"]),
      ("one two three", 12, ["one two", "three"]),
      ("", 10, [""]),
      ("a\nb", 10, ["a", "b"]),
      ("a\n\nb", 10, ["a", "", "b"]),
      ("  lead and   gaps  ", 40, ["lead and gaps"]),
    ])
  func lines(text: String, width: Int, expected: [String]) {
    #expect(wrapped(text, width) == expected)
  }

  @Test("a word longer than the width stands alone and whole")
  func longWord() {
    #expect(
      wrapped("go to https://example.org/long now", 10) == [
        "go to", "https://example.org/long", "now",
      ])
  }

  @Test("a space that does not break holds its words together")
  func unbreakable() {
    #expect(wrapped("take 4\u{A0}bits now", 9) == ["take", "4\u{A0}bits", "now"])
    #expect(wrapped("10\u{202F}000 weights", 7) == ["10\u{202F}000", "weights"])
  }

  @Test("characters are counted and not their bytes")
  func characters() {
    #expect(wrapped("ñandú águila", 12) == ["ñandú águila"])
    #expect(wrapped("e\u{301}e\u{301} o", 4) == ["e\u{301}e\u{301} o"])
  }

  @Test("looks stay with their words, and a word of two looks is not broken")
  func looks() {
    let bold = StyledRun.Look(bold: true)
    let lines = TextWrapper.wrap(
      [StyledRun("plain "), StyledRun("bold", bold), StyledRun("ened end")], width: 9)
    #expect(
      lines == [
        [StyledRun("plain")], [StyledRun("bold", bold), StyledRun("ened")], [StyledRun("end")],
      ])
  }

  @Test("the first line has a prefix and the rest have another, within the width")
  func prefixes() {
    let lines = TextWrapper.wrap(
      [StyledRun("alpha beta gamma delta epsilon")], width: 24, first: "1) ", rest: "   ")
    #expect(lines.map(\.plainText) == ["1) alpha beta gamma", "   delta epsilon"])
  }
}
