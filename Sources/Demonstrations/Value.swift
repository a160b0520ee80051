public import Drawing

/// A number or a word that a demonstration found, with the way it is written.
public enum Value: Equatable, Sendable {
  case integer(Int)
  case number(Double, decimals: Int)
  /// A number of any magnitude, with a count of significant digits.
  case significant(Double, digits: Int)
  /// A share such as 0.123, written as 12.3 %.
  case percentage(Double, decimals: Int)
  /// Words, in both languages.
  case words(Phrase)
  /// Text that is the same everywhere, such as bytes in hexadecimal.
  case code(String)
  /// A yes or no that a lesson can choose its words by; it is not written.
  case flag(Bool)

  /// The value as it stands in prose and figures.
  public func formatted(_ words: Words) -> String {
    switch self {
    case .integer(let value): words.integer(value)
    case .number(let value, let decimals): words.number(value, decimals)
    case .significant(let value, let digits): words.numbers.significant(value, digits: digits)
    case .percentage(let share, let decimals): words.percentage(share, decimals)
    case .words(let phrase): phrase(words)
    case .code(let text): text
    case .flag(let value): words.say(es: value ? "sí" : "no", en: value ? "yes" : "no")
    }
  }

  /// The number, where the value is one; a percentage counts in percent, as it is written.
  public var numeric: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value, _), .significant(let value, _): value
    case .percentage(let share, _): share * 100
    case .words, .code, .flag: nil
    }
  }
}
