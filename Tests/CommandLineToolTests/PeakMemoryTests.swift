import FoundationEssentials
import Glibc
import TestSupport
import Testing
import Training

/// The computed memory against what the system says that a process took.
@Suite("Peak memory", .serialized) struct PeakMemoryTests {
  private static let executable = builtTool

  /// Runs the tool in a process of its own and returns the most memory that it had, in bytes.
  ///
  /// The process is watched while it runs: what `wait4` says at its end counts the test's own memory too,
  /// which the process shared before it became the tool.
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
    var status = Int32()
    var kilobytes = 0
    while unsafe waitpid(process, &status, WNOHANG) == 0 {
      kilobytes = max(kilobytes, Self.highWaterMark(of: process) ?? 0)
      usleep(2000)
    }
    try #require(status == 0, "the tool failed")
    return Double(kilobytes) * 1024
  }

  /// The most memory that a process has had so far, in kB.
  private static func highWaterMark(of process: pid_t) -> Int? {
    let text = FileManager.default.contents(atPath: "/proc/\(process)/status")
      .map { String(decoding: $0, as: UTF8.self) }
    let line = text?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }
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
