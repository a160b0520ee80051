internal import LinearAlgebra

/// The school exam: additions, subtractions, multiplications, and long divisions with remainder.
///
/// The model reads characters: `97/4=` and should go on with `24r1`. Which exercises are learned and
/// which are held out depends on the seed alone; no exercise is in both sets, though a sum may come
/// with its numbers exchanged.
public struct SchoolExam: Equatable, Codable, Sendable {
  /// The numbers of subjects that have not the usual ones.
  public var ranges: [Exercise.Subject: ExerciseRange]

  /// The usual range: sums and differences of numbers up to 99, the times tables up to 12, divisions of
  /// two- and three-digit by one-digit numbers.
  ///
  /// The tables are few and learned by heart: a model of 100,000 parameters that answers all sums and
  /// differences it has not seen answers a third of the products that were held out, so that their
  /// score says most where none is.
  public static func usualRange(of subject: Exercise.Subject) -> ExerciseRange {
    switch subject {
    case .addition, .subtraction: ExerciseRange(left: 0...99, right: 0...99)
    case .multiplication: ExerciseRange(left: 0...12, right: 0...12)
    case .division: ExerciseRange(left: 10...999, right: 2...9)
    }
  }

  /// An exam; subjects whose range is not given have the usual one.
  public init(ranges: [Exercise.Subject: ExerciseRange] = [:]) {
    self.ranges = ranges
  }

  /// The numbers of a subject.
  public func range(of subject: Exercise.Subject) -> ExerciseRange {
    ranges[subject] ?? Self.usualRange(of: subject)
  }

  /// Exercises of one subject: to learn from, and to check with.
  public struct Sets: Equatable, Sendable {
    public let train: [Exercise]
    public let heldOut: [Exercise]
  }

  /// The exercises of a subject, all of them different, in random order.
  ///
  /// - Parameters:
  ///   - subject: What they ask for.
  ///   - train: How many to learn from; nothing for all that are not held out.
  ///   - heldOut: How many to check with.
  ///   - seed: The seed; the held-out exercises do not depend on `train`.
  /// - Returns: Both sets.
  /// - Throws: `setting`, or `tooFewExercises` with the number that there is.
  public func exercises(
    of subject: Exercise.Subject, train: Int? = nil, heldOut: Int, seed: UInt64
  ) throws(DatasetError) -> Sets {
    let range = range(of: subject)
    try range.check(subject)
    for (name, count) in [
      ("the number of exercises", train), ("the number of held-out exercises", heldOut),
    ] {
      if let count, count < 0 {
        throw .setting(name: name, value: "\(count)", allowed: "0 or more")
      }
    }
    let available = range.exerciseCount(subject)
    let (asked, overflows) = (train ?? 0).addingReportingOverflow(heldOut)
    guard !overflows, asked <= available else {
      throw .tooFewExercises(
        subject: subject.rawValue, asked: overflows ? .max : asked, available: available)
    }
    let wanted = train == nil ? available : asked
    guard wanted <= Self.mostExercises else {
      throw .setting(
        name: "the number of exercises", value: "\(wanted)", allowed: "up to \(Self.mostExercises)")
    }
    guard wanted > 0 else { return Sets(train: [], heldOut: []) }
    let stream = Stream.exam + UInt64(Exercise.Subject.allCases.firstIndex(of: subject) ?? 0)
    var generator = RandomGenerator(seed: seed, stream: stream)
    let drawn =
      available <= Self.mostExercises
      ? allShuffled(range.trimmed(subject), subject, &generator, count: wanted)
      : sampled(range.trimmed(subject), subject, &generator, count: wanted)
    return Sets(train: Array(drawn[heldOut...]), heldOut: Array(drawn[..<heldOut]))
  }

  /// More exercises than this are not kept in memory.
  static let mostExercises = 1 << 20

  /// The first exercises of all, shuffled.
  private func allShuffled(
    _ range: ExerciseRange, _ subject: Exercise.Subject, _ generator: inout RandomGenerator,
    count: Int
  ) -> [Exercise] {
    let all = (0..<range.pairCount).compactMap { range.exercise(subject, at: $0) }
    return generator.order(of: all.count).prefix(count).map { all[$0] }
  }

  /// Draws until there are enough different ones.
  private func sampled(
    _ range: ExerciseRange, _ subject: Exercise.Subject, _ generator: inout RandomGenerator,
    count: Int
  ) -> [Exercise] {
    var drawn: [Exercise] = []
    var seen: Set<Exercise> = []
    while drawn.count < count {
      let index = generator.nextIndex(below: range.pairCount)
      guard let exercise = range.exercise(subject, at: index), seen.insert(exercise).inserted
      else { continue }
      drawn.append(exercise)
    }
    return drawn
  }

  /// The length that holds every exercise of some subjects, with beginning and end.
  public func longestSequence(
    of subjects: some Sequence<Exercise.Subject> = Exercise.Subject.allCases
  ) -> Int {
    subjects.reduce(2) { longest, subject in
      let range = range(of: subject)
      let limit = ExerciseRange.largestNumber
      let left = min(max(range.left.upperBound, 0), limit)
      let right = min(max(range.right.upperBound, 0), limit)
      // The longest answer: of the largest numbers, or a division by the smallest.
      let answer =
        switch subject {
        case .addition: "\(left + right)".count
        case .subtraction: "\(left)".count
        case .multiplication: "\(left * right)".count
        case .division:
          "\(left / max(range.right.lowerBound, 1))".count + 1 + "\(max(right - 1, 0))".count
        }
      let prompt = "\(left)".count + "\(right)".count + 2
      return max(longest, prompt + answer + 2)
    }
  }

  /// The exercises as sequences of tokens, in their order.
  ///
  /// - Parameters:
  ///   - exercises: The exercises.
  ///   - length: The length of each sequence; nothing for `longestSequence()`.
  /// - Returns: A sequence for each exercise, its prompt and padding without labels.
  /// - Throws: `setting` if an exercise is longer.
  public func sequences(
    of exercises: some Sequence<Exercise>, length: Int? = nil
  ) throws(DatasetError) -> TokenSequences {
    let length = length ?? longestSequence()
    guard (3...1 << 20).contains(length) else {
      throw .setting(name: "the length", value: "\(length)", allowed: "from 3 to \(1 << 20)")
    }
    var sequences = TokenSequences(length: length)
    for exercise in exercises {
      guard let prompt = try? CharacterTokenizer.exam.tokens(of: exercise.prompt),
        let answer = try? CharacterTokenizer.exam.tokens(of: exercise.answer),
        sequences.append(prompt: prompt, answer: answer)
      else {
        throw .setting(
          name: "the length", value: "\(length)",
          allowed: "at least \(exercise.prompt.count + exercise.answer.count + 2) for "
            + "“\(exercise.prompt)\(exercise.answer)”")
      }
    }
    return sequences
  }
}
