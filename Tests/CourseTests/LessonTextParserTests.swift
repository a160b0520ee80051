@testable import Course
import Drawing
import TestSupport
import Testing

@Suite("Reading the text of a lesson") struct LessonTextParserTests {
  private let front = "---\ntitle: T\nsummary: S\n---\n\n"

  private func step(_ body: String) throws -> StepText {
    let (text, diagnostics) = LessonTextParser.parse(
      front + "## A title {#one}\n\n" + body, file: "es.md", language: .spanish)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    return try #require(text.steps.first)
  }

  @Test("prose is CommonMark")
  func prose() throws {
    let step = try step(
      """
      One *two* **three** `four` [five](https://six.seven)
      goes on.

      1. first
      2. second

      > quoted

      ```sh
      ls
      ```
      """)
    #expect(
      TextDump.lines(step) == """
        one: A title
          One _two_ *three* `four` [five](https://six.seven) goes on.
          1.
            first
          2.
            second
          quote
            quoted
          code(sh) ls
        """)
  }

  @Test("directives hold prose, and conditions hold anything")
  func directives() throws {
    let step = try step(
      """
      :::hint
      A hint.
      :::

      :::when {flag=yes}
      Shown.

      :::unless {flag=no}
      Inside.
      :::
      :::

      :::simplified
      Less.
      :::

      :::sources
      - A book.
      :::

      :::notes
      For teachers.
      :::
      """)
    #expect(
      TextDump.lines(step) == """
        one: A title
          hint
            A hint.
          when yes
            Shown.
            unless no
              Inside.
          simplified
            Less.
          sources
            •
              A book.
          notes
            For teachers.
        """)
  }

  @Test("questions have a number or options with justifications")
  func questions() throws {
    let step = try step(
      """
      :::predict {kind=number answer=count tolerance=5%}
      How many?
      :::

      :::predict {kind=number answer=ratio tolerance=0.01}
      Which ratio?
      :::

      :::choice
      Which?

      - [ ] This

        Because *no*.
      - [x] That

        Because yes.

        And more.
      :::
      """)
    #expect(
      TextDump.lines(step) == """
        one: A title
          prediction
            How many?
            number count relative(0.05)
          prediction
            Which ratio?
            number ratio absolute(0.01)
          quiz
            Which?
            [ ] This
                Because _no_.
            [x] That
                Because yes.
                And more.
        """)
  }

  @Test("colons inside code open nothing")
  func code() throws {
    let step = try step("```\n:::hint\n## no {#x}\n```\n")
    #expect(TextDump.lines(step) == "one: A title\n  code() :::hint\n## no {#x}")
  }

  @Test("a step's words do not depend on the line ends", arguments: ["\n", "\r\n", "\r\r\n"])
  func lineEnds(end: String) throws {
    let text =
      ["---", "title: A: b", "summary:  S ", "---", "## One {#one}", "", "x", "y", "## Two {#two}"]
      .joined(separator: end)
    let folder = try TemporaryFolder()
    try folder.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), to: "es.md")
    let read = try TextFile.read(folder("es.md")).get()
    for source in [text, read] {
      let (lesson, diagnostics) = LessonTextParser.parse(
        source, file: "es.md", language: .spanish)
      #expect(diagnostics == [], "\(diagnostics)")
      #expect([lesson.title, lesson.summary] == ["A: b", "S"])
      #expect(
        lesson.steps.map(TextDump.lines) == ["one: One\n  x y", "two: Two"], "\(lesson.steps)")
      #expect(lesson.steps.map(\.position.line) == [5, 9])
    }
  }

  @Test("lists and quotes nest, and a smaller heading is part of its step")
  func nested() throws {
    let step = try step(
      """
      ### Part

      - a *b **c***
        - `d`
          > e

      ***

      ~~~
      ```
      ~~~
      """)
    #expect(
      TextDump.lines(step) == """
        one: A title
          h3 Part
          •
            a _b *c*_
            •
              `d`
              quote
                e
          rule
          code() ```
        """)
  }

  @Test("three backticks may be a code span too")
  func codeSpan() throws {
    let step = try step("```a``` is code.\n\n:::hint\nHere.\n:::\n\n```\n```b\n:::\n```")
    #expect(
      TextDump.lines(step) == """
        one: A title
          `a` is code.
          hint
            Here.
          code() ```b
        :::
        """)
  }

  @Test(
    "the place of a placeholder in a heading is that of its braces",
    arguments: [("## A {{x}} {#a}", 6), ("##   A {{x}} {#a}  ", 8), ("## {{x}} {#a}", 4)])
  func headingColumns(heading: String, column: Int) throws {
    let text = LessonTextParser.parse(front + heading, file: "f", language: .english).text
    let step = try #require(text.steps.first)
    #expect(
      step.placeholders
        == [LocatedText(text: "x", position: SourcePosition(line: 6, column: column))])
  }
}
