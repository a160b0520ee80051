/// How many exercises were answered exactly.
public struct ExamScore: Equatable, Sendable {
  public private(set) var right = 0
  public private(set) var total = 0

  public init() {}

  /// The share of right answers, 0 without exercises.
  public var share: Double { total == 0 ? 0 : Double(right) / Double(total) }

  /// Counts an answer: it is right if it is the same text, character for character.
  public mutating func count(_ answer: String, of exercise: Exercise) {
    total += 1
    // Bytes, because texts that only look alike are not the same answer.
    if answer.utf8.elementsEqual(exercise.answer.utf8) { right += 1 }
  }

  /// Counts the tokens that a model generated after the prompt; what follows the end does not count,
  /// and an answer without an end is wrong.
  public mutating func count(generated tokens: some Sequence<Int>, of exercise: Exercise) {
    var answer: [Int] = []
    var hasEnded = false
    for token in tokens {
      if token == CharacterTokenizer.end {
        hasEnded = true
        break
      }
      answer.append(token)
    }
    total += 1
    // Tokens, because one without a character would be invisible in a text.
    if hasEnded, answer == (try? CharacterTokenizer.exam.tokens(of: exercise.answer)) { right += 1 }
  }

  public static func + (one: ExamScore, other: ExamScore) -> ExamScore {
    var sum = one
    sum.right += other.right
    sum.total += other.total
    return sum
  }

  /// The score of some answers, subject by subject in the order of the subjects.
  public static func bySubject(
    _ answers: some Sequence<(exercise: Exercise, answer: String)>
  ) -> [(subject: Exercise.Subject, score: ExamScore)] {
    var scores: [Exercise.Subject: ExamScore] = [:]
    for (exercise, answer) in answers {
      scores[exercise.subject, default: ExamScore()].count(answer, of: exercise)
    }
    return Exercise.Subject.allCases.compactMap { subject in
      scores[subject].map { (subject, $0) }
    }
  }
}
