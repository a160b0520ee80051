import FoundationEssentials
import TestSupport
import Testing

/// The computed memory against what the system says that a process took.
@Suite("Peak memory", .serialized) struct PeakMemoryTests {
  /// Trains in a process of its own, and returns what it says at the end: megabytes taken and computed.
  ///
  /// The process reads its peak itself. From outside it would have to be watched, and a busy machine
  /// looks away too long; what the system keeps of a process that ended counts what started it too.
  private func megabytes(
    batch: Int, steps: Int, in folder: TemporaryFolder
  ) throws -> (taken: Double, computed: Double) {
    let process = try ToolProcess(
      "\"$TOOL\" train --data pairs.jsonl --steps \(steps) --batch \(batch) --out batch-\(batch)",
      in: folder)
    defer { ToolProcess.clean(folder) }
    let code = process.wait()
    let messages = ToolProcess.messages(of: folder)
    try #require(code == 0, "\(messages)")
    let line = try #require(
      messages.split(separator: "\n").last { $0.hasPrefix("Memory, measured") }, "\(messages)")
    let numbers = line.split { " \u{A0}".contains($0) }.compactMap { Double($0) }
    try #require(numbers.count == 2, "\(line)")
    try #require(line.contains("MB at most") && line.contains("MB were computed"), "\(line)")
    return (numbers[0], numbers[1])
  }

  @Test(
    "a larger batch takes as much more memory as is computed, within a tenth",
    .enabled(if: ToolProcess.isBuilt))
  func growth() throws {
    let folder = try TemporaryFolder()
    let letters = Array("abcdefgh")
    let lines = (0..<400).map { row in
      let word = String((0..<38).map { letters[(row + $0) % 8] })
      return "{\"prompt\": \"\(word.prefix(20))\", \"completion\": \"\(word.dropFirst(20))\"}\n"
    }
    try folder.write(lines.joined(), to: "pairs.jsonl")
    // As many exercises in both, enough for a run that says what it takes.
    let small = try megabytes(batch: 64, steps: 138, in: folder)
    let large = try megabytes(batch: 368, steps: 24, in: folder)
    #expect(large.computed > 5 * small.computed)
    let ratio = (large.taken - small.taken) / (large.computed - small.computed)
    #expect((0.9...1.1).contains(ratio), "\(small) and \(large)")
  }
}
