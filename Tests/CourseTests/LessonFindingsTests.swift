@testable import Course
import Drawing
import Testing

@Suite("Findings in the text of a lesson") struct LessonFindingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var body: String
    var finding: String
    var testDescription: String { finding }

    init(_ body: String, _ finding: String) {
      (self.body, self.finding) = (body, finding)
    }
  }

  private static let start = "---\ntitle: T\nsummary: S\n---\n## A {#one}\n"

  private static func findings(_ text: String) -> [String] {
    LessonTextParser.parse(text, file: "es.md", language: .spanish).diagnostics.map(\.description)
  }

  @Test(
    "name the place, the mistake and the way out",
    arguments: [
      Case(":::hnt\nx\n:::", "es.md:6:4: error: unknown directive “:::hnt”; did you mean “hint”?"),
      Case(
        ":::predict {knd=number}\nx\n:::",
        "es.md:6:13: error: “:::predict” has no attribute “knd”; did you mean “kind”?"),
      Case(
        ":::predict\nx\n:::",
        "es.md:6:4: error: “:::predict” needs a kind; write kind=number or kind=choice"),
      Case(
        ":::predict {kind=number}\nx\n:::",
        "es.md:6:4: error: kind=number needs an answer; write answer=name with the name of a value of the step"
      ),
      Case(
        ":::predict {kind=number answer=a tolerance=wide}\nx\n:::",
        "es.md:6:34: error: “wide” is not a tolerance; write a number such as 0.01, or a share such as 5%"
      ),
      Case(":::hint\nx", "es.md:6:1: error: “:::hint” is not closed; end it with “:::”"),
      Case(":::hint\n:::", "es.md:6:4: error: “:::hint” is empty"),
      Case(":::", "es.md:6:1: error: this closes nothing; remove the line"),
      Case(
        ":::when\nx\n:::", "es.md:6:4: error: “:::when” needs a flag; write “:::when {flag=name}”"),
      Case(
        ":::choice\nQ?\n\n- [ ] a\n\n  j\n- [ ] b\n\n  j\n:::",
        "es.md:6:4: error: no option is right; mark the right one with “- [x]”"),
      Case(
        ":::choice\nQ?\n\n- [x] a\n\n  j\n- [x] b\n\n  j\n:::",
        "es.md:12:1: error: a second option is right; the first is in line 9"),
      Case(
        ":::choice\nQ?\n\n- [x] a\n\n  j\n:::",
        "es.md:9:1: error: 1 option, and there should be 2 to 4"),
      Case(
        ":::choice\nQ?\n\n- [x] a\n- [ ] b\n\n  j\n:::",
        "es.md:9:1: error: the option has no justification"),
      Case(
        ":::choice\nQ?\n:::",
        "es.md:6:4: error: the question has no options; end it with a list of “- [x] right” and “- [ ] wrong”"
      ),
      Case("<b>x</b>", "es.md:6:1: error: HTML has no place in a lesson"),
      Case("## B {#one}\n", "es.md:6:1: error: the step “one” stands in line 5 already"),
      Case("## B\n", "es.md:6:1: error: the step has no id; write “## B {#step-id}”"),
      Case(
        "## B {#Two}\n", "es.md:6:7: error: “Two” is not a step id: lower-case words and hyphens"),
      Case(
        "## B {#two sorc=1}\n", "es.md:6:12: error: unknown attribute “sorc”; did you mean “src”?"),
    ])
  func findings(wrong: Case) {
    let found = Self.findings(Self.start + wrong.body + "\n")
    #expect(found.contains { $0.hasPrefix(wrong.finding) }, "\(found)")
  }

  @Test(
    "front matter is checked too",
    arguments: [
      ("## A {#one}\n", "es.md:1:1: error: the file does not start with front matter"),
      (
        "---\ntitle: T\nlost\nsummary: S\n---\n## A {#one}\n",
        "es.md:3:1: error: front matter has lines of the form “key: value”"
      ),
      (
        "---\ntitle: T\nsummary: S\nauthr: x\n---\n## A {#one}\n",
        "es.md:4:1: error: unknown front matter “authr”"
      ),
      ("---\ntitle: T\n---\n## A {#one}\n", "es.md:1:1: error: the front matter has no “summary”"),
      ("---\ntitle: T\nsummary: S\n---\n", "error: there is no step"),
      (
        "---\ntitle: T\nsummary: S\n---\nlost\n## A {#one}\n",
        "es.md:5:1: error: text before the first step"
      ),
      (
        "---\ntitle: \(String(repeating: "x", count: 61))\nsummary: S\n---\n## A {#one}\n",
        "es.md:2:8: warning: the title has 61 characters"
      ),
    ])
  func frontMatter(text: String, finding: String) {
    #expect(Self.findings(text).contains { $0.contains(finding) }, "\(Self.findings(text))")
  }

  @Test(
    "one mistake is one finding",
    arguments: [
      (
        "---\ntitle: T\nsummary: S\n## A {#one}\n\nx\n",
        ["es.md:1:1: error: the front matter is not closed; end it with “---”"]
      ),
      (
        "---\ntitle: T\nsummary: S\n## A: b {#one}\n\nx\n\n---\n",
        ["es.md:1:1: error: the front matter is not closed; end it with “---”"]
      ),
      (
        start + ":::hnt\nx\n",
        [
          "es.md:6:1: error: “:::hnt” is not closed; end it with “:::”",
          "es.md:6:4: error: unknown directive “:::hnt”; did you mean “hint”?",
        ]
      ),
      (
        start + "## B\n## C\n",
        [
          "es.md:6:1: error: the step has no id; write “## B {#step-id}”",
          "es.md:7:1: error: the step has no id; write “## C {#step-id}”",
        ]
      ),
      (
        start + ":::choice\nQ?\n" + (1...5).map { "\n- [\($0 == 1 ? "x" : " ")] o\n\n  j" }.joined()
          + "\n:::\n",
        ["es.md:9:1: error: 5 options, and there should be 2 to 4"]
      ),
      (start + "a <b>c</b>\n", ["es.md:6:1: error: HTML has no place in a lesson"]),
      (
        start + "```sh\nls\n",
        ["es.md:6:1: error: a code block is not closed; end it with its own fence"]
      ),
      (
        start + ":::hint\n```\nls\n:::\n",
        [
          "es.md:6:1: error: “:::hint” is not closed; end it with “:::”",
          "es.md:7:1: error: a code block is not closed; end it with its own fence",
        ]
      ),
    ])
  func once(text: String, expected: [String]) {
    let found = LessonTextParser.parse(text, file: "es.md", language: .spanish).diagnostics
    #expect(Diagnostic.sorted(found).map(\.description) == expected)
  }

  @Test(
    "numbers that look like results are found, and names and small counts are not",
    arguments: [
      ("It is 0.37 here.", ["0.37"]), ("Es 3,88 veces.", ["3,88"]), ("Only 12 % remain.", ["12 %"]),
      ("In 1024 blocks.", ["1024"]), ("It is -0.5 there.", ["0.5"]),
      ("NF4 has 16 codes in GPT-2 and INT8.", []), ("Use `--set x=0.5` now.", []),
      ("[paper](https://a.b/2305.14314)", []), ("<https://a.b/2305.14314>", []),
      ("See https://a.b/2305.14314, not 0.5.", ["0.5"]), ("Es −0.5.", ["0.5"]),
      ("```\n0.5\n```", []), ("a < 0.5 and b > 0.25", ["0.5", "0.25"]),
      ("A value {{x}} of 4 bits.", []),
    ])
  func literals(text: String, expected: [String]) {
    var scanner = ProseScanner()
    scanner.scan([text], firstLine: 1)
    #expect(scanner.literals.map(\.text) == expected)
  }

  @Test("sources and simplifications may have numbers of their own")
  func exempt() throws {
    let text = LessonTextParser.parse(
      Self.start + "\n:::sources\narXiv:2305.14314, 0.5\n:::\n\n:::simplified\n780 GB\n:::\n",
      file: "f", language: .spanish
    ).text
    #expect(try #require(text.steps.first).literals.isEmpty)
  }

  @Test("a hostile line takes no longer than its length", .timeLimit(.minutes(1)))
  func hostile() {
    for piece in ["<", "<http", "{{", "`", "](", "<http 0.5 "] {
      var scanner = ProseScanner()
      scanner.scan([String(repeating: piece, count: 100_000)], firstLine: 1)
    }
  }
}
