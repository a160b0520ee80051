@testable import Course
import Testing

@Suite("Reading JSON strictly") struct JSONParserTests {
  @Test(
    "a mistake is said with its line and column",
    arguments: [
      ("", "1:1"), ("{", "1:2"), ("{\"a\" 1}", "1:6"), ("{\"a\": 1,}", "1:9"), ("[1 2]", "1:4"),
      ("{\n  \"a\": tru\n}", "2:8"), ("{\"a\": 1, \"a\": 2}", "1:10"), ("\"open", "1:6"),
      ("01", "1:1"), ("1.", "1:1"), ("+1", "1:1"), ("nan", "1:1"), ("{} x", "1:4"),
      ("\"\\x\"", "1:3"), ("'a'", "1:1"), ("[1, // no\n2]", "1:5"),
    ])
  func mistakes(text: String, place: String) {
    #expect { try JSONParser.parse(text) } throws: { error in
      "\(error)".hasPrefix(place + ": ")
    }
  }

  @Test("values keep their kinds and their places")
  func values() throws {
    let node = try JSONParser.parse(
      "{\"a\": [1, -2.5e3, \"\\u00e9\\n\", true, null],\n \"b\": {}}")
    #expect(node["a"]?.elements?.count == 5)
    #expect(node["a"]?.elements?[1].double == -2500)
    #expect(node["a"]?.elements?[2].text == "é\n")
    #expect(node["b"]?.position == SourcePosition(line: 2, column: 7))
    #expect(try JSONParser.parse(node.serialized()).serialized() == node.serialized())
  }

  @Test("a number may have any count of digits, and what is none is shown by its start")
  func longNumbers() throws {
    let digits = String(repeating: "3", count: 100)
    #expect(try JSONParser.parse("1.\(digits)").double == 1.3333333333333333)
    #expect(try JSONParser.parse(digits).double == 3.3333333333333334e99)
    for (text, message) in [
      ("1e999", "1:1: the number “1e999” is too large"),
      (
        String(repeating: "9", count: 400),
        "1:1: the number “\(String(repeating: "9", count: 60))…” is too large"
      ),
      (digits + ".", "1:1: “\(digits.prefix(60))…” is not a JSON value"),
      (
        String(repeating: "a", count: 100),
        "1:1: “\(String(repeating: "a", count: 60))…” is not a JSON value"
      ),
    ] {
      #expect { try JSONParser.parse(text) } throws: { "\($0)" == message }
    }
  }

  @Test("deep nesting is refused and not followed")
  func deep() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONParser.parse(text) }
  }

  @Test("a text cut anywhere is refused")
  func truncated() {
    let text = "{\"a\": [1, {\"b\": \"c\"}], \"d\": -1.5e3}"
    for count in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONParser.parse(String(text.prefix(count))) }
    }
  }

  @Test(
    "the plan of a lesson is checked, and all of it in one go",
    arguments: [
      ("[]", "1:1: error: a lesson is an object"),
      (
        "{\"format\": 2, \"id\": \"a\", \"order\": 1, \"steps\": []}",
        "1:12: error: this is not format 1"
      ),
      ("{\"format\": 1, \"id\": \"A\", \"order\": 1, \"steps\": []}", "“A” is not an id"),
      (
        "{\"format\": 1, \"id\": \"a\", \"order\": 1, \"stps\": []}",
        "the lesson has no “stps”; did you mean “steps”?"
      ),
      ("{\"format\": 1, \"id\": \"a\", \"order\": 1, \"steps\": []}", "the lesson has no step"),
      (
        "{\"format\": 1, \"id\": \"a\", \"order\": 1, \"claims\": [{\"id\": \"C1\", \"step\": \"x\"}], \"steps\": [{\"id\": \"y\", \"demonstration\": \"d\"}]}",
        "the claim C1 names the step “x”, which is not there"
      ),
      (
        "{\"format\": 1, \"id\": \"a\", \"order\": 1, \"steps\": [{\"id\": \"y\"}]}",
        "a step needs “demonstration”"
      ),
      (
        "{\"format\": 1, \"id\": \"a\", \"order\": 1, \"steps\": [{\"id\": \"y\", \"demonstration\": \"d\", \"settings\": {\"k\": \"2\"}}]}",
        "error:"
      ),
    ])
  func plans(text: String, finding: String) {
    let found = LessonPlanReader.read(text, file: "lesson.json").diagnostics.map(\.description)
    #expect(found.contains { $0.contains(finding) }, "\(found)")
  }

  @Test("what is missing is found once, and not again as a repeated or unknown name")
  func missing() {
    let text = """
      {"format": 1, "id": "a", "order": "1", "seed": -1, "claims": [{"id": "C1"}, 2],
       "steps": [{"demonstration": "d"}, {"demonstration": "d"},
        {"id": "b", "demonstration": "d", "acceptsWeights": 1, "data": []},
        {"id": "b", "demonstration": 3}]}
      """
    let found = LessonPlanReader.read(text, file: "f").diagnostics
    #expect(
      Diagnostic.sorted(found).map(\.description) == [
        "f:1:35: error: “order” is a number, and this is a string",
        "f:1:48: error: the seed is a whole number from 0",
        "f:1:63: error: a claim needs “step”",
        "f:1:77: error: a claim is an object, and this is a number",
        "f:2:12: error: a step needs “id”",
        "f:2:36: error: a step needs “id”",
        "f:3:55: error: “acceptsWeights” is true or false, and this is a number",
        "f:3:66: error: data is an object, and this is an array",
        "f:4:3: error: a second step has the id “b”",
        "f:4:32: error: “demonstration” is a string, and this is a number",
      ])
  }
}
