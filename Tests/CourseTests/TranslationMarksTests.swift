@testable import Course
import Drawing
import Testing

@Suite("Marks of translations") struct TranslationMarksTests {
  private static let front = "---\ntitle: T\nsummary: S\n---\n"
  private static let source = LessonTextParser.parse(
    front + "## Uno {#one}\n\nTexto.\n\n## Dos {#two}\n\nMás.\n", file: "es.md", language: .spanish
  ).text

  private func hash(_ id: String) throws -> String { try #require(Self.source.step(id)).hash }

  @Test("are put into every step that the source has, and change nothing else")
  func marks() throws {
    let text =
      Self.front
      + "## One {{x}} {#one}\n\nText {#one}.\n\n## Two {#two src=00000000}\n## Three {#three}\n## Lost\n"
    let (marked, count) = TranslationMarks.bringUpToDate(text, with: Self.source)
    #expect(count == 2)
    #expect(
      marked == Self.front
        + "## One {{x}} {#one src=\(try hash("one"))}\n\nText {#one}.\n\n## Two {#two src=\(try hash("two"))}\n## Three {#three}\n## Lost\n"
    )
    #expect(TranslationMarks.bringUpToDate(marked, with: Self.source).count == 0)
  }

  @Test(
    "take the place of an older one, whatever it was",
    arguments: [
      "## T {#one}", "## T {#one src=1}", "## T {src=1 #one}", "## T {#one src=\"a b\"}",
      "## T {#one src=\"a}\"}", "## T {  #one   }",
    ])
  func headings(heading: String) {
    #expect(TranslationMarks.mark(heading, "89abcdef") == "## T {#one src=89abcdef}")
  }

  @Test("keep line ends, a byte order mark and a missing last line end")
  func bytes() throws {
    let plain = "## One {#one}\n\nText.\n\n## Two {#two}"
    for start in ["", "\u{FEFF}"] {
      let text = start + (Self.front + plain).replacing("\n", with: "\r\n")
      let marked = TranslationMarks.bringUpToDate(text, with: Self.source).text
      let expected =
        start
        + (Self.front + "## One {#one src=\(try hash("one"))}\n\nText.\n\n"
        + "## Two {#two src=\(try hash("two"))}").replacing("\n", with: "\r\n")
      #expect(Array(marked.utf8) == Array(expected.utf8))
    }
  }
}
