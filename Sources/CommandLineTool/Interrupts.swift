internal import Glibc
internal import Synchronization

/// Ctrl-C: while nothing is being written the process ends at once; while files are written it ends
/// after the file in hand, so that none is left half done.
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
    guard isWriting.load(ordering: .relaxed) else { _exit(ExitCode.interrupted.rawValue) }
    isRequested.store(true, ordering: .relaxed)
  }

  /// Writes files, one closure each, and stops between two of them when asked to.
  ///
  /// - Throws: `ToolError.interrupted`, or what a closure throws.
  static func protecting(_ writes: [() throws -> Void]) throws {
    isWriting.store(true, ordering: .relaxed)
    defer { isWriting.store(false, ordering: .relaxed) }
    for write in writes {
      if isRequested.load(ordering: .relaxed) { throw ToolError.interrupted }
      try write()
    }
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
