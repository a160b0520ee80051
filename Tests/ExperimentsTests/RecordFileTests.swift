import Experiments
import Testing

@Suite("Files of records")
struct RecordFileTests {
  private struct Named: Experiment {
    var key: String
    var cost: Double { 1 }
    var usesBase: Bool
    func record(_ context: ExperimentContext) -> ExperimentRecord { ExperimentRecord([:]) }
  }

  private let file = RecordFile(
    command: "lora-lessons results “x”", base: "abc",
    entries: [
      .init(
        key: "quoted \"key\", π", usesBase: true,
        record: ExperimentRecord([
          "loss": [0.1, 1 / 3, 1e-300, -0.0, 1.2345678e17, .infinity], "empty": [],
        ])),
      .init(key: "other", usesBase: false, record: ExperimentRecord(["r": [1, 2, 8]])),
    ])

  @Test("A file that was written is read as the same, to the last bit")
  func roundTrip() throws {
    #expect(try RecordFile(parsing: Array(file.text.utf8)) == file)
  }

  @Test("A record that used the base counts for that base alone, others for any")
  func bases() throws {
    let key = file.entries[0].key
    #expect(file.record(of: Named(key: key, usesBase: true), base: "abc") != nil)
    #expect(file.record(of: Named(key: key, usesBase: true), base: "abd") == nil)
    #expect(file.record(of: Named(key: key, usesBase: false), base: "abc") == nil)
    #expect(file.record(of: Named(key: "other", usesBase: false), base: "") != nil)
    #expect(file.record(of: Named(key: "none", usesBase: false), base: "abc") == nil)
  }

  @Test(
    "A text that is not a file of records is refused",
    arguments: [
      "", "[]", "{", "{}", "{\"format\": 2, \"command\": \"\", \"base\": \"\", \"records\": []}",
      "{\"format\": 1, \"command\": \"\", \"base\": \"\", \"records\": [{\"key\": \"a\"}]}",
      "{\"format\": 1, \"command\": \"\", \"base\": \"\", \"records\": [{\"key\": \"a\", "
        + "\"usesBase\": true, \"numbers\": {\"x\": [\"much\"]}}]}",
    ])
  func broken(text: String) {
    #expect(throws: ExperimentError.self) { try RecordFile(parsing: Array(text.utf8)) }
  }

  @Test("A number that a record lacks is named")
  func missing() throws {
    let record = ExperimentRecord(["one": [1], "two": [1, 2]])
    #expect(try record.number("one") == 1)
    #expect(throws: ExperimentError.missing(name: "two")) { try record.number("two") }
    #expect(throws: ExperimentError.missing(name: "three")) { try record.list("three") }
  }

  @Test(
    "Numbers are kept with six digits, and whole ones as they are",
    arguments: [
      (1.0 / 3, 0.333333), (-2.0 / 3, -0.666667), (1234567.5, 1234570), (103_104, 103_104),
      (260_241_408, 260_241_408), (1.23456789e-9, 1.23457e-9), (0, 0), (.infinity, .infinity),
    ] as [(Double, Double)])
  func digits(number: Double, kept: Double) {
    #expect(ExperimentRecord(["x": [number]]).kept.numbers == ["x": [kept]])
  }
}
