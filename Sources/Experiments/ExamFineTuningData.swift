internal import Datasets
internal import Training

/// The exercises of an `ExamFineTuning`: those it learns from, batch after batch, and those it is examined with.
struct ExamFineTuningData {
  /// The exercises that are learned from: every step has the next `batch` of them.
  let schedule: LanguageExamples
  /// The divisions of the schedule, each once.
  let own: TokenSequences
  /// Divisions that no model learns from: some to choose settings with, others to report.
  let choosing, reporting: TokenSequences
  /// The old subjects while it trains, in their order, and at the end.
  let old: [TokenSequences]
  let finalOld: [TokenSequences]
  /// Some exercises of every subject whose answers are kept.
  let samples: [Exercise]

  /// How many exercises an examination has; of the old subjects, each, while it trains and at the end.
  static let ownCount = 64
  static let oldCount = 60
  static let finalOldCount = 200

  init(_ experiment: ExamFineTuning) throws {
    let exam = SchoolExam(ranges: [
      .division: ExerciseRange(
        left: 10...max(experiment.largestDividend, 10),
        right: SchoolExam.usualRange(of: .division).right)
    ])
    let divisions = try exam.exercises(
      of: .division, heldOut: ExamFineTuning.choosingDivisions + ExamFineTuning.reportedDivisions,
      seed: 0)
    guard (1...divisions.train.count).contains(experiment.divisions) else {
      throw DatasetError.tooFewExercises(
        subject: Exercise.Subject.division.rawValue, asked: experiment.divisions,
        available: divisions.train.count)
    }
    let chosen = divisions.train.chosen(experiment.divisions, seed: experiment.seed)
    let asked = try Exercise.Subject.old.map { subject in
      let sets = try LanguageData.sets(of: subject)
      return subject == LanguageData.learnedByHeart ? sets.train : sets.heldOut
    }
    let length = exam.longestSequence()
    func sequences(_ exercises: some Sequence<Exercise>) throws -> TokenSequences {
      try exam.sequences(of: exercises, length: length)
    }
    own = try sequences(chosen.prefix(Self.ownCount))
    choosing = try sequences(divisions.heldOut.prefix(ExamFineTuning.choosingDivisions))
    reporting = try sequences(divisions.heldOut.dropFirst(ExamFineTuning.choosingDivisions))
    old = try asked.map { try sequences($0.prefix(Self.oldCount)) }
    finalOld = try asked.map { try sequences($0.prefix(Self.finalOldCount)) }
    samples = (asked + [Array(divisions.heldOut.dropFirst(ExamFineTuning.choosingDivisions))])
      .flatMap {
        $0.prefix(ExamFineTuning.sampleCount)
      }
    schedule = try LanguageExamples(
      sequences(Self.schedule(experiment, divisions: chosen)))
  }

  /// Batch after batch, in each the same number of old exercises, first.
  private static func schedule(
    _ experiment: ExamFineTuning, divisions: [Exercise]
  ) throws -> [Exercise] {
    let batch = max(experiment.batch, 1)
    let oldCount = min(Int((Double(batch) * experiment.oldShare).rounded()), batch - 1)
    var new = EndlessExercises(divisions, seed: experiment.seed)
    var old = try Exercise.Subject.old.map {
      EndlessExercises(try LanguageData.sets(of: $0).train, seed: experiment.seed)
    }
    var (schedule, subject): ([Exercise], Int) = ([], 0)
    schedule.reserveCapacity(experiment.steps * batch)
    for _ in 0..<experiment.steps {
      for _ in 0..<oldCount {
        schedule.append(old[subject].next())
        subject = (subject + 1) % old.count
      }
      for _ in oldCount..<batch { schedule.append(new.next()) }
    }
    return schedule
  }
}
