internal import Glibc
internal import Synchronization

/// The single-key mode of the keyboard, and its way back on every exit.
enum KeyboardMode {
  private nonisolated(unsafe) static var original = termios()
  private static let isSingleKey = Atomic(false)

  /// Keys arrive one by one and are not shown; Ctrl-C arrives as a key.
  static func begin() {
    guard unsafe tcgetattr(STDIN_FILENO, &original) == 0 else { return }
    var mode = unsafe original
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    isSingleKey.store(true, ordering: .relaxed)
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &mode)
    for number in [SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] {
      signal(number) { number in
        KeyboardMode.end()
        _exit(128 + number)
      }
    }
  }

  /// Gives the keyboard back as it was; safe in a signal handler and more than once.
  static func end() {
    guard isSingleKey.exchange(false, ordering: .relaxed) else { return }
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &original)
  }
}
