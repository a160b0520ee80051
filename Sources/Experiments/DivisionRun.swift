internal import Autograd
internal import Datasets
internal import Models
internal import Training

/// A training of the base model on divisions, whatever is trained.
struct DivisionRun {
  let learningRate: Double
  let steps: Int
  /// The exercises of a step.
  let batch: Int
  /// How many different divisions there are to learn from.
  let divisions: Int
  let seed: UInt64

  /// What is learned from and what is asked.
  struct Data {
    /// The exercises that are learned from: every step has the next `batch` of them.
    let schedule: LanguageExamples
    /// Divisions that no model learns from: some to choose settings with, others to report.
    let choosing, reporting: TokenSequences
  }

  /// How many held-out divisions there are to choose settings with.
  private static let choosingCount = 200

  func data() throws -> Data {
    let exam = SchoolExam()
    let sets = try LanguageData.sets(of: .division)
    guard (1...sets.train.count).contains(divisions) else {
      throw DatasetError.tooFewExercises(
        subject: Exercise.Subject.division.rawValue, asked: divisions, available: sets.train.count)
    }
    var exercises = EndlessExercises(sets.train.chosen(divisions, seed: seed), seed: seed)
    let schedule = (0..<steps * batch).map { _ in exercises.next() }
    return Data(
      schedule: try LanguageExamples(exam.sequences(of: schedule)),
      choosing: try exam.sequences(of: sets.heldOut.prefix(Self.choosingCount)),
      reporting: try exam.sequences(of: sets.heldOut.dropFirst(Self.choosingCount)))
  }

  /// The base model after training.
  func trained(
    _ method: TuningMethod, _ data: Data, _ context: ExperimentContext,
    report: (Transformer, TrainingStep) throws -> Void = { _, _ in }
  ) throws -> Transformer {
    let base = try context.requireBase()
    let model = try Transformer(base.configuration, weights: base.weights, method: method)
    let task = try LanguageTask(
      model, examples: data.schedule, batchSize: batch, seed: seed, threads: context.threads)
    let trainer = try Trainer(
      task, .short(steps: steps, learningRate: learningRate), threads: context.threads)
    try trainer.run { step in
      try report(model, step)
      return true
    }
    return model
  }
}
