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

  /// The order of the choice of divisions: that of no epoch of training.
  private static let choiceEpoch = 1 << 20
  /// How many held-out divisions there are to choose settings with.
  private static let choosingCount = 200

  func data() throws -> Data {
    let exam = SchoolExam()
    let sets = try LanguageData.sets(of: .division)
    guard (1...sets.train.count).contains(divisions) else {
      throw DatasetError.tooFewExercises(
        subject: Exercise.Subject.division.rawValue, asked: divisions, available: sets.train.count)
    }
    let chosen = EpochOrder.indices(of: sets.train.count, seed: seed, epoch: Self.choiceEpoch)
      .prefix(divisions).map { sets.train[$0] }
    let needed = steps * batch
    var schedule: [Exercise] = []
    schedule.reserveCapacity(needed)
    var epoch = 0
    while schedule.count < needed {
      let order = EpochOrder.indices(of: chosen.count, seed: seed, epoch: epoch)
      schedule += order.prefix(needed - schedule.count).map { chosen[$0] }
      epoch += 1
    }
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
      task,
      TrainingConfiguration(
        steps: steps, learningRate: learningRate, optimizer: .adamW(weightDecay: 0.01),
        schedule: LearningRateSchedule(.cosine, warmUpSteps: min(20, steps / 10)), clip: 1,
        shuffleSeed: nil),
      threads: context.threads)
    try trainer.run { step in
      try report(model, step)
      return true
    }
    return model
  }
}
