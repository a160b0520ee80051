import FoundationEssentials
import Glibc
import TestSupport
import Testing
import Training

/// The computed memory against what the system says that a process took.
@Suite("Peak memory", .serialized) struct PeakMemoryTests {
  private static let executable = repositoryRoot + "/.build/debug/lora-lessons"

  /// Runs the tool in a process of its own and returns the most memory that it had, in bytes.
  private func peak(_ arguments: [String]) throws -> Double {
    var pointers = unsafe ([Self.executable] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var process = pid_t()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    try #require(
      unsafe posix_spawn(&process, Self.executable, &actions, nil, &pointers, environ) == 0)
    var (status, usage) = (Int32(), rusage())
    try #require(unsafe wait4(process, &status, 0, &usage) == process)
    try #require(status == 0, "the tool failed")
    return Double(usage.ru_maxrss) * 1024
  }

  @Test(
    "a larger batch takes as much more memory as is computed, within a fifth",
    .enabled(if: FileManager.default.isExecutableFile(atPath: executable)))
  func growth() throws {
    let folder = try TemporaryFolder()
    let letters = Array("abcdefgh")
    let lines = (0..<120).map { row in
      let word = String((0..<38).map { letters[(row + $0) % 8] })
      return "{\"prompt\": \"\(word.prefix(20))\", \"completion\": \"\(word.dropFirst(20))\"}\n"
    }
    try folder.write(lines.joined(), to: "pairs.jsonl")
    let batches = [8, 96]
    let peaks = try batches.map { batch in
      try peak([
        "train", "--data", folder("pairs.jsonl"), "--steps", "1", "--batch", "\(batch)", "--out",
        folder("batch-\(batch)"), "--quiet",
      ])
    }
    // 38 letters, a beginning and an end; the vocabulary is the letters and three tokens more.
    let shape = ModelShape(
      "toy", vocabulary: 11, hidden: 64, intermediate: 176, layers: 2, heads: 4)
    let computed = batches.map { batch in
      MemoryModel(shape, method: .full, precision: .single, batch: batch, length: 40).total
    }
    let ratio = (peaks[1] - peaks[0]) / (computed[1] - computed[0])
    #expect((0.8...1.2).contains(ratio), "\(peaks) measured, \(computed) computed")
  }
}
