/// A language of the course.
public enum Language: String, Hashable, Codable, Sendable, CaseIterable {
  case spanish = "es"
  case english = "en"
}

/// The words of one language and its way of writing numbers.
///
/// Both languages are written where a text is needed, so that neither can be forgotten:
/// `words.say(es: "bloque", en: "block")`.
public struct Words: Hashable, Sendable {
  public var language: Language
  public var numbers: NumberFormat

  public init(_ language: Language, numbers: NumberFormat? = nil) {
    self.language = language
    self.numbers = numbers ?? NumberFormat(decimalMark: language == .spanish ? .comma : .point)
  }

  /// The text in this language.
  public func say(
    es spanish: @autoclosure () -> String, en english: @autoclosure () -> String
  )
    -> String
  {
    switch language {
    case .spanish: spanish()
    case .english: english()
    }
  }

  /// A number with a fixed count of decimals.
  public func number(_ value: Double, _ decimals: Int) -> String {
    numbers.fixed(value, decimals: decimals)
  }

  /// A whole number, with groups of three digits from five digits on.
  public func integer(_ value: Int) -> String { numbers.integer(value) }

  /// A share such as 0.123 as a percentage: "12,3 %" in Spanish, "12.3%" in English.
  public func percentage(_ share: Double, _ decimals: Int) -> String {
    numbers.fixed(share * 100, decimals: decimals) + say(es: "\u{202F}%", en: "%")
  }
}

/// A text that has no numbers in it, in both languages.
public struct Phrase: Hashable, Sendable {
  public var spanish: String
  public var english: String

  public init(es spanish: String, en english: String) {
    self.spanish = spanish
    self.english = english
  }

  /// Creates a phrase that is the same in both languages, such as a symbol or a name.
  public init(_ both: String) { self.init(es: both, en: both) }

  /// The text in one language.
  public func callAsFunction(_ words: Words) -> String { words.say(es: spanish, en: english) }
}
