@testable import Course
import Drawing
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
}
