internal import Glibc
internal import Synchronization

/// Ctrl-C: while nothing is being written the process ends at once; while files are written it ends
/// when they are back as they were or all there; and while something can be kept to go on from, it ends when
/// that is done, or at once if Ctrl-C comes twice.
public enum Interrupts {
  private static let isWriting = Atomic(false)
  private static let isDeferred = Atomic(false)
  private static let isRequested = Atomic(false)
  private static let isTerminal = Atomic(false)
  /// Below what stands in the line of the cursor, such as progress.
  private static let farewell: StaticString = "\nlora-lessons: interrupted\n"

  /// Starts to listen.
  public static func install() {
    // The first use of a global variable is not safe in a handler.
    isWriting.store(false, ordering: .relaxed)
    isDeferred.store(false, ordering: .relaxed)
    isRequested.store(false, ordering: .relaxed)
    isTerminal.store(isatty(STDERR_FILENO) == 1, ordering: .relaxed)
    // A file that is too large for a limit is an error as any other, and not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGINT) { _ in Interrupts.handle() }
  }

  private static func handle() {
    let isFirst = !isRequested.load(ordering: .relaxed)
    let waits =
      isWriting.load(ordering: .relaxed) || isFirst && isDeferred.load(ordering: .relaxed)
    guard waits else {
      KeyboardMode.end()
      if isTerminal.load(ordering: .relaxed) {
        _ = unsafe write(STDERR_FILENO, farewell.utf8Start, farewell.utf8CodeUnitCount)
      }
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

  /// Does work that asks now and then whether it is to keep what it has and stop.
  ///
  /// - Parameter work: Works; calls its argument where it can stop.
  /// - Returns: What `work` returns.
  /// - Throws: What `work` throws.
  static func deferring<Result>(
    _ work: (_ isRequested: () -> Bool) throws -> Result
  ) rethrows -> Result {
    isDeferred.store(true, ordering: .relaxed)
    defer { isDeferred.store(false, ordering: .relaxed) }
    return try work { isRequested.load(ordering: .relaxed) }
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
