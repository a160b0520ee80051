@testable import CommandLineTool
import Course
import Demonstrations
import Drawing
import Experiments
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

/// An experiment that takes no time and counts how often it was done.
private struct Counted: Experiment {
  final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  var key: String
  var cost = 1.0
  var usesBase = false
  var fails = false
  let counter: Counter

  func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    counter.add()
    if fails { throw ExperimentError.missing(name: key) }
    return ExperimentRecord(["length": [Double(key.count)]])
  }
}

@Suite("Results of training that lessons show")
struct TrainedRecordsTests {
  private func records(
    in folder: TemporaryFolder, lesson: Lesson? = nil, retrains: Bool = false
  ) -> TrainedRecords {
    let tool = Tool(
      environment: [
        "LORA_LESSONS_PATH": folder.path + "/Lessons", "LORA_LESSONS_CACHE": folder.path + "/cache",
      ], workingDirectory: folder.path, output: { _ in }, messages: { _ in })
    return TrainedRecords(lesson: lesson, retrains: retrains, words: Words(.english), tool)
  }

  private func ship(
    _ entries: [RecordFile.Entry], base: String = "", to folder: TemporaryFolder
  ) throws {
    let file = RecordFile(command: "test", base: base, entries: entries)
    try folder.write(file.text, to: "Lessons/Data/results/tiny.json")
  }

  @Test("what is not kept is trained once, and found in the cache the next time")
  func cache() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    let counter = Counted.Counter()
    let experiments = ["a", "bb", "ccc", "a"].map { Counted(key: $0, counter: counter) }
    let first = try records(in: folder)(experiments)
    #expect(first.mapValues { $0.numbers["length"] } == ["a": [1], "bb": [2], "ccc": [3]])
    #expect(counter.value == 3)
    #expect(try records(in: folder)(experiments) == first)
    #expect(counter.value == 3)
  }

  @Test("what came with the lessons is not trained, unless it is asked for and then compared")
  func shipped() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    try ship(
      [
        .init(key: "same", usesBase: false, record: ExperimentRecord(["length": [4]])),
        .init(key: "other", usesBase: false, record: ExperimentRecord(["length": [4.5]])),
      ], to: folder)
    let counter = Counted.Counter()
    let experiments = ["same", "other"].map { Counted(key: $0, counter: counter) }
    #expect(try records(in: folder)(experiments)["other"]?.number("length") == 4.5)
    #expect(counter.value == 0)
    let again = records(in: folder, retrains: true)
    #expect(try again(experiments)["other"]?.number("length") == 5)
    #expect(try again(experiments).count == 2)
    #expect(counter.value == 2)
    #expect(again.comparison.compared == 2)
    #expect(again.comparison.different == ["other"])
  }

  @Test("a result made on another base model does not count")
  func otherBase() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    try ship(
      [.init(key: "based", usesBase: true, record: ExperimentRecord(["length": [9]]))],
      base: "of another model", to: folder)
    let counter = Counted.Counter()
    let experiment = Counted(key: "based", usesBase: true, counter: counter)
    #expect(try records(in: folder)([experiment])["based"]?.number("length") == 5)
    #expect(counter.value == 1)
  }

  @Test("a file in the cache that is damaged is trained again; one of the lessons is named")
  func damaged() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    let counter = Counted.Counter()
    let experiment = Counted(key: "one", counter: counter)
    _ = try records(in: folder)([experiment])
    for name in try FileManager.default.contentsOfDirectory(atPath: folder("cache/results")) {
      try folder.write("{\"format\": 1", to: "cache/results/\(name)")
    }
    _ = try records(in: folder)([experiment])
    #expect(counter.value == 2)
    try folder.write("{", to: "Lessons/Data/results/tiny.json")
    #expect { try records(in: folder)([experiment]) } throws: {
      "\($0)".contains("Data/results/tiny.json")
    }
  }

  @Test("a training that fails ends the others, and those that were done stay kept")
  func failure() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    let counter = Counted.Counter()
    let good = Counted(key: "long", cost: 9, counter: counter)
    let bad = Counted(key: "bad", fails: true, counter: counter)
    #expect(throws: ExperimentError.missing(name: "bad")) {
      try ExperimentPool.train(
        [bad, good], ExperimentContext(base: nil), threads: 1, done: { _, _ in })
    }
    #expect(counter.value == 2)
    #expect(throws: ExperimentError.missing(name: "bad")) { try records(in: folder)([good, bad]) }
    let before = counter.value
    _ = try records(in: folder)([good])
    #expect(counter.value <= before + 1)
  }

  @Test("a lesson that trains nothing says so, and --retrain and --quick need what they go with")
  func command() throws {
    let folder = try TemporaryFolder()
    #expect(
      run("results low-rank --lang en", in: folder).output == "The lesson trains nothing.\n")
    #expect(run("results low-rank --retrain", in: folder).code == 64)
    #expect(run("results low-rank --write --quick", in: folder).code == 64)
    #expect(run("results no-lesson", in: folder).code == 66)
  }
}
