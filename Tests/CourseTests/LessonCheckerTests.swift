import Charts
@testable import Course
import Demonstrations
import Drawing
import LinearAlgebra
import TestSupport
import Testing

/// Gives a value of each kind.
private struct Sample: Demonstration {
  let id = "sample"
  let parameters = [Parameter("size", Phrase("size"), default: 1, range: 0...9)]

  func observe(_ input: DemonstrationInput) throws -> Observation {
    Observation(
      values: [
        "count": .integer(try whole("size", in: input)), "ready": .flag(true), "name": .code("x"),
      ], picture: Picture(title: { _ in "t" }, alternativeText: { _ in "a" }, draw: { _, _ in }))
  }
}

@Suite("Checking a lesson") struct LessonCheckerTests {
  private static let front = "---\ntitle: T\nsummary: S\n---\n"
  private static let plan = """
    {"format": 1, "id": "tiny", "order": 1,
     "steps": [{"id": "one", "demonstration": "sample"},
      {"id": "two", "demonstration": "sample"}]}
    """

  private struct Unreadable: Error, CustomStringConvertible {
    var description: String { "no such file" }
  }

  /// The findings in a lesson, with the names of its files alone.
  private func findings(
    plan: String = plan, spanish: String = "## A {#one}\n## B {#two}\n", english: String? = nil
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "tiny/lesson.json")
    try folder.write(Self.front + spanish, to: "tiny/es.md")
    try folder.write(Self.front + (english ?? spanish), to: "tiny/en.md")
    return LessonChecker.check(
      folder: folder("tiny"), demonstrations: [Sample()],
      readWeights: { _, _, _ in throw Unreadable() }
    ).map { finding in
      var finding = finding
      finding.file = finding.file.split(separator: "/").last.map(String.init) ?? ""
      return finding.description
    }
  }

  @Test("finds nothing where nothing is wrong")
  func sound() throws { #expect(try findings() == []) }

  @Test(
    "compares the plan with what there is to show",
    arguments: [
      (
        #""demonstration": "sampel""#,
        "lesson.json:2:43: error: there is no demonstration “sampel”; did you mean “sample”?"
      ),
      (
        #""demonstration": "sample", "settings": {"sise": 1}"#,
        "lesson.json:2:66: error: sample has no parameter “sise”; did you mean “size”?"
      ),
      (
        #""demonstration": "sample", "data": {"file": "none.csv"}"#,
        "lesson.json:2:70: error: no such file"
      ),
      (
        #""demonstration": "sample", "settings": {"size": 99}"#,
        "lesson.json:2:66: error: sample: size=99 is outside 0…9"
      ),
      (
        #""demonstration": "sample", "settings": {"size": 1.5}"#,
        "lesson.json:2:66: error: sample: size=1.5 must be a whole number"
      ),
      (
        #""demonstration": "sample", "data": {"file": "../../x"}"#,
        "lesson.json:2:70: error: “../../x” lies outside the folder of the lessons"
      ),
    ])
  func plans(step: String, finding: String) throws {
    let plan = Self.plan.replacing(
      #""one", "demonstration": "sample""#, with: #""one", \#(step)"#)
    #expect(try findings(plan: plan) == [finding])
  }

  @Test("a setting of the lesson is one that some step has")
  func lessonSettings() throws {
    let plan = Self.plan.replacing(
      #""order": 1,"#, with: #""order": 1, "parameters": {"sizes": 2},"#)
    #expect(
      try findings(plan: plan) == [
        "lesson.json:1:56: error: no step has a parameter “sizes”; did you mean “size”?"
      ])
  }

  @Test(
    "compares the text with the values of its step",
    arguments: [
      (
        "{{cuont}}",
        "7:1: error: the placeholder “{{cuont}}” has no value; did you mean “count”?"
      ),
      (
        "A {{tow.count}}",
        "7:3: error: the placeholder “{{tow.count}}” names a step that is not there; did you mean “two”?"
      ),
      (
        "A {{two.name1}}",
        "7:3: error: the placeholder “{{two.name1}}” has no value; did you mean “name”?"
      ),
      (
        ":::when {flag=raedy}\nA.\n:::",
        "7:4: error: there is no flag “raedy”; did you mean “ready”?"
      ),
      (":::unless {flag=count}\nA.\n:::", "7:4: error: “count” is not a flag; there are: ready"),
      (
        ":::predict {kind=number answer=name}\nA?\n:::",
        "7:4: error: the answer “name” is not a number; there are: count"
      ),
      (
        ":::predict {kind=number answer=conut}\nA?\n:::",
        "7:4: error: the answer “conut” has no value; did you mean “count”?"
      ),
      (
        "It is 0.5.",
        "7:7: warning: “0.5” looks like a result that was typed; write it as a placeholder, or in backticks where it is a name"
      ),
    ])
  func values(text: String, finding: String) throws {
    let found = try findings(spanish: "## A {#one}\n\n\(text)\n\n## B {#two}\n")
    #expect(found == ["en.md:" + finding, "es.md:" + finding])
  }

  @Test("values of the step and of others, and flags, are found")
  func present() throws {
    let text = """
      ## {{count}} {#one}

      {{ count }} {{two.name}}

      :::when {flag=ready}
      {{name}}
      :::

      ## B {#two}
      """
    #expect(try findings(spanish: text) == [])
  }

  @Test(
    "compares the translation with its source",
    arguments: [
      (
        "## A {#one}\n", "## A {#one}\n## B {#two}\n",
        [
          "es.md:1:1: error: the step “two” of lesson.json is not told here; write “## Title {#two}”"
        ]
      ),
      (
        "## A {#one}\n## B {#two}\n## C {#three}\n", "## A {#one}\n## B {#two}\n",
        ["es.md:7:1: error: the step “three” is not in lesson.json; there are: one, two"]
      ),
      (
        "## A {#one}\n## B {#two}\n", "## B {#two}\n## A {#one}\n",
        ["en.md:5:1: error: the step “two” stands at another place than in lesson.json"]
      ),
      (
        "## A {#one}\n:::hint\nx\n:::\n## B {#two}\n", "## A {#one}\n## B {#two}\n",
        ["en.md:5:1: error: the directive “hint” of es.md:5 is missing in this step"]
      ),
      (
        "## A {#one}\n:::hint\nx\n:::\n## B {#two}\n",
        "## A {#one}\n:::notes\nx\n:::\n## B {#two}\n",
        ["en.md:6:4: error: the directive “notes” stands where es.md:5 has “hint”"]
      ),
      (
        "## A {#one}\n{{count}}\n## B {#two}\n", "## A {#one}\n{{name}}\n## B {#two}\n",
        [
          "en.md:5:1: warning: the placeholder “{{count}}” of es.md:5 is missing in this step",
          "en.md:6:1: warning: the placeholder “{{name}}” is not in es.md:5",
        ]
      ),
    ])
  func translations(spanish: String, english: String, expected: [String]) throws {
    #expect(try findings(spanish: spanish, english: english) == expected)
  }

  @Test("a translation of an older text is found until its hash is brought up to date")
  func stale() throws {
    let source = "## A {#one}\n\nText.\n\n## B {#two}\n"
    let second = try #require(
      LessonTextParser.parse(Self.front + source, file: "", language: .spanish).text.step("two"))
    let old = "## A {#one src=00000000}\n\nText.\n\n## B {#two src=\(second.hash)}\n"
    let found = try findings(spanish: source, english: old)
    let finding = try #require(found.first)
    #expect(found.count == 1)
    #expect(
      finding.hasPrefix(
        "en.md:5:1: warning: the step is a translation of an older text than es.md:5"))
    let hash = try #require(finding.split(separator: "src=").last?.prefix(8))
    let new = old.replacing("00000000", with: hash)
    #expect(try findings(spanish: source, english: new) == [])
    // White space does not make a translation old; a word does.
    let wider = source.replacing("Text.", with: " Text. ")
    #expect(try findings(spanish: wider, english: new) == [])
    let other = source.replacing("Text.", with: "More text.")
    #expect(try findings(spanish: other, english: new).count == 1)
    // Once some steps are marked, the others should be.
    let partly = new.replacing(" src=\(second.hash)", with: "")
    #expect(
      try findings(spanish: source, english: partly) == [
        "en.md:9:1: warning: the step does not say which text it translates, as others here do; write “src=\(second.hash)”, as check --accept does"
      ])
  }
}
