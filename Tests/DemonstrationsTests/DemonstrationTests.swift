import Drawing
import Testing

@testable import Demonstrations

@Suite("All demonstrations")
struct DemonstrationTests {
  @Test("names are unique, and lead to their demonstrations")
  func names() {
    let names = Registry.all.map(\.id)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)")
      #expect(Registry.demonstration(named: name)?.id == name)
    }
    #expect(Registry.demonstration(named: "no-such-thing") == nil)
  }

  @Test("names of values are words that a lesson can call", arguments: Registry.all.map(\.id))
  func valueNames(id: String) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    let observation = try demonstration.observe(LessonWeights.input(of: demonstration))
    #expect(!observation.values.isEmpty)
    for name in observation.values.keys {
      #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil, "\(name)")
    }
    for (name, value) in observation.values {
      if let number = value.numeric { #expect(number.isFinite, "\(name)") }
    }
    let tables = observation.tables.map(\.id)
    #expect(Set(tables).count == tables.count)
    for table in observation.tables where !table.columns.isEmpty {
      let wide = table.rows.filter { $0.count != table.columns.count }
      #expect(wide.isEmpty || table.id == "groups", "\(table.id)")
    }
  }

  @Test("the same input gives the same figure, on any thread", arguments: Registry.all.map(\.id))
  func determinism(id: String) async throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    let input = try LessonWeights.input(of: demonstration)
    let first = try demonstration.observe(input)
    let tasks = (0..<2).map { _ in
      Task.detached {
        let observation = try demonstration.observe(input)
        return (observation.values, observation.figure())
      }
    }
    for task in tasks {
      let (values, figure) = try await task.value
      #expect(values == first.values)
      #expect(figure == first.figure())
    }
  }

  @Test("another seed gives other numbers", arguments: ["codebook-comparison", "code-usage"])
  func seeds(id: String) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    let first = try demonstration.observe(DemonstrationInput(settings: ["blocks": 8], seed: 1))
    let second = try demonstration.observe(DemonstrationInput(settings: ["blocks": 8], seed: 2))
    #expect(first.figure() != second.figure())
  }

  @Test(
    "a parameter outside its range is refused with the range", arguments: Registry.all.map(\.id))
  func range(id: String) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    for parameter in demonstration.parameters {
      #expect(parameter.range.contains(parameter.defaultValue), "\(parameter.name)")
      for value in [parameter.range.lowerBound - 1, parameter.range.upperBound + 1, .infinity] {
        var input = try LessonWeights.input(of: demonstration)
        input.settings[parameter.name] = value
        #expect(
          throws: DemonstrationError.outOfRange(
            demonstration: id, parameter: parameter.name, value: value, range: parameter.range)
        ) { try demonstration.observe(input) }
      }
      guard parameter.isWhole else { continue }
      var input = try LessonWeights.input(of: demonstration)
      let broken = parameter.range.lowerBound + 0.5
      input.settings[parameter.name] = broken
      #expect(
        throws: DemonstrationError.notWhole(
          demonstration: id, parameter: parameter.name, value: broken)
      ) { try demonstration.observe(input) }
    }
  }

  @Test(
    "a parameter at either end of its range is taken",
    arguments: [
      ("twelve-to-four", "levels", [2.0, 12]), ("stored-words", "count", [4, 16]),
      ("absmax", "block", [2, 4096]), ("journey", "index", [0, 63]),
      ("block-bytes", "index", [0, 63]),
      ("codebook-comparison", "outlier", [1, 1000]), ("code-usage", "blocks", [1]),
      ("outlier-block", "block", [32, 4096]), ("double-quantization", "block", [32, 4096]),
      ("real-matrix", "block", [32, 4096]), ("four-times", "vocabulary", [1, 10_000_000]),
    ])
  func ends(id: String, parameter: String, values: [Double]) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    for value in values {
      var input = try LessonWeights.input(of: demonstration)
      input.settings[parameter] = value
      #expect(!(try demonstration.observe(input).figure().marks.isEmpty))
    }
  }

  @Test("a demonstration on weights says so where there are none or too few")
  func needsWeights() {
    #expect(
      throws: DemonstrationError.needsWeights(demonstration: "absmax", atLeast: 4, found: 0)
    ) { try Absmax().observe(DemonstrationInput()) }
    #expect(
      throws: DemonstrationError.needsWeights(demonstration: "twelve-to-four", atLeast: 8, found: 4)
    ) {
      try TwelveToFour().observe(
        DemonstrationInput(settings: ["levels": 8], weights: TrialWeights.normal(2, 2).named))
    }
  }

  @Test("magnitudes that a picture cannot write are refused", arguments: [1e-6, 1e7])
  func magnitude(scale: Double) {
    let input = DemonstrationInput(weights: TrialWeights.normal(4, 4, scale: scale).named)
    for demonstration in [TwelveToFour(), StoredWords(), Absmax(), Journey(), BlockBytes()]
      as [any Demonstration]
    {
      #expect(throws: DemonstrationError.self) { try demonstration.observe(input) }
    }
    #expect(throws: Never.self) { try RealMatrix().observe(input) }
  }

  @Test("errors are sentences that name the demonstration and the way out")
  func sentences() {
    #expect(
      DemonstrationError.outOfRange(
        demonstration: "absmax", parameter: "block", value: 1, range: 2...4096
      ).description == "absmax: block=1 is outside 2…4096")
    #expect(
      DemonstrationError.notWhole(demonstration: "absmax", parameter: "block", value: 2.5)
        .description == "absmax: block=2.5 must be a whole number")
    #expect(
      DemonstrationError.needsWeights(demonstration: "absmax", atLeast: 4, found: 0).description
        == "absmax: needs at least 4 weights, and there are 0")
  }
}
