internal import Adapters
internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Training

/// Teaching long division to the base model, examined once, at the end, so that many settings can be compared.
public struct DivisionTraining: Experiment, Hashable {
  /// What is trained.
  public enum Tuning: Hashable, Sendable {
    /// All weights.
    case full
    /// Adapters, beside the layers of some names, such as `q_proj`; without names, beside all linear layers of
    /// the decoder.
    case adapters(rank: Int, alpha: Double, isRankStabilized: Bool = false, targets: [String] = [])
  }

  public var tuning: Tuning
  /// The learning rate at its highest: after a short warm-up it falls in a cosine to 0.
  public var learningRate: Double
  public var steps: Int
  /// The exercises of a step.
  public var batch: Int
  /// How many different divisions there are to learn from.
  public var divisions: Int
  /// The seed of the choice of divisions, of their order, and of the start of adapters.
  public var seed: UInt64

  public init(
    _ tuning: Tuning, learningRate: Double, steps: Int, batch: Int = 32, divisions: Int = 2000,
    seed: UInt64
  ) {
    self.tuning = tuning
    self.learningRate = learningRate
    self.steps = steps
    self.batch = batch
    self.divisions = divisions
    self.seed = seed
  }

  /// What the record of a training holds; losses are nats a character, scores shares from 0 to 1.
  public enum Measure: String, Sendable {
    /// Held-out divisions to choose settings with.
    case choosingLoss = "choosing loss"
    /// Other held-out divisions, to report.
    case heldOutLoss = "held-out loss"
    case heldOutScore = "held-out score"
    /// The mean loss of the last twentieth of the batches.
    case trainingLoss = "training loss"
    case trainedParameters = "trained parameters"
    /// The length of all updates s·B·A together after `updateStep` steps, or at the end where there are fewer.
    case updateNorm = "update norm"
  }

  /// When the length of the update is measured.
  public static let updateStep = 20

  public let usesBase = true

  public var key: String {
    var parts: [String] = []
    switch tuning {
    case .full: parts.append("full")
    case .adapters(let rank, let alpha, let isRankStabilized, let targets):
      parts.append("r=\(rank) alpha=\(alpha)")
      if isRankStabilized { parts.append("rank-stabilized") }
      if !targets.isEmpty { parts.append("on \(targets.joined(separator: "+"))") }
    }
    parts += ["rate \(learningRate)", "\(steps) steps of \(batch)", "\(divisions) divisions"]
    return "division-training: " + parts.joined(separator: ", ") + ", seed \(seed)"
  }

  public var cost: Double { Double(steps * batch) * 1e-4 + 0.1 }

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let run = DivisionRun(
      learningRate: learningRate, steps: steps, batch: batch, divisions: divisions, seed: seed)
    var (losses, norm): ([Double], Double) = ([], 0)
    let data = try run.data()
    let model = try run.trained(method(), data, context) { model, step in
      losses.append(Double(step.loss))
      if step.step == min(Self.updateStep, steps) { norm = try Self.updateNorm(model) }
    }
    let choosing = try ForcedAnswers(model, data.choosing, threads: context.threads).result()
    let reported = try ForcedAnswers(model, data.reporting, threads: context.threads).result()
    let last = losses.suffix(max(steps / 20, 1))
    let trained = model.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.count }
    let numbers: [Measure: Double] = [
      .choosingLoss: choosing.loss, .heldOutLoss: reported.loss, .heldOutScore: reported.share,
      .trainingLoss: last.reduce(0, +) / Double(max(last.count, 1)),
      .trainedParameters: Double(trained), .updateNorm: norm,
    ]
    return ExperimentRecord(
      Dictionary(uniqueKeysWithValues: numbers.map { ($0.rawValue, [$1]) }))
  }

  private func method() throws -> TuningMethod {
    switch tuning {
    case .full: .full
    case .adapters(let rank, let alpha, let isRankStabilized, let targets):
      .lora(
        LoRATuning(
          try LoRAConfiguration(rank: rank, alpha: alpha, isRankStabilized: isRankStabilized),
          targets: targets.isEmpty ? .allLinear : LayerTargets(targets), seed: seed))
    }
  }

  /// The Frobenius norm of all updates as one vector.
  private static func updateNorm(_ model: Transformer) throws -> Double {
    try model.linearLayers.reduce(0) { sum, pair in
      guard let lora = pair.layer as? LoRALinear else { return sum }
      let norm = try lora.adapter().deltaWeight.norm
      return sum + norm * norm
    }.squareRoot()
  }
}
