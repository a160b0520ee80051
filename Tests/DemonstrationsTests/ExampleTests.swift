import Demonstrations
import LinearAlgebra
import TestSupport
import Testing

@Suite("Examples of demonstrations") struct ExampleTests {
  @Test(
    "every demonstration has one, the same every time and without weights where it needs none",
    arguments: Registry.all.map(\.id))
  func examples(id: String) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    let example = try demonstration.example(records: ShippedRecords.of)
    #expect(!example.observation.values.isEmpty)
    #expect(
      try demonstration.example(records: ShippedRecords.of).observation.values
        == example.observation.values)
    if let text = example.weightsText {
      #expect(throws: DemonstrationError.self) {
        try demonstration.observe(DemonstrationInput())
      }
      let numbers = text.split { $0 == "\n" || $0 == "," }.map { $0.drop { $0 == " " } }
      #expect(numbers.compactMap { Float($0) } == example.weights?.values)
      #expect(!text.contains("-0.0,") && !text.contains("-0.0\n"))
    }
  }

  @Test("settings that are out of range are refused as such, and not for want of weights")
  func settings() throws {
    let demonstration = try #require(Registry.demonstration(named: "low-rank-approximation"))
    #expect(
      try demonstration.example(settings: ["rank": 3]).observation.values["rank"] == .integer(3))
    #expect(
      throws: DemonstrationError.outOfRange(
        demonstration: "low-rank-approximation", parameter: "rank", value: 0, range: 1...512)
    ) { try demonstration.example(settings: ["rank": 0]) }
  }
}
