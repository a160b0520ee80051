internal import Adapters
internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Quantization
internal import Training

/// How much of what four bits lose an adapter takes back: the base of the course in NF4, with an adapter
/// that imitates the base as it was before.
///
/// The record has lists of one number each. For the base as it was, `exact`; in four bits, `four`; with
/// the adapter at its start, `start`; after training, `trained`; the same rounded to four bits again,
/// `merged`; and the adapter beside the base as it was, `moved`; the names go on with
///
/// - `.error`: how far the logits of held-out old exercises are from those of the exact base, relative;
/// - `.loss`: the mean cross-entropy of a token of the answers;
/// - `.right`: how many answers are right, of `total`;
/// - `.weights`: how far the weights of all linear layers are from the exact ones, relative.
public struct FourBitRecovery: Experiment, Hashable {
  /// Where the adapter starts.
  public enum Start: Hashable, Sendable {
    /// B is zero.
    case zero
    /// LoftQ; with one iteration the best approximation of the error of the weights.
    case loftQ(iterations: Int)
  }

  public let rank: Int
  public let start: Start
  /// None for the start alone.
  public let steps: Int
  public let seed: UInt64

  static let learningRate = 0.005
  static let batchSize = 32
  /// The old exercises that are practised, drawn anew for each seed.
  static let exerciseCount = 2048

  public init(rank: Int, start: Start, steps: Int, seed: UInt64) {
    self.rank = rank
    self.start = start
    self.steps = steps
    self.seed = seed
  }

  public var key: String {
    let start =
      switch start {
      case .zero: "zero start"
      case .loftQ(let iterations): "LoftQ \(iterations) start"
      }
    let training =
      steps == 0
      ? "no training"
      : "\(steps) steps of \(Self.batchSize) at \(Self.learningRate), \(Self.exerciseCount) old "
        + "exercises, seed \(seed)"
    return "four-bit recovery: r=\(rank) alpha=\(rank), all layers, \(start), \(training)"
  }

  public var cost: Double { (start == .zero ? 0.5 : 1.5) + 0.004 * Double(steps) }
  public var usesBase: Bool { true }

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let base = try context.requireBase()
    let threads = context.threads
    let asked = try AskedExercises(Exercise.Subject.old)
    let exact = try base.frozen(adapter: nil)
    let truth = try asked.answers(of: exact, threads: threads)
    let model = try Transformer(
      base.configuration, weights: base.weights, method: .qlora(tuning()))
    var record = ExperimentRecord([:])
    record.add(truth, "exact", truth: truth)
    var four = base
    try four.quantize()
    record.add(
      try asked.answers(of: four.frozen(adapter: nil), threads: threads), "four", truth: truth)
    record["four.weights"] = try Self.weightError(of: four, to: base)
    let layers = AdaptedLayers(model)
    record.add(try asked.answers(of: model, threads: threads), "start", truth: truth)
    record["start.weights"] = try Self.weightError(of: layers.merged(into: base), to: base)
    guard steps > 0 else { return record }

