/// The patterns of `rank_pattern` and `alpha_pattern`: regular expressions for the end of a module's
/// path, which begins after a dot or with the path.
///
/// Source: PEFT 0.21.2, `get_pattern_key`.
enum PEFTPattern {
  /// Longer patterns are refused.
  static let longest = 1000
  /// Patterns with more repetitions are refused, and those with one inside another: on a hostile
  /// name they could take longer than anybody waits.
  static let mostRepetitions = 4

  static func isValid(_ pattern: String) -> Bool {
    guard pattern.utf8.count <= longest else { return false }
    return isPlain(pattern) || isQuick(pattern) && (try? Regex("(?:.*\\.)?(?:\(pattern))")) != nil
  }

  /// Whether a path ends as a pattern says; a malformed pattern matches nothing.
  static func matches(_ pattern: String, _ path: String) -> Bool {
    if isPlain(pattern) { return matches(plain: pattern, path) }
    guard let expression = try? Regex("(?:.*\\.)?(?:\(pattern))") else { return false }
    return (try? expression.wholeMatch(in: path)) != nil
  }

  private static func isQuick(_ pattern: String) -> Bool {
    var count = 0
    // For each group that is open, whether it has a repetition or a choice.
    var groups = [false]
    var closed = false
    var isEscaped = false
    for character in pattern {
      defer { isEscaped = character == "\\" && !isEscaped }
      let wasClosed = closed
      closed = false
      guard !isEscaped else { continue }
      switch character {
      case "(": groups.append(false)
      case ")":
        guard groups.count > 1 else { return false }
        closed = groups.removeLast()
        if closed { groups[groups.count - 1] = true }
      case "*", "+", "{":
        if wasClosed { return false }
        count += 1
        groups[groups.count - 1] = true
      case "|": groups[groups.count - 1] = true
      default: break
      }
    }
    return count <= mostRepetitions
  }

  /// Names joined by dots need no regular expressions, and most patterns are that.
  static func isPlain(_ pattern: String) -> Bool {
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
