import FoundationEssentials
import TestSupport
import Testing

@Suite("Results as JSON") struct JSONOutputTests {
  /// What a program that reads the results relies on.
  private struct Report: Decodable {
    var lesson: String
    var language: String
    var steps: [Step]
    var files: [String]

    struct Step: Decodable {
      var id: String
      var number: Int
      var settings: [String: Double]
      var values: [String: Value]
      var files: [String]
    }
  }

  /// A flag, a text, or a number with its text.
  private enum Value: Decodable, Equatable {
    case flag(Bool)
    case text(String)
    case number(Double, String)

    private struct Pair: Decodable {
      var number: Double
      var text: String
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        let pair = try container.decode(Pair.self)
        self = .number(pair.number, pair.text)
      }
    }
  }

  private struct Quantized: Decodable {
    var rows: Int
    var columns: Int
    var codeCounts: [Int]
    var meanAbsoluteError: Double
    var files: [String]
  }

  private func report(_ more: String, in folder: TemporaryFolder) throws -> Report {
    try writeTinyLesson(to: folder)
    let result = run("run tiny --lessons Lessons --json \(more)", in: folder)
    #expect(result.code == 0)
    #expect(result.messages.isEmpty)
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test("names an animation among the files of the lesson, not among those of a step")
  func animation() throws {
    let report = try report("--lang es --format webp,svg", in: TemporaryFolder())
    #expect(report.steps.map(\.files.count) == [1, 1])
    #expect(report.files.contains("Output/tiny/es/slide-light/tiny.webp"))
    #expect(report.files.count == 4)
  }

  @Test("has the values, settings and files of every step")
  func lesson() throws {
    let folder = try TemporaryFolder()
    let report = try report("--lang es --format svg,png", in: folder)
    #expect(report.lesson == "tiny")
    #expect(report.steps.map(\.id) == ["four", "curve"])
    #expect(report.steps.map(\.number) == [1, 2])
    #expect(report.steps[0].settings["levels"] == 2)
    #expect(report.steps[0].values["count"] == .number(4, "4"))
    #expect(report.steps[0].values["group"] == .number(2, "2"))
    #expect(report.steps[0].values["lost_any"] == .flag(true))
    for path in report.files + report.steps.flatMap(\.files) {
      #expect(folder.bytes(path) != nil, "\(path)")
    }
    #expect(report.files.count == 5)
  }

  @Test("has numbers that are the same in both languages")
  func languages() throws {
    let spanish = try report("--lang es --format svg", in: try TemporaryFolder())
    let english = try report("--lang en --format svg", in: try TemporaryFolder())
    for (one, other) in zip(spanish.steps, english.steps) {
      #expect(Set(one.values.keys) == Set(other.values.keys))
      for (name, value) in one.values {
        guard case .number(let number, _) = value else { continue }
        guard case .number(number, _)? = other.values[name] else {
          Issue.record("\(name) is \(number) and \(String(describing: other.values[name]))")
          continue
        }
      }
    }
  }

  @Test("counts every weight of a quantized tensor once")
  func quantize() throws {
    let folder = try TemporaryFolder()
    try folder.write("1,-2,3,-4\n0.5,0.25,0,8\n", to: "w.csv")
    let result = run("quantize w.csv --block 32 --json", in: folder)
    let report = try JSONDecoder().decode(Quantized.self, from: Data(result.output.utf8))
    #expect(report.rows == 2)
    #expect(report.columns == 4)
    #expect(report.codeCounts.count == 16)
    #expect(report.codeCounts.reduce(0, +) == 8)
    #expect(report.meanAbsoluteError > 0)
    for path in report.files { #expect(folder.bytes(path) != nil, "\(path)") }
  }
}
