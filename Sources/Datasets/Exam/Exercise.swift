/// One exercise of the school exam.
public struct Exercise: Hashable, Sendable {
  /// What an exercise asks for.
  public enum Subject: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
    case addition, subtraction, multiplication
    /// Division with remainder.
    case division

    /// The sign between the two numbers.
    public var sign: String {
      switch self {
      case .addition: "+"
      case .subtraction: "-"
      case .multiplication: "*"
      case .division: "/"
      }
    }

    /// The subjects that a pretrained model knows before it learns divisions.
    public static let old: [Subject] = [.addition, .subtraction, .multiplication]
  }

  public let subject: Subject
  public let left: Int
  public let right: Int

  /// What is asked, such as `97/4=`.
  public var prompt: String { "\(left)\(subject.sign)\(right)=" }

  /// The right answer, such as `24r1`; a division says its remainder even if it is 0.
  public var answer: String {
    switch subject {
    case .addition: "\(left + right)"
    case .subtraction: "\(left - right)"
    case .multiplication: "\(left * right)"
    case .division: "\(left / right)r\(left % right)"
    }
  }
}

/// The numbers that exercises of a subject may have.
public struct ExerciseRange: Equatable, Codable, Sendable {
  /// The first number of an exercise, from 0 up.
  public var left: ClosedRange<Int>
  /// The second number; a divisor is at least 1.
  public var right: ClosedRange<Int>

  public init(left: ClosedRange<Int>, right: ClosedRange<Int>) {
    self.left = left
    self.right = right
  }

  /// No number of an exercise is larger, so that no product overflows.
  public static let largestNumber = 1_000_000

  /// The number of pairs, valid or not.
  var pairCount: Int { left.count * right.count }

  /// The exercise of a pair, counted row by row; nothing for a subtraction below zero.
  func exercise(_ subject: Exercise.Subject, at index: Int) -> Exercise? {
    let first = left.lowerBound + index / right.count
    let second = right.lowerBound + index % right.count
    if subject == .subtraction, first < second { return nil }
    return Exercise(subject: subject, left: first, right: second)
  }

  /// The number of different exercises.
  func exerciseCount(_ subject: Exercise.Subject) -> Int {
    guard subject == .subtraction else { return pairCount }
    // For each first number, the second ones up to it.
    return left.reduce(0) { $0 + max(0, min($1, right.upperBound) - right.lowerBound + 1) }
  }

  /// The range without numbers that no exercise has; at least half of its pairs then are exercises.
  ///
  /// There has to be an exercise.
  func trimmed(_ subject: Exercise.Subject) -> ExerciseRange {
    guard subject == .subtraction else { return self }
    return ExerciseRange(
      left: max(left.lowerBound, right.lowerBound)...left.upperBound,
      right: right.lowerBound...min(right.upperBound, left.upperBound))
  }

  /// - Throws: `setting`.
  func check(_ subject: Exercise.Subject) throws(DatasetError) {
    let lowest = subject == .division ? 1 : 0
    for (name, range, lowest) in [("first", left, 0), ("second", right, lowest)]
    where range.lowerBound < lowest || range.upperBound > Self.largestNumber {
      throw .setting(
        name: "the range of the \(name) number for \(subject.rawValue)",
        value: "\(range.lowerBound) to \(range.upperBound)",
        allowed: "between \(lowest) and \(Self.largestNumber)")
    }
  }
}
