@testable import Course
import Charts
import Demonstrations
import Drawing
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

/// Counts how often it computes, and says what it was given.
private final class Counting: Demonstration {
  let id = "counting"
  let parameters = [
    Parameter("size", Phrase("size"), default: 1, range: 0...100),
    Parameter("other", Phrase("other"), default: 5, range: 0...100),
  ]
  let runs = Atomic(0)

  func observe(_ input: DemonstrationInput) throws -> Observation {
    runs.wrappingAdd(1, ordering: .relaxed)
    return Observation(
      values: [
        "size": .integer(try whole("size", in: input)),
        "other": .integer(try whole("other", in: input)),
        "seed": .integer(Int(input.seed)), "name": .code(input.weights?.name ?? "none"),
        "yes": .flag(true),
      ], picture: Picture(title: { _ in "t" }, alternativeText: { _ in "a" }, draw: { _, _ in }))
  }
}

@Suite("Running a lesson") struct LessonSessionTests {
  private let demonstration = Counting()

  private func session(
    settings: [String: Double] = [:], seed: UInt64? = nil, weights: NamedWeights? = nil
  ) throws -> LessonSession {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      {"format": 1, "id": "tiny", "order": 1, "seed": 11, "parameters": {"size": 2, "other": 3},
       "steps": [
        {"id": "first", "demonstration": "counting", "settings": {"size": 4},
         "data": {"file": "data.csv"}, "acceptsWeights": true},
        {"id": "second", "demonstration": "counting"}]}
      """, to: "tiny/lesson.json")
    try folder.write("1", to: "tiny/data.csv")
    try folder.write(
      """
      ---
      title: T
      summary: S
      ---
      ## Size {{size}} {#first}

      It is {{size}}, there {{second.size}}.

      :::unless {flag=yes}
      Hidden.
      :::

      ## B {#second}

      {{first.name}}
      """, to: "tiny/es.md")
    let loaded = Lesson.load(folder: folder("tiny"))
    #expect(
      loaded.diagnostics.filter { $0.severity == .error && !$0.file.hasSuffix("en.md") }.isEmpty)
    return LessonSession(
      lesson: try #require(loaded.lesson), demonstrations: [demonstration],
      options: SessionOptions(settings: settings, seed: seed, weights: weights),
      readWeights: { _, _, _ in
        NamedWeights(name: "file", matrix: Matrix(rows: 1, columns: 1, values: [1]))
      })
  }

  @Test("the reader's settings come before the step's, and these before the lesson's")
  func precedence() throws {
    let plain = try session()
    #expect(try plain.run("first").observation.values["size"] == .integer(4))
    #expect(try plain.run("first").observation.values["other"] == .integer(3))
    #expect(try plain.run("second").observation.values["size"] == .integer(2))
    let set = try session(settings: ["size": 9])
    #expect(try set.run("first").observation.values["size"] == .integer(9))
  }

  @Test("a step computes once, however often it is used")
  func once() throws {
    let session = try session()
    for _ in 0..<3 {
      _ = try session.page("first", words: Words(.spanish))
      _ = try session.page("second", words: Words(.spanish))
    }
    #expect(demonstration.runs.load(ordering: .relaxed) == 2)
  }

  @Test("pages have their own numbers and those of other steps, and only what applies")
  func pages() throws {
    let page = try session().page("first", words: Words(.spanish))
    #expect(page.title == "Size 4")
    #expect(page.caption == "It is 4, there 2.")
    #expect(page.elements == [.prose([.paragraph([.text("It is 4, there 2.")])])])
  }

  @Test("a step told in one language alone is shown in it")
  func otherLanguage() throws {
    let page = try session().page("first", words: Words(.english))
    #expect(page.language == .spanish)
  }

  @Test("the seed is the reader's, else the lesson's")
  func seed() throws {
    #expect(try session().run("first").observation.values["seed"] == .integer(11))
    #expect(try session(seed: 5).run("first").observation.values["seed"] == .integer(5))
  }

  @Test("the reader's weights go where a step accepts them")
  func weights() throws {
    let mine = NamedWeights(name: "mine", matrix: Matrix(rows: 1, columns: 1, values: [1]))
    let session = try session(weights: mine)
    #expect(try session.run("first").observation.values["name"] == .code("mine"))
    #expect(try session.run("second").observation.values["name"] == .code("none"))
    #expect(try self.session().run("first").observation.values["name"] == .code("file"))
    #expect(throws: CourseError.noWeightsAccepted(lesson: "tiny")) {
      try session.checkOptions(for: [session.lesson.plan.steps[1]])
    }
  }

  @Test("a setting that nothing knows is refused with those that there are")
  func unknownSetting() throws {
    let session = try session(settings: ["sise": 1])
    #expect(
      throws: CourseError.unknownSetting("sise", lesson: "tiny", known: ["size", "other"])
    ) { try session.checkOptions(for: session.lesson.plan.steps) }
  }
}
