/// How numbers are written in figures, prose and terminal; independent of the process's locale.
public struct NumberFormat: Hashable, Codable, Sendable {
  /// The mark between whole part and decimals.
  public enum DecimalMark: String, Hashable, Codable, Sendable, CaseIterable {
    case comma, point
    var character: Character { self == .comma ? "," : "." }
  }

  public var decimalMark: DecimalMark

  public init(decimalMark: DecimalMark) { self.decimalMark = decimalMark }

  /// A number with a fixed count of decimals, a true minus sign and never a negative zero.
  ///
  /// Halves are rounded away from zero on the shortest decimal form of the number, so that 0.125
  /// becomes 0.13 as a reader expects.
  public func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    let (digits, exponent) = Self.decimalDigits(value.magnitude)
    // The number is 0.d₁d₂d₃… × 10^exponent; keep exponent + decimals digits.
    var kept = Self.rounded(digits, keeping: exponent + decimals)
    var wholeCount = exponent + (kept.count - max(exponent + decimals, 0))
    if exponent + decimals < 0 { (kept, wholeCount) = ([], 0) }
    if wholeCount < 0 {
      kept = Array(repeating: 0, count: -wholeCount) + kept
      wholeCount = 0
    }
    while kept.count < wholeCount + decimals { kept.append(0) }
    let isZero = kept.allSatisfy { $0 == 0 }
    let whole = kept.prefix(wholeCount).map(String.init).joined()
    var text = value < 0 && !isZero ? "\u{2212}" : ""
    text += whole.isEmpty ? "0" : Self.grouped(whole)
    if decimals > 0 {
      text.append(decimalMark.character)
      text += kept.suffix(decimals).map(String.init).joined()
    }
    return text
  }

  /// A number with a count of significant digits, without an exponent while that stays readable.
  public func significant(_ value: Double, digits count: Int) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, decimals: 0) }
    let (digits, exponent) = Self.decimalDigits(value.magnitude)
    let kept = Self.rounded(digits, keeping: count)
    let magnitude = exponent + (kept.count > count ? 1 : 0)
    if (-3...7).contains(magnitude) { return fixed(value, decimals: max(count - magnitude, 0)) }
    var mantissa = kept.prefix(count).map(String.init)
    while mantissa.count < count { mantissa.append("0") }
    let sign = value < 0 ? "\u{2212}" : ""
    let tail =
      mantissa.count > 1 ? String(decimalMark.character) + mantissa.dropFirst().joined() : ""
    return "\(sign)\(mantissa[0])\(tail) × 10\(Self.superscript(magnitude - 1))"
  }

  /// A whole number, with narrow spaces between groups of three digits from five digits on.
  public func integer(_ value: Int) -> String {
    (value < 0 ? "\u{2212}" : "") + Self.grouped(String(value.magnitude))
  }

  /// A whole number in superscript digits.
  public static func superscript(_ value: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (value < 0 ? "⁻" : "")
      + String(value.magnitude).compactMap(\.wholeNumberValue).map { String(digits[$0]) }.joined()
  }

  private static func grouped(_ digits: String) -> String {
    guard digits.count >= 5 else { return digits }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append("\u{202F}") }
      text.append(digit)
    }
    return text
  }

  /// The digits of the shortest decimal that reads back as the number: 0.d₁d₂… × 10^exponent.
  private static func decimalDigits(_ magnitude: Double) -> (digits: [Int], exponent: Int) {
    guard magnitude > 0 else { return ([], 0) }
    let text = "\(magnitude)"
    let parts = text.split(separator: "e", maxSplits: 1)
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = mantissa.joined().compactMap(\.wholeNumberValue)
    exponent += mantissa[0].count
    while digits.first == 0 {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.last == 0 { digits.removeLast() }
    return (digits, exponent)
  }

  /// The first digits after rounding; one more than asked for when the rounding carries over.
  private static func rounded(_ digits: [Int], keeping count: Int) -> [Int] {
    guard count >= 0 else { return [] }
    guard digits.count > count else {
      return digits + Array(repeating: 0, count: count - digits.count)
    }
    var kept = Array(digits.prefix(count))
    guard digits[count] >= 5 else { return kept }
    var index = count - 1
    while index >= 0, kept[index] == 9 {
      kept[index] = 0
      index -= 1
    }
    if index >= 0 {
      kept[index] += 1
    } else {
      kept.insert(1, at: 0)
    }
    return kept
  }
}
