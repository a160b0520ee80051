internal import Glibc

/// The terminal of the process: keys from standard input, text to standard output.
public final class SystemTerminal: Terminal {
  private let environment: [String: String]
  private var pending: [UInt8] = []

  /// The process's terminal, if a person can press keys.
  public static func current(environment: [String: String]) -> SystemTerminal? {
    isatty(STDIN_FILENO) == 1 ? SystemTerminal(environment: environment) : nil
  }

  private init(environment: [String: String]) { self.environment = environment }

  /// The width of the window; lines longer than 100 characters are hard to read.
  public var width: Int {
    var size = winsize()
    let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let columns = known ? Int(size.ws_col) : environment["COLUMNS"].flatMap { Int($0) } ?? 80
    return min(max(columns, 40), 100)
  }

  public var isWatched: Bool { StandardStream.output.isWatched }

  public func write(_ text: String) { StandardStream.output.write(text) }

  /// Switches the keyboard to single keys; every way out of the process switches it back.
  public func begin() { KeyboardMode.begin() }

  public func end() { KeyboardMode.end() }

  public func readKey() -> Key {
    guard let byte = nextByte() else { return .end }
    switch byte {
    case 3: return .interrupt
    case 4: return .end
    case 10, 13: return .enter
    case 8, 127: return .backspace
    case 27: return escapeSequence()
    case 0..<32: return readKey()
    default: return .character(character(startingWith: byte))
    }
  }

  /// An escape alone, or the arrow key that it starts.
  private func escapeSequence() -> Key {
    var poll = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    let isFollowed = unsafe !pending.isEmpty || Glibc.poll(&poll, 1, 30) > 0
    guard isFollowed, let second = nextByte() else { return .escape }
    guard second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else { return .escape }
    while let byte = nextByte() {
      switch byte {
      case UInt8(ascii: "C"): return .right
      case UInt8(ascii: "D"): return .left
      case 0x40...0x7E: return readKey()
      default: continue
      }
    }
    return .end
  }

  /// A character of one to four bytes of UTF-8.
  private func character(startingWith byte: UInt8) -> Character {
    var bytes = [byte]
    let more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0
    for _ in 0..<more {
      if let next = nextByte() { bytes.append(next) }
    }
    return String(decoding: bytes, as: UTF8.self).first ?? " "
  }

  private func nextByte() -> UInt8? {
    if !pending.isEmpty { return pending.removeFirst() }
    var buffer = [UInt8](repeating: 0, count: 64)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(STDIN_FILENO, bytes.baseAddress, bytes.count)
      }
      if count > 0 {
        pending = Array(buffer[1..<count])
        return buffer[0]
      }
      if count == 0 || errno != EINTR { return nil }
    }
  }
}
