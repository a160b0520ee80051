/// The patterns of `rank_pattern` and `alpha_pattern`: regular expressions for the end of a module's
/// path, which begins after a dot or with the path.
///
/// Source: PEFT 0.21.2, `get_pattern_key`.
enum PEFTPattern {
  /// Longer patterns are refused.
  static let longest = 1000

  static func isValid(_ pattern: String) -> Bool {
    guard pattern.utf8.count <= longest else { return false }
    return isPlain(pattern) || (try? Regex("(?:.*\\.)?(?:\(pattern))")) != nil
  }

  /// Whether a path ends as a pattern says; a malformed pattern matches nothing.
  static func matches(_ pattern: String, _ path: String) -> Bool {
    if isPlain(pattern) { return matches(plain: pattern, path) }
    guard let expression = try? Regex("(?:.*\\.)?(?:\(pattern))") else { return false }
    return (try? expression.wholeMatch(in: path)) != nil
  }

  /// Names joined by dots need no regular expressions, and most patterns are that.
  private static func isPlain(_ pattern: String) -> Bool {
    pattern.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
  }

  /// Compares byte by byte; a dot of a pattern is any one character, as in an expression.
  private static func matches(plain pattern: String, _ path: String) -> Bool {
    let (pattern, path) = (Array(pattern.utf8), Array(path.utf8))
    guard pattern.count <= path.count else { return false }
    let end = path.suffix(pattern.count)
    let dot = UInt8(ascii: ".")
    guard zip(pattern, end).allSatisfy({ $0 == $1 || $0 == dot }) else { return false }
    return end.startIndex == 0 || path[end.startIndex - 1] == dot
  }
}
