@testable import Course
import Testing

@Suite("Writing prose as Markdown again") struct MarkdownWriterTests {
  /// What is read again from what was written.
  private func reread(_ blocks: [Block]) -> [Block] {
    CommonMark.parse(MarkdownWriter.text(blocks) + "\n", firstLine: 1).blocks
  }

  @Test(
    "words stay words, whatever they look like",
    arguments: [
      "**bold** and *this*", "# no heading", "## no {#step}", "- no list", "+ no list", "* no list",
      "1. no list", "12) no list", "> no quote", "---", "===", "***", "```sh", "~~~",
      "    indented",
      ":::hint", "[a](b)", "![a](b)", "<b>", "&amp; &#42;", "a_b_c", "back\\slash", "`code`",
      "https://a.b", "−0.5", "-0.5", "2023.", "C# and a-b", "[x] done", "a | b",
    ])
  func words(text: String) {
    let trimmed = String(text.drop { $0 == " " })
    #expect(reread([.paragraph([.text(text)])]) == [.paragraph([.text(trimmed)])])
    #expect(
      reread([.paragraph([.text("a"), .lineBreak, .text(trimmed)])])
        == [.paragraph([.text("a"), .lineBreak, .text(trimmed)])])
    #expect(Fence(MarkdownWriter.text([.paragraph([.text(text)])])) == nil)
  }

  @Test(
    "code stays as it is",
    arguments: ["a", "`", "``a`", "a`", " a", "a ", " a ", "**x**", "\\", "a\\", "&amp;"])
  func code(text: String) {
    #expect(reread([.paragraph([.code(text)])]) == [.paragraph([.code(text)])])
  }

  @Test(
    "blocks of code hold fences", arguments: ["ls", "```\nls\n```", "~~~", "````", "", "\na\n"])
  func codeBlock(text: String) {
    #expect(reread([.code(info: "sh", text)]) == [.code(info: "sh", text)])
  }

  @Test(
    "links keep their destinations",
    arguments: ["https://a.b/c", "a(b", "a)b", "a b", "", "a<b>c", "a\\b"])
  func links(destination: String) {
    let blocks: [Block] = [.paragraph([.link(destination: destination, [.text("x")])])]
    #expect(CommonMark.parse(MarkdownWriter.text(blocks), firstLine: 1).blocks.count == 1)
    guard case .paragraph(let inlines) = reread(blocks).first, inlines.count == 1,
      case .link(_, let inner) = inlines[0]
    else {
      Issue.record("\(MarkdownWriter.text(blocks)) is read as \(reread(blocks))")
      return
    }
    #expect(inner == [.text("x")])
  }

  @Test("lists, quotes and headings keep what they hold")
  func nesting() {
    let source = """
      # One *two*

      1. a

         b
      2. - c
         - d

           > e

      10. f

      > g
      >
      > - h

      ***

      i **j *k*** `l`
      """
    let blocks = CommonMark.parse(source, firstLine: 1).blocks
    #expect(Self.withoutLines(reread(blocks)) == Self.withoutLines(blocks))
  }

  /// The blocks without the lines on which the entries of lists start.
  private static func withoutLines(_ blocks: [Block]) -> [Block] {
    blocks.map { block in
      switch block {
      case .list(let start, let items):
        .list(start: start, items.map { ListItem(withoutLines($0.blocks), line: 0) })
      case .quote(let inner): .quote(withoutLines(inner))
      case .paragraph, .heading, .code, .rule: block
      }
    }
  }
}
