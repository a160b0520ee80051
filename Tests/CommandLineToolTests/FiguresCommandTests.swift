import Demonstrations
import FoundationEssentials
import TestSupport
import Testing

@Suite("The list of figures") struct FiguresCommandTests {
  private struct Listed: Decodable {
    var id: String
    var title: String
    var parameters: [Parameter]
    var takesWeights: Bool
    var steps: [Step]

    struct Parameter: Decodable {
      var name: String
      var `default`: Double
      var minimum: Double
      var maximum: Double
      var whole: Bool
    }
    struct Step: Decodable {
      var name: String
      var lesson: String
      var settings: [String: Double]
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func listed(_ more: String = "") throws -> [Listed] {
    let output = run("figures --json --lang en \(more)", in: folder).output
    return try JSONDecoder().decode([Listed].self, from: Data(output.utf8))
  }

  @Test("has every demonstration, with its parameters and the steps that show it")
  func all() throws {
    let list = try listed()
    #expect(list.map(\.id) == Registry.all.map(\.id))
    for (figure, demonstration) in zip(list, Registry.all) {
      #expect(figure.parameters.map(\.name) == demonstration.parameters.map(\.name))
      #expect(figure.parameters.map(\.default) == demonstration.parameters.map(\.defaultValue))
      #expect(
        figure.parameters.allSatisfy { $0.minimum <= $0.default && $0.default <= $0.maximum })
      #expect(!figure.title.isEmpty && !figure.steps.isEmpty, "\(figure.id)")
      #expect(!figure.title.contains("{{"))
    }
    let journey = try #require(list.first { $0.id == "journey" })
    #expect(journey.takesWeights)
    #expect(journey.steps.map(\.name) == ["quantization/journey"])
    #expect(journey.steps[0].settings == ["index": 15])
    #expect(try #require(list.first { $0.id == "normal-levels" }).takesWeights == false)
  }

  @Test("is narrowed by a word of a name, a title or a lesson, in any case")
  func filter() throws {
    #expect(try listed("absmax").map(\.id) == ["absmax", "double-quantization"])
    #expect(try listed("JOURNEY").map(\.id) == ["journey"])
    let lesson = try listed("low-rank/")
    #expect(lesson.contains { $0.id == "outer-product" })
    #expect(lesson.allSatisfy { $0.steps.contains { $0.lesson == "low-rank" } })
    let none = run("figures sbmaxa --lang es", in: folder)
    #expect(none.code == 0)
    #expect(none.output.isEmpty)
    #expect(none.messages == "ninguna figura tiene “sbmaxa”\n")
    #expect(run("figures a b", in: folder).code == 64)
  }

  @Test("is told in both languages, with what can be typed")
  func text() {
    let english = run("figures journey --lang en", in: folder).output
    #expect(english.hasPrefix("journey: A weight's journey\n  --set index="))
    #expect(english.contains("\n  takes --weights\n  in quantization/journey, index=15\n"))
    let spanish = run("figures journey --lang es", in: folder).output
    #expect(spanish.contains("\n  admite --weights\n  en quantization/journey, index=15\n"))
  }

  @Test("computes nothing: a number in a title is left open")
  func openTitle() throws {
    try writeTinyLesson(to: folder)
    let text = try #require(folder.bytes("Lessons/tiny/en.md"))
    try folder.write(
      String(decoding: text, as: UTF8.self).replacing(
        "## Four numbers", with: "## {{count}} numbers"),
      to: "Lessons/tiny/en.md")
    let list = run("figures tiny/four --lang en --lessons Lessons", in: folder).output
    #expect(list.hasPrefix("twelve-to-four: … numbers\n"), "\(list)")
  }

  @Test("keeps a figure that no lesson shows, and those of lessons of one's own")
  func otherLessons() throws {
    try writeTinyLesson(to: folder)
    let list = try listed("--lessons Lessons")
    #expect(list.count == Registry.all.count)
    #expect(
      list.filter { !$0.steps.isEmpty }.flatMap { $0.steps.map(\.name) } == [
        "tiny/four", "tiny/curve",
      ])
    #expect(run("figure parameter-count --lessons Lessons -o p.svg", in: folder).code == 0)
    #expect(run("figure absmax --lessons Lessons -o a.svg", in: folder).code == 1)
    try folder.write("1, -2\n0.5, 4\n", to: "w.csv")
    let own = run("figure absmax --lessons Lessons --weights w.csv -o a.svg", in: folder)
    #expect(own.code == 0, "\(own.messages)")
    let unknown = run("figure absmax --lessons Lessons --set blok=3 -o b.svg", in: folder)
    #expect(unknown.code == 64)
    #expect(unknown.complaint.contains("did you mean “block”?"))
  }
}
