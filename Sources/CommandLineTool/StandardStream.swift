internal import Glibc

/// Standard output or standard error.
public struct StandardStream: Sendable {
  let descriptor: Int32

  public static let output = StandardStream(descriptor: STDOUT_FILENO)
  public static let error = StandardStream(descriptor: STDERR_FILENO)

  /// Writes all of a text; when nobody reads it any more, the process ends as the system says, and
  /// results that cannot be kept end it as a failure.
  public func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        if descriptor == STDOUT_FILENO { Self.fail(reason: errno) }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }

  private static func fail(reason: Int32) -> Never {
    KeyboardMode.end()
    let text = unsafe String(cString: strerror(reason))
    error.write("\(Tool.name): the output cannot be written: \(text)\n")
    exit(ExitCode.failure.rawValue)
  }

  /// Whether a person sees what is written.
  public var isWatched: Bool { isatty(descriptor) == 1 }
}
