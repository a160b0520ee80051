import FoundationEssentials
import Glibc
import TestSupport

/// The tool in a process of its own, which can be killed.
struct ToolProcess {
  static let executable = builtTool
  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: executable) }

  private let id: pid_t

  /// Starts a line of a shell, in which `$TOOL` is the tool, and a folder is where it works.
  init(_ line: String, in folder: TemporaryFolder) throws {
    let script = "cd '\(folder.path)' && exec \(line)"
    let shell = ["/bin/sh", "-c", script]
    let environment = ["TOOL=\(Self.executable)", "LC_ALL=en", "PATH=/usr/bin:/bin"]
    var words = unsafe shell.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe variables.forEach { unsafe free($0) } }
    var process = pid_t()
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (stream, name) in [(STDOUT_FILENO, "output.txt"), (STDERR_FILENO, "messages.txt")] {
      unsafe posix_spawn_file_actions_addopen(
        &actions, stream, folder.path + "-" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    // The threads of tests hold signals back, and what they start would too.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let result = unsafe posix_spawn(
      &process, "/bin/sh", &actions, &attributes, &words, &variables)
    guard result == 0 else { throw Failure() }
    id = process
  }

  private struct Failure: Error {}

  func send(_ signal: Int32) { kill(id, signal) }

  /// Waits for the end.
  ///
  /// - Returns: The exit code, or 128 and the number of the signal as shells have it.
  func wait() -> Int32 {
    var status = Int32()
    while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  /// What a process that worked in a folder said.
  static func messages(of folder: TemporaryFolder) -> String {
    let path = folder.path + "-messages.txt"
    return String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  /// Removes what processes said.
  static func clean(_ folder: TemporaryFolder) {
    for name in ["output.txt", "messages.txt"] { unsafe unlink(folder.path + "-" + name) }
  }
}
