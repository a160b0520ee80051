internal import Adapters
internal import Autograd
internal import Datasets
internal import Models
internal import Training

/// An adapter that learned divisions beside one form of the base and is then put beside another.
///
/// The record has the mean cross-entropy of a token and the right answers on held-out divisions: `own.loss`
/// and `own.right` beside the base that it was trained with, `other.loss` and `other.right` beside the
/// other one, of `total`.
public struct SwappedBase: Experiment, Hashable {
  /// Whether it is trained beside the base in four bits, and then put beside the exact one, or the other
  /// way round.
  public let trainsInFourBits: Bool
  public let steps: Int
  public let seed: UInt64

  static let rank = 8
  static let alpha = 16.0
  static let learningRate = 0.005
  static let batchSize = 32

  public init(trainsInFourBits: Bool, steps: Int, seed: UInt64) {
    self.trainsInFourBits = trainsInFourBits
    self.steps = steps
    self.seed = seed
  }

  public var key: String {
    "swapped base: divisions, \(trainsInFourBits ? "qlora" : "lora") r=\(Self.rank) "
      + "alpha=\(Int(Self.alpha)), all layers, \(steps) steps of \(Self.batchSize) at "
      + "\(Self.learningRate), seed \(seed)"
  }

  public var cost: Double { 0.4 + 0.003 * Double(steps) }
  public var usesBase: Bool { true }

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let base = try context.requireBase()
    let threads = context.threads
    let asked = try AskedExercises([.division])
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: Self.rank, alpha: Self.alpha), seed: seed)
    let model = try Transformer(
      base.configuration, weights: base.weights,
      method: trainsInFourBits ? .qlora(tuning) : .lora(tuning))
    let exercises = try LanguageData.sets(of: .division).train
    let examples = try LanguageExamples(
      SchoolExam().sequences(
        of: exercises, length: SchoolExam().longestSequence(of: [Exercise.Subject.division])))
    let trainer = try Trainer(
      LanguageTask(model, examples: examples, batchSize: Self.batchSize, threads: threads),
      TrainingConfiguration(
        steps: steps, learningRate: Self.learningRate, optimizer: .adamW(weightDecay: 0),
        schedule: LearningRateSchedule(.cosine, warmUpSteps: min(50, steps / 10)), clip: 1,
        shuffleSeed: seed), threads: threads)
    try trainer.run { _ in true }
    let given = LoRATuning(try AdaptedLayers(model).adapters())
    let other = try Transformer(
      base.configuration, weights: base.weights,
      method: trainsInFourBits ? .lora(given) : .qlora(given))
    var record = ExperimentRecord([:])
    for (name, model) in [("own", model), ("other", other)] {
      try record.add(asked.answers(of: model, threads: threads), name)
    }
    return record
  }
}
