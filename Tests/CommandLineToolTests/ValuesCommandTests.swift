@testable import CommandLineTool
import Course
import Demonstrations
import TestSupport
import Testing

@Suite("Names that a text can use") struct ValuesCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("all demonstrations are listed, a line each, in both languages and for programs")
  func list() throws {
    for language in ["es", "en"] {
      let lines = run("values --lang \(language)", in: folder).output.split(separator: "\n")
      #expect(
        lines.map { String($0.prefix { $0 != " " }) } == Registry.all.map(\.id), "\(language)")
    }
    let json = try JSONParser.parse(run("values --json", in: folder).output)
    #expect(json.elements?.map { $0["demonstration"]?.text } == Registry.all.map(\.id))
  }

  @Test("a demonstration shows its parameters with their ranges, values with examples, and flags")
  func demonstration() throws {
    let text = run("values low-rank-approximation --set rank=3 --lang en", in: folder).output
    #expect(text.contains("here, an example of 8×8 normal numbers\n"))
    #expect(text.contains("    rank = 3  rank that is kept; a whole number from 1 to 512\n"))
    #expect(text.contains("    all_numbers     64\n"))
    #expect(text.contains("  flags, for :::when {flag=name}\n    agrees  yes\n"))
    let plain = run("values normal-levels --lang en", in: folder).output
    #expect(!plain.contains("example"))
  }

  @Test("a step shows the values that its page has, with its settings and data")
  func step() throws {
    try writeTinyLesson(to: folder)
    let text = run("values --lesson tiny --step four --lessons Lessons --lang en", in: folder)
      .output
    #expect(text.hasPrefix("four (twelve-to-four): "))
    #expect(text.contains("    levels = 2  "))
    #expect(text.contains("    count "))
    #expect(!text.contains("curve"))
    let json = try JSONParser.parse(
      run("values --lesson tiny --lessons Lessons --lang en --json", in: folder).output)
    let told = try JSONParser.parse(
      run("run tiny --lessons Lessons --lang en --json --format svg", in: folder).output)
    for (listing, step) in zip(json.elements ?? [], told["steps"]?.elements ?? []) {
      guard case .object(let values) = listing["listing"]?["values"]?.content else {
        Issue.record("no values")
        continue
      }
      for value in values where value.value["number"] != nil {
        #expect(value.value["number"]?.double == step["values"]?[value.name]?["number"]?.double)
        #expect(value.value["text"]?.text == step["values"]?[value.name]?["text"]?.text)
      }
    }
    #expect(json.elements?.count == 2)
  }

  @Test("the texts of the lesson may be half written, but not its plan")
  func halfWritten() throws {
    try writeTinyLesson(to: folder)
    try folder.write("x", to: "Lessons/tiny/es.md")
    #expect(run("values --lesson tiny --lessons Lessons", in: folder).code == 0)
    try folder.write("{", to: "Lessons/tiny/lesson.json")
    let broken = run("values --lesson tiny --lessons Lessons", in: folder)
    #expect(broken.code == 1)
    #expect(
      broken.complaint == "Lessons/tiny/lesson.json:1:2: error: expected a name in double quotes")
  }

  @Test(
    "what is not there gets one sentence",
    arguments: [
      ("absmx", 64, "there is no demonstration “absmx”; did you mean “absmax”?"),
      (
        "low-rank-approximation --set rnk=2", 64,
        "low-rank-approximation has no parameter “rnk”; did you mean “rank”?"
      ),
      (
        "low-rank-approximation --set rank=0", 64,
        "low-rank-approximation: rank=0 is outside 1…512"
      ),
      ("absmax --lesson quantization", 64, "values takes a demonstration or --lesson, not both"),
      ("--step 2", 64, "--step belongs to --lesson"),
      ("absmax --lessons x", 64, "--lessons belongs to --lesson"),
      ("--set rank=2", 64, "--set rank needs a demonstration"),
    ])
  func refused(line: String, code: Int32, complaint: String) {
    let result = run("values " + line, in: folder)
    #expect(result.code == code)
    #expect(result.complaint == complaint)
    #expect(result.output == "")
  }
}
