internal import Interchange

/// Turns texts into numbers, a character each.
///
/// A character is a Unicode scalar, as in Python. Three tokens come before all characters: padding,
/// beginning and end; the characters follow in their order.
public struct CharacterTokenizer: Equatable, Sendable {
  /// The token that fills up sequences.
  public static let padding = 0
  /// The token at the start of every sequence; Llama's default.
  public static let begin = 1
  /// The token at the end of a text; Llama's default.
  public static let end = 2
  private static let firstCharacter = 3

  /// The characters of the tokens from 3 on.
  public let characters: [Unicode.Scalar]
  private let tokens: [Unicode.Scalar: Int]

  /// A character that is not in the vocabulary.
  public struct UnknownCharacter: Error, Equatable, CustomStringConvertible {
    public let character: Unicode.Scalar
    /// Its place in the text, counted in characters from 0.
    public let position: Int

    public var description: String {
      "the character \(quoted(String(character))) is not in the vocabulary"
    }
  }

  /// The characters of a vocabulary; of one that appears twice the first place counts.
  public init(_ characters: some Sequence<Unicode.Scalar>) {
    var list: [Unicode.Scalar] = []
    var tokens: [Unicode.Scalar: Int] = [:]
    for character in characters where tokens[character] == nil {
      tokens[character] = Self.firstCharacter + list.count
      list.append(character)
    }
    self.characters = list
    self.tokens = tokens
  }

  /// The vocabulary of a text: its characters in the order of their code points.
  public init(vocabularyOf text: String) {
    self.init(Set(text.unicodeScalars).sorted())
  }

  /// The vocabulary of the school exam: digits, the four operations, the equals sign, the remainder.
  public static let exam = CharacterTokenizer("0123456789+-*/=r".unicodeScalars)

  /// The number of tokens.
  public var vocabularySize: Int { Self.firstCharacter + characters.count }

  /// The tokens of a text, without beginning and end.
  public func tokens(of text: some StringProtocol) throws(UnknownCharacter) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
      guard let token = tokens[character] else {
        throw UnknownCharacter(character: character, position: result.count)
      }
      result.append(token)
    }
    return result
  }

  /// The characters of tokens; padding, beginning, end and numbers without a character give nothing.
  public func text(of tokens: some Sequence<Int>) -> String {
    var text = String.UnicodeScalarView()
    for token in tokens where (Self.firstCharacter..<vocabularySize).contains(token) {
      text.append(characters[token - Self.firstCharacter])
    }
    return String(text)
  }

  /// The text of a generated answer: the characters before the first end or padding.
  public func answer(of tokens: some Sequence<Int>) -> String {
    text(of: tokens.prefix { $0 != Self.end && $0 != Self.padding })
  }
}

extension CharacterTokenizer: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self).unicodeScalars)
  }

  /// The vocabulary is one text.
  public func encode(to encoder: any Encoder) throws {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: characters)
    var container = encoder.singleValueContainer()
    try container.encode(String(text))
  }
}
