import Drawing
import LinearAlgebra
import Testing

@testable import Demonstrations

@Suite("Twelve weights to four values")
struct TwelveToFourTests {
  private func observe(_ matrix: Matrix, levels: Int = 4) throws -> Observation {
    try TwelveToFour().observe(
      DemonstrationInput(
        settings: ["levels": Double(levels)],
        weights: NamedWeights(name: "tried", matrix: matrix)))
  }

  private func counts(_ observation: Observation, _ suffix: String) throws -> [Double] {
    try ["green", "blue", "yellow", "pink"].map { try observation.number($0 + suffix) }
  }

  @Test("the article's counts come out of the lesson's twelve weights")
  func articleCounts() throws {
    let observation = try observe(LessonWeights.twelve().matrix)
    #expect(try counts(observation, "") == [3, 6, 2, 1])
    #expect(try counts(observation, "_after") == [1, 2, 1, 0])
    #expect(observation.values["article_counts"] == .flag(true))
    #expect(observation.values["pink_lost"] == .flag(true))
    #expect(
      try observation.text("before", Words(.spanish)) == "3 verdes, 6 azules, 2 amarillos y 1 rosa")
    #expect(try observation.text("after") == "1 green, 2 blue and 1 yellow")
    #expect(observation.drawn().contains("is lost"))
  }

  @Test("the pink weight shares its group with two yellow ones and takes the value of one")
  func pinkGroup() throws {
    let result = try TwelveToFourResult(LessonWeights.twelve().matrix, levels: 4)
    #expect(result.groups.map(\.count) == [3, 3, 3, 3])
    #expect(result.groups[3].map { result.classes[$0] } == [.yellow, .yellow, .pink])
    #expect(result.groups[3].last == result.largest.value)
    #expect(result.largest.kept == result.groups[3][1])
    #expect(result.groups[0].allSatisfy { result.classes[$0] == .green })
  }

  @Test("the order of the weights changes nothing")
  func permutation() throws {
    var matrix = try LessonWeights.twelve().matrix
    let expected = try TwelveToFourResult(matrix, levels: 4)
    var generator = RandomGenerator(seed: 3)
    for _ in 0..<5 {
      matrix.values.shuffle(using: &generator)
      let result = try TwelveToFourResult(matrix, levels: 4)
      #expect(result.groups == expected.groups)
      #expect(result.values == expected.values)
    }
  }

  @Test("other weights give other counts, and nothing is said to be lost where nothing is")
  func otherWeights() throws {
    let matrix = Matrix(rows: 3, columns: 4, values: (0..<12).map(Float.init))
    let observation = try observe(matrix)
    #expect(try counts(observation, "") == [3, 3, 3, 3])
    #expect(try counts(observation, "_after") == [1, 1, 1, 1])
    #expect(observation.values["lost_any"] == .flag(false))
    #expect(observation.values["article_counts"] == .flag(false))
    #expect(!observation.drawn().contains("is lost"))
  }

  @Test("as many values remain as are asked for", arguments: [(2, 1), (3, 2), (6, 3), (12, 4)])
  func levels(count: Int, bits: Double) throws {
    let observation = try observe(LessonWeights.twelve().matrix, levels: count)
    #expect(try counts(observation, "_after").reduce(0, +) == Double(count))
    #expect(try observation.number("bits") == bits)
    let groups = try #require(observation.tables.first { $0.id == "groups" })
    #expect(groups.rows.count == count)
  }

  @Test("the cells that are drawn have the colours and the numbers of the weights")
  func cells() throws {
    let matrix = try LessonWeights.twelve().matrix
    let result = try TwelveToFourResult(matrix, levels: 4)
    let figure = try observe(matrix).figure()
    let written = figure.texts.filter { $0.box != nil && $0.backdrop != nil }
    // The matrix, the same weights in groups, and a value for each group.
    #expect(written.count == 12 + 12 + 4)
    for (text, value) in zip(written, matrix.values) {
      #expect(text.string == Words(.english).number(Double(value), 2))
      #expect(text.backdrop == Theme.light.color(result.classes[value]))
    }
  }
}
