@testable import Course
import Drawing
import TestSupport
import Testing

@Suite("Prose as HTML") struct HTMLWriterTests {
  private func html(_ markdown: String) -> String {
    HTMLWriter.text(CommonMark.parse(markdown, firstLine: 1).blocks)
  }

  @Test(
    "every kind of block and inline has its element",
    arguments: [
      ("a *b* **c** `d`", "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>"),
      ("# T", "<h3>T</h3>"), ("###### T", "<h6>T</h6>"),
      ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
      ("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>"),
      ("- a\n\n  b", "<ul>\n<li><p>a</p>\n<p>b</p></li>\n</ul>"),
      ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
      ("```sh\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"), ("* * *", "<hr/>"),
      ("a  \nb", "<p>a<br/>b</p>"),
      ("[a](https://b.c/?d&e)", "<p><a href=\"https://b.c/?d&amp;e\">a</a></p>"),
    ])
  func blocks(markdown: String, expected: String) { #expect(html(markdown) == expected) }

  @Test(
    "no text, code, address or value becomes markup",
    arguments: ["<script>", "\"><b>", "a & b", "'x'", "</p>"])
  func escaping(text: String) throws {
    let blocks: [Block] = [
      .paragraph([.text(text), .code(text), .link(destination: text, [.text(text)])]),
      .code(info: text, text), .list(start: nil, [ListItem([.paragraph([.text(text)])], line: 1)]),
    ]
    let result = HTMLWriter.text(blocks)
    #expect(xmlProblem(in: result) == nil, "\(result)")
    #expect(!result.contains("<script") && !result.contains("<b>"))
  }

  @Test("a link that runs something is text alone")
  func links() {
    let link = Inline.link(destination: "javascript:alert(1)", [.text("a")])
    #expect(HTMLWriter.line([link]) == "a")
  }
}

@Suite("Addresses of links") struct LinkAddressTests {
  @Test(
    "of the web and beside the page are allowed",
    arguments: [
      "https://a.b/c", "http://a.b", "HTTPS://a.b", "c/d.html", "../c", "#part", "?q=a:b", "a/b:c",
      "", "/c",
    ])
  func allowed(address: String) { #expect(LinkAddress.isAllowed(address)) }

  @Test(
    "that run, open or hide something are not",
    arguments: [
      "javascript:alert(1)", "JavaScript:x", "java\tscript:x", " javascript:x", "data:text/html,x",
      "file:///etc/passwd", "mailto:a@b.c", "vbscript:x", "//a.b", "\\\\a.b", "/\\a.b",
      "c:\\x", "ftp://a.b", "\u{1}javascript:x",
    ])
  func refused(address: String) { #expect(!LinkAddress.isAllowed(address)) }

  private static let start = "---\ntitle: T\nsummary: S\n---\n## A {#one}\n"

  private func findings(_ body: String) -> [String] {
    LessonTextParser.parse(Self.start + body + "\n", file: "es.md", language: .spanish)
      .diagnostics.map(\.description)
  }

  @Test(
    "are checked in a lesson, with their place",
    arguments: [
      (
        "A b.\n\nSee [c](javascript:x).",
        "es.md:8:9: error: a link with “javascript:” has no place in a lesson; lead to http, https, or a place beside the page"
      ),
      (
        "A\n**[c](mailto:d)**.",
        "es.md:7:7: error: a link with “mailto:” has no place in a lesson; lead to http, https, or a place beside the page"
      ),
      (
        ":::hint\n- [c](//d.e)\n:::",
        "es.md:7:7: error: a link with “//” has no place in a lesson; lead to http, https, or a place beside the page"
      ),
      (
        "See [c](https://d.e/{{f}}).",
        "es.md:6:9: error: a placeholder in an address is not filled in; write the address in full"
      ),
      (
        "See [c][d].\n\n[d]: data:x",
        "es.md:8:6: error: a link with “data:” has no place in a lesson; lead to http, https, or a place beside the page"
      ),
    ])
  func findings(body: String, finding: String) { #expect(findings(body) == [finding]) }

  @Test("are checked in a time that does not grow with their square", .timeLimit(.minutes(1)))
  func many() {
    let links = (0..<10_000).map { "[a](x\($0):b)" }.joined(separator: " ")
    #expect(findings(links).count == 10_000)
  }

  @Test("a placeholder in the front matter is found, since it belongs to no step")
  func frontMatter() {
    let text = Self.start.replacing("summary: S", with: "summary: Hay {{count}}.")
    let found = LessonTextParser.parse(text, file: "es.md", language: .spanish).diagnostics
    #expect(
      found.map(\.description) == [
        "es.md:3:14: error: a placeholder is not filled in here: “summary” belongs to no step; say it without the number"
      ])
  }
}
