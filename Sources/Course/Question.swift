public import Demonstrations
internal import Glibc

/// A question of a step, with its answer.
public struct Question: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Asked before the figure is shown.
    case prediction
    /// Asked after the explanation.
    case quiz
  }

  public enum Answer: Equatable, Sendable {
    /// A number: the value of that name, reached within a tolerance.
    case number(value: String, tolerance: Tolerance?)
    /// One of a few options.
    case options([Option])
  }

  /// How far a number may be from the truth.
  public enum Tolerance: Equatable, Sendable {
    case absolute(Double)
    /// A share of the truth.
    case relative(Double)
  }

  /// A possible answer.
  public struct Option: Equatable, Sendable {
    public var isRight: Bool
    public var text: [Inline]
    /// Why it is right or wrong.
    public var justification: [Block]
    public var line: Int
  }

  public var kind: Kind
  public var text: [Block]
  public var answer: Answer
  /// Where the question starts in its file.
  public var position: SourcePosition
}

extension Question {
  /// Reads a number that a learner typed: a comma or a point for decimals, a sign, a percent sign.
  public static func number(from reply: String) -> Double? {
    var text = ""
    for character in reply {
      switch character {
      case ",": text.append(".")
      case "\u{2212}": text.append("-")
      case " ", "\u{A0}", "\u{202F}": continue
      default: text.append(character)
      }
    }
    if text.hasSuffix("%") { text.removeLast() }
    return decimal(text)
  }

  /// Reads a finite decimal number; hexadecimal ones, which the language also knows, are none.
  fileprivate static func decimal(_ text: String) -> Double? {
    guard text.unicodeScalars.allSatisfy("0123456789+-.eE".unicodeScalars.contains),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// Whether a number is near enough to the truth.
  ///
  /// Without a tolerance it must be the truth as it is written: half a unit of the last digit.
  public static func accepts(_ reply: Double, truth: Value, tolerance: Tolerance?) -> Bool {
    guard let number = truth.numeric else { return false }
    let margin: Double
    switch (tolerance, truth) {
    case (.absolute(let distance), _): margin = distance
    case (.relative(let share), _): margin = share * number.magnitude
    case (nil, .number(_, let decimals)), (nil, .percentage(_, let decimals)):
      margin = 0.5 * pow(10, -Double(decimals))
    case (nil, .significant(_, let digits)):
      let exponent = log10(number.magnitude).rounded(.down)
      margin = 0.5 * pow(10, exponent - Double(max(digits, 1) - 1))
    case (nil, _): margin = 0
    }
    // The slack is for decimal fractions that binary numbers do not have.
    return (reply - number).magnitude <= margin + 1e-9 * max(number.magnitude, margin)
  }

  /// The right option and its place, where the answer is one.
  public var rightOption: (index: Int, option: Option)? {
    guard case .options(let options) = answer,
      let index = options.firstIndex(where: \.isRight)
    else { return nil }
    return (index, options[index])
  }
}

extension Question.Tolerance {
  /// Reads `0.01` or `5%`.
  init?(_ text: String) {
    let isShare = text.hasSuffix("%")
    guard let number = Question.decimal(isShare ? String(text.dropLast()) : text), number >= 0
    else { return nil }
    self = isShare ? .relative(number / 100) : .absolute(number)
  }
}