    let trainer = try Trainer(
      ImitationTask(
        model, teacher: exact, examples: practice(), batchSize: Self.batchSize, threads: threads),
      TrainingConfiguration(
        steps: steps, learningRate: Self.learningRate, optimizer: .adamW(weightDecay: 0),
        schedule: LearningRateSchedule(.cosine, warmUpSteps: min(20, steps / 10)), clip: 1,
        shuffleSeed: seed), threads: threads)
    try trainer.run { _ in true }
    record.add(try asked.answers(of: model, threads: threads), "trained", truth: truth)
    var merged = try layers.merged(into: base)
    record["trained.weights"] = try Self.weightError(of: merged, to: base)
    try merged.quantize()
    record.add(
      try asked.answers(of: merged.frozen(adapter: nil), threads: threads), "merged", truth: truth)
    record["merged.weights"] = try Self.weightError(of: merged, to: base)
    let moved = try Transformer(
      base.configuration, weights: base.weights, method: .lora(LoRATuning(layers.adapters())))
    record.add(try asked.answers(of: moved, threads: threads), "moved", truth: truth)
    return record
  }

  private func tuning() throws -> LoRATuning {
    LoRATuning(
      try LoRAConfiguration(rank: rank, alpha: Double(rank)),
      start: start.tuning, seed: seed)
  }

  private func practice() throws -> LanguageExamples {
    let all = try Exercise.Subject.old.flatMap { try LanguageData.sets(of: $0).train }
    let order = EpochOrder.indices(of: all.count, seed: seed, epoch: 0)
    return try LanguageExamples(
      SchoolExam().sequences(
        of: order.prefix(Self.exerciseCount).map { all[$0] },
        length: SchoolExam().longestSequence(of: Exercise.Subject.old)))
  }

  /// ‖W − W*‖ / ‖W*‖ over all linear layers of the decoder.
  static func weightError(of model: LanguageModel, to exact: LanguageModel) throws -> Double {
    var (difference, size) = (0.0, 0.0)
    for name in exact.linearWeightNames {
      let (wanted, found) = (try exact.matrix(name), try model.matrix(name))
      let distance = (found - wanted).norm
      difference += distance * distance
      size += wanted.norm * wanted.norm
    }
    return (difference / max(size, .leastNormalMagnitude)).squareRoot()
  }
}

extension FourBitRecovery.Start {
  fileprivate var tuning: LoRATuning.Start {
    switch self {
    case .zero: .random(.kaiming)
    case .loftQ(let iterations): .loftQ(iterations: iterations)
    }
  }
}

extension ExperimentRecord {
  /// A list of one number.
  subscript(name: String) -> Double? {
    get { numbers[name]?.first }
    set { numbers[name] = newValue.map { [$0] } }
  }

  /// What a model answers, beside what the exact base does.
  mutating func add(_ answers: Answers, _ name: String, truth: Answers) {
    self[name + ".error"] = answers.error(to: truth)
    add(answers, name)
  }

  /// What a model answers.
  mutating func add(_ answers: Answers, _ name: String) {
    self[name + ".loss"] = answers.result.loss
    self[name + ".right"] = Double(answers.result.right)
    self["total"] = Double(answers.result.total)
  }
}

/// The layers of a model that have an adapter, beside a weight in four bits or in single precision.
struct AdaptedLayers {
  private let layers: [(name: String, layer: LoRALinear)]

  init(_ model: Transformer) {
    layers = model.linearLayers.compactMap { name, layer in
      (layer as? LoRALinear ?? (layer as? QLoRALinear)?.lora).map { (name, $0) }
    }
  }

  /// The adapters as they are now, by the names of their layers.
  func adapters() throws -> [String: LoRAAdapter] {
    Dictionary(uniqueKeysWithValues: try layers.map { ($0.name, try $0.layer.adapter()) })
  }

  /// A model whose linear weights have the adapters in them, in single precision.
  func merged(into model: LanguageModel) throws -> LanguageModel {
    var model = model
    for (name, layer) in layers {
      model.weights[name + ".weight"] = .dense(
        try layer.mergedWeight(), shape: layer.base.weight.shape)
    }
    return model
  }
}

extension LanguageModel {
  /// The names of the weights that QLoRA brings to four bits.
  var linearWeightNames: [String] {
    configuration.weightShapes.map(\.name).filter { $0.hasSuffix("_proj.weight") }
  }

  /// A weight as a matrix, [out, in], dequantized where need be.
  ///
  /// - Throws: `ModelError.missingWeight`.
  func matrix(_ name: String) throws(ModelError) -> Matrix {
    switch weights[name] {
    case .dense(let values, let shape):
      return Matrix(rows: shape[0], columns: shape[1], values: values)
    case .fourBit(let tensor, let shape):
      return Matrix(rows: shape[0], columns: shape[1], values: tensor.dequantized())
    case nil: throw .missingWeight(name)
    }
  }
}
