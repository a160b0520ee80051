/// A key that a person pressed.
public enum Key: Equatable, Sendable {
  case character(Character)
  case enter, escape, backspace, left, right
  /// Ctrl-C.
  case interrupt
  /// The person has gone.
  case end
}

/// A person at a keyboard, and mostly at a screen too.
public protocol Terminal: AnyObject {
  /// The number of characters in a line.
  var width: Int { get }
  /// Waits for a key; the keyboard is in single-key mode between `begin` and `end`.
  func readKey() -> Key
  func write(_ text: String)
  /// Whether the text goes to a screen: else it gets no colours and is not cleared.
  var isWatched: Bool { get }
  func begin()
  func end()
}
