internal import Glibc
internal import Synchronization

/// Ctrl-C: while nothing is being written the process ends at once; while files are written it ends
/// when they are back as they were or all there.
public enum Interrupts {
  private static let isWriting = Atomic(false)
  private static let isRequested = Atomic(false)

  /// Starts to listen.
  public static func install() {
    // The first use of a global variable is not safe in a handler.
    isWriting.store(false, ordering: .relaxed)
    isRequested.store(false, ordering: .relaxed)
    signal(SIGINT) { _ in Interrupts.handle() }
  }

  private static func handle() {
    guard isWriting.load(ordering: .relaxed) else {
      KeyboardMode.end()
      _exit(ExitCode.interrupted.rawValue)
    }
    isRequested.store(true, ordering: .relaxed)
  }

  /// Writes files, and stops when asked to.
  ///
  /// - Parameter write: writes; calls its argument where it can stop without leaving anything behind.
  /// - Throws: `ToolError.interrupted`, or what `write` throws.
  static func protecting(_ write: (_ mayGoOn: () throws -> Void) throws -> Void) throws {
    isWriting.store(true, ordering: .relaxed)
    defer { isWriting.store(false, ordering: .relaxed) }
    try write(check)
    try check()
  }

  /// Stops where Ctrl-C was pressed while something was being written.
  ///
  /// - Throws: `ToolError.interrupted`.
  static func check() throws {
    if isRequested.load(ordering: .relaxed) { throw ToolError.interrupted }
  }

  /// The number of threads worth starting.
  static var processorCount: Int { max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) }

  /// Seconds from an arbitrary start, for progress alone.
  static var seconds: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
