internal import Adapters
internal import Autograd
internal import Datasets
internal import Models
internal import Training

/// Teaching long division to a model that knows the other three subjects of the exam: all of its weights, LoRA
/// or QLoRA.
public struct ExamFineTuning: Experiment, Hashable {
  public enum Method: String, Sendable, CaseIterable {
    case full, lora, qlora

    public var isAdapter: Bool { self != .full }
  }

  public var method: Method
  /// The rank and the alpha of adapters; without adapters they mean nothing.
  public var rank: Int
  public var alpha: Double
  /// The layers with an adapter, such as `q_proj`; empty for all linear layers of the decoder.
  public var targets: [String]
  /// The learning rate at its highest: after a short warm-up it falls in a cosine to 0.
  public var learningRate: Double
  public var steps: Int
  /// The exercises of a step.
  public var batch: Int
  /// How many different divisions there are to learn from.
  public var divisions: Int
  /// The largest number that is divided, by 2 to 9.
  public var largestDividend: Int
  /// The share of a batch that is exercises of the three old subjects, from 0 up to below 1.
  public var oldShare: Double
  /// The seed of the choice of divisions, of their order, and of the start of adapters.
  public var seed: UInt64

  public init(
    _ method: Method, rank: Int = 8, alpha: Double? = nil, targets: [String] = [],
    learningRate: Double, steps: Int = 300, batch: Int = 16, divisions: Int = 128,
    largestDividend: Int = 99, oldShare: Double = 0, seed: UInt64
  ) {
    self.method = method
    self.rank = rank
    self.alpha = alpha ?? Double(2 * rank)
    self.targets = targets
    self.learningRate = learningRate
    self.steps = steps
    self.batch = batch
    self.divisions = divisions
    self.largestDividend = largestDividend
    self.oldShare = oldShare
    self.seed = seed
  }

  /// How many held-out divisions there are to choose settings with, and how many others to report.
  public static let choosingDivisions = 100
  public static let reportedDivisions = 200

  public let usesBase = true

  public var key: String {
    var parts = [method.rawValue]
    if method.isAdapter {
      parts.append("r=\(rank) alpha=\(alpha)")
      if !targets.isEmpty { parts.append("on \(targets.joined(separator: "+"))") }
    }
    parts += [
      "rate \(learningRate)", "\(steps) steps of \(batch)",
      "\(divisions) divisions up to \(largestDividend)",
    ]
    if oldShare > 0 { parts.append("old \(oldShare)") }
    return "exam-fine-tuning: " + parts.joined(separator: ", ") + ", seed \(seed)"
  }

  /// Measured: so many seconds a sequence, and the examinations on top.
  public var cost: Double { Double(steps * batch) * 1.1e-4 + 0.4 }

  /// The steps after which the model is examined: close together at first, where most happens.
  static let measurements = 12
  var measuredSteps: [Int] { MeasuredSteps.early(of: steps, count: Self.measurements) }

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let base = try context.requireBase()
    let data = try ExamFineTuningData(self)
    let model = try Transformer(
      base.configuration, weights: base.weights, method: tuningMethod())
    let before = model.parameters.filter { !$0.isAdapter }.map(\.values)
    let task = try LanguageTask(
      model, examples: data.schedule, batchSize: batch, seed: seed, threads: context.threads)
    let trainer = try Trainer(
      task, .short(steps: steps, learningRate: learningRate), threads: context.threads)
    var log = try ExamLog(
      model, data, lastStep: measuredSteps[measuredSteps.count - 1], threads: context.threads)
    log.examine(step: 0)
    for step in measuredSteps.dropFirst() {
      while trainer.stepCount < step { try log.add(trainer.step()) }
      log.examine(step: step)
    }
    var record = ExperimentRecord(log.numbers)
    record.numbers[Measure.trainedParameters.rawValue] = [
      Double(task.plan.trainable.reduce(0) { $0 + $1.count })
    ]
    let after = model.parameters.filter { !$0.isAdapter }.map(\.values)
    record.numbers[Measure.changedWeights.rawValue] = [
      Double(
        zip(before, after).reduce(0) { sum, pair in
          sum + zip(pair.0, pair.1).count { $0.bitPattern != $1.bitPattern }
        })
    ]
    try record.numbers.merge(changes(model, base)) { $1 }
    try record.numbers.merge(answers(model, data)) { $1 }
    try record.numbers.merge(removal(model, base, data, context)) { $1 }
    return record
  }

  private func tuningMethod() throws -> TuningMethod {
    guard method.isAdapter else { return .full }
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: rank, alpha: alpha),
      targets: targets.isEmpty ? .allLinear : LayerTargets(targets), seed: seed)
    return method == .lora ? .lora(tuning) : .qlora(tuning)
  }
}
