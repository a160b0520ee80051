@testable import Course
import Charts
import Demonstrations
import Drawing
import TestSupport
import Testing

/// Gives a value whose text looks like a placeholder.
private struct Nesting: Demonstration {
  let id = "nesting"
  let parameters: [Parameter] = []

  func observe(_ input: DemonstrationInput) throws -> Observation {
    Observation(
      values: [
        "outer": .code("{{inner}}"), "inner": .code("{{outer}}"), "count": .integer(3),
        "ready": .flag(true),
      ], picture: Picture(title: { _ in "t" }, alternativeText: { _ in "a" }, draw: { _, _ in }))
  }
}

@Suite("Names in the text of a step") struct MissingValueTests {
  private func session(_ body: String) throws -> (LessonSession, [String]) {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      {"format": 1, "id": "tiny", "order": 1, "steps": [
        {"id": "one", "demonstration": "nesting"}, {"id": "two", "demonstration": "nesting"}]}
      """, to: "tiny/lesson.json")
    for language in ["es", "en"] {
      try folder.write(
        "---\ntitle: T\nsummary: S\n---\n## A {#one}\n\n\(body)\n\n## B {#two}\n\nx\n",
        to: "tiny/\(language).md")
    }
    let readWeights: WeightsReader = { _, _, _ in
      throw CourseError.noWeightsAccepted(lesson: "tiny")
    }
    let found = LessonChecker.check(
      folder: folder("tiny"), demonstrations: [Nesting()], readWeights: readWeights
    ).filter { $0.file.hasSuffix("es.md") }
      .map { "\($0.position.line):\($0.position.column): \($0.message)" }
    let lesson = try #require(Lesson.load(folder: folder("tiny")).lesson)
    return (
      LessonSession(lesson: lesson, demonstrations: [Nesting()], readWeights: readWeights), found
    )
  }

  @Test(
    "that mean nothing stop the page with one sentence, wherever they stand",
    arguments: [
      "{{nt}}", "*a **{{nt}}***", "`{{nt}}`", "[{{nt}}](https://a.b)", "> {{nt}}", "- a\n- {{nt}}",
      "1. a\n\n   > - {{nt}}", "### {{nt}}", "```\n{{nt}}\n```", ":::hint\n- {{nt}}\n:::",
      ":::notes\n{{nt}}\n:::", ":::when {flag=ready}\n- {{nt}}\n:::",
      ":::choice\n{{nt}}\n\n- [x] a\n\n  b\n- [ ] c\n\n  d\n:::",
      ":::choice\nq\n\n- [x] {{nt}}\n\n  b\n- [ ] c\n\n  d\n:::",
      ":::choice\nq\n\n- [x] a\n\n  - {{nt}}\n- [ ] c\n\n  d\n:::",
      ":::predict {kind=number answer=count}\n- {{nt}}\n:::",
    ])
  func missing(body: String) throws {
    let (session, found) = try session(body)
    #expect(
      found.map { String($0.drop { $0 != " " }) } == [" the placeholder “{{nt}}” has no value"])
    for language in Language.allCases {
      #expect(
        throws: CourseError.missingValue(
          "nt", lesson: "tiny", step: "one", known: ["count", "inner", "outer", "ready"])
      ) { try session.page("one", words: Words(language)) }
    }
  }

  @Test("a value that looks like a placeholder is shown as it is: nothing goes round in circles")
  func cycle() throws {
    let (session, found) = try session("{{outer}} {{inner}}")
    #expect(found.isEmpty)
    let page = try session.page("one", words: Words(.spanish))
    #expect(page.elements == [.prose([.paragraph([.text("{{inner}} {{outer}}")])])])
  }

  @Test("a placeholder in a placeholder is one name that means nothing")
  func nested() throws {
    let (session, found) = try session("{{ outer {{inner}} }}")
    #expect(found == ["7:1: the placeholder “{{outer {{inner}}” has no value"])
    #expect(throws: CourseError.self) { try session.page("one", words: Words(.spanish)) }
  }

  @Test(
    "of another step are found by pages and by the checker alike",
    arguments: [
      (":::when {flag=two.ready}\nx\n:::", []),
      (":::predict {kind=number answer=two.count}\nq\n:::", []),
      ("{{two.count}}", []),
      (":::when {flag=two.raedy}\nx\n:::", ["7:4: there is no flag “two.raedy”"]),
      (
        ":::when {flag=tow.ready}\nx\n:::",
        ["7:4: the flag “tow.ready” names a step that is not there"]
      ),
      (":::when {flag=two.count}\nx\n:::", ["7:4: “two.count” is not a flag"]),
      (
        ":::predict {kind=number answer=two.outer}\nq\n:::",
        ["7:4: the answer “two.outer” is not a number"]
      ),
      (
        ":::predict {kind=number answer=tow.count}\nq\n:::",
        ["7:4: the answer “tow.count” names a step that is not there"]
      ),
    ])
  func otherStep(body: String, expected: [String]) throws {
    let (session, found) = try session(body)
    #expect(found == expected)
    let page = Result { try session.page("one", words: Words(.spanish)) }
    if expected.isEmpty { _ = try page.get() }
    if body.hasPrefix(":::predict"), expected.isEmpty {
      let run = try page.get().run
      #expect(try session.truth("two.count", of: run) == .integer(3))
    }
  }
}
