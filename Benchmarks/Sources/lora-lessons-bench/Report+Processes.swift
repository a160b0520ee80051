import FoundationEssentials
import Glibc

extension Report {
  /// Times whole runs of the command line tool, from the start of the process to its end.
  ///
  /// - Returns: A sentence for each run that failed; it has no time.
  mutating func addProcesses(of tool: String, runs: Int) -> [String] {
    var template = Array("/tmp/lora-lessons-bench-XXXXXX".utf8CString)
    guard let folder = unsafe mkdtemp(&template).map({ unsafe String(cString: $0) }) else {
      return ["A temporary folder cannot be made"]
    }
    defer { _ = status(of: ["/bin/rm", "-r", folder]) }
    let lesson = ["run", "quantization", "--lang", "en", "--quiet", "--out", folder]
    let work = [
      ("start-up", ["--version"], []),
      ("lesson-png-svg", lesson + ["--format", "png,svg"], [".png", ".svg"]),
      ("lesson-png", lesson + ["--format", "png"], [".png"]),
      ("lesson-svg", lesson + ["--format", "svg"], [".svg"]),
    ]
    var failures: [String] = []
    for (name, arguments, endings) in work {
      do {
        let value = try medianSeconds(runs: runs) {
          let status = status(of: [tool] + arguments)
          guard status == 0 else { throw Failure(description: "status \(status)") }
        }
        // A tool that draws nothing is fast, but its time means nothing.
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for ending in endings {
          figures = files.count { $0.hasSuffix(ending) }
          guard figures > 0 else { throw Failure(description: "no \(ending) file was written") }
        }
        wholeProcess.append((name, value))
      } catch {
        failures.append("\(name) failed: \(error)")
      }
    }
    return failures
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a program without its output and returns its exit status, or -1.
  private func status(of words: [String]) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for stream: Int32 in 0...2 {
      unsafe posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var process = pid_t()
    guard unsafe posix_spawn(&process, words[0], &actions, nil, &arguments, environ) == 0 else {
      return -1
    }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 { if errno != EINTR { return -1 } }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
  }
}
