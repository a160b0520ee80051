/// Characters that a terminal obeys in place of showing them.
enum ControlCharacters {
  /// The first one in a text, apart from tabs and line ends.
  static func first(in text: some StringProtocol) -> Unicode.Scalar? {
    text.unicodeScalars.first(where: isOne)
  }

  static func isOne(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r": false
    case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}": true
    default: false
    }
  }

  /// The name in the form `U+001B`.
  static func name(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
  }

  /// The text with the names of control characters in their places.
  static func named(in text: String) -> String {
    guard first(in: text) != nil else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isOne(scalar) {
        result += name(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
