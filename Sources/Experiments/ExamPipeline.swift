internal import Adapters
internal import Autograd
internal import Datasets
internal import Interchange
internal import LinearAlgebra
internal import Models
internal import Quantization
internal import Training

/// The whole way of the course's base model: four bits, an adapter for divisions beside them, merging, and the files
/// that come out, each examined.
///
/// It does what the commands do, `train exam --method qlora --steps N` first, and gives the same numbers.
public struct ExamPipeline: Experiment, Hashable {
  public var rank: Int
  public var alpha: Double
  public var learningRate: Double
  public var steps: Int
  public var batch: Int
  public var seed: UInt64
  /// Whether the record has nothing but what the model answers once it has an adapter: to know what another
  /// seed changes.
  public var isScoresAlone = false

  /// What `train` does where only the steps and the seed are said.
  public init(steps: Int, seed: UInt64) {
    (rank, alpha, learningRate, batch) = (8, 16, 0.005, 128)
    self.steps = steps
    self.seed = seed
  }

  public let usesBase = true

  public var key: String {
    "exam-pipeline: qlora r=\(rank) alpha=\(alpha), rate \(learningRate), \(steps) steps of \(batch), "
      + "seed \(seed)" + (isScoresAlone ? ", scores alone" : "")
  }

  public var cost: Double { Double(steps * batch) * 1.2e-4 + 3 }

  /// What is examined, in the order of the way.
  public enum Stage: String, Sendable, CaseIterable {
    case base
    /// The base in four bits.
    case quantized
    /// With the adapter beside it, as it was trained.
    case adapted
    /// The adapter in the dequantized base.
    case merged
    /// The adapter in the base from before four bits.
    case mergedElsewhere = "merged elsewhere"
    /// The merged model in four bits again.
    case requantized

    /// Whether the stage comes before the adapter, where a seed changes nothing.
    public var isBeforeTraining: Bool { self == .base || self == .quantized }
  }

  /// The folders that are written.
  public enum Output: String, Sendable, CaseIterable {
    case base
    case quantized
    case adapter
    case merged
  }

  /// Lists of a record that do not belong to a stage.
  public enum Measure: String, Sendable {
    /// The loss of every step of the adapter's training.
    case losses
    case trainedParameters = "trained parameters"
    /// By linear layer, ‖W − Ŵ‖ / ‖W‖ of four bits.
    case layerErrors = "layer errors"
    /// ‖ΔW‖ / ‖W‖ of the adapter, over all linear layers.
    case updateSize = "update size"
  }

  /// The numbers of right answers and of questions of the four subjects, by turns.
  public static func scoresName(_ stage: Stage) -> String { "scores \(stage.rawValue)" }
  /// The bytes of the file of tensors and of all files, and the number of tensors.
  public static func filesName(_ output: Output) -> String { "files \(output.rawValue)" }

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let base = try context.requireBase()
    var quantized = base
    try quantized.quantize()
    var losses: [Double] = []
    let adapted = try trained(base, context) { losses.append(Double($0.loss)) }
    let adapters = try adapted.linearLayers.compactMap { name, layer in
      try (layer as? QLoRALinear).map { (name: name, adapter: try $0.lora.adapter()) }
    }
    let merged = try Self.merged(quantized, adapters)
    var requantized = merged
    try requantized.quantize()
    let elsewhere = try Self.merged(base, adapters)
    var numbers: [String: [Double]] = [:]
    func examine(_ stage: Stage, _ model: Transformer) throws {
      let scores = try Examination(model: model, tokenizer: base.tokenizer).scores(
        LanguageData.questions(of: Exercise.Subject.allCases), progress: { _ in })
      numbers[Self.scoresName(stage)] = scores.flatMap { [Double($0.right), Double($0.total)] }
    }
    try examine(.adapted, adapted)
    try examine(.merged, merged.frozen(adapter: nil))
    try examine(.mergedElsewhere, elsewhere.frozen(adapter: nil))
    try examine(.requantized, requantized.frozen(adapter: nil))
    if isScoresAlone { return ExperimentRecord(numbers) }
    try examine(.base, base.frozen(adapter: nil))
    try examine(.quantized, quantized.frozen(adapter: nil))
    numbers[Measure.losses.rawValue] = losses
    numbers[Measure.trainedParameters.rawValue] = [
      Double(adapters.reduce(0) { $0 + $1.adapter.loraA.count + $1.adapter.loraB.count })
    ]
    numbers.merge(try Self.sizes(base, quantized, adapters)) { $1 }
    for (output, files) in try files(base, quantized, merged, adapters) {
      numbers[Self.filesName(output)] = files
    }
    return ExperimentRecord(numbers)
  }

  private func trained(
    _ base: LanguageModel, _ context: ExperimentContext, report: (TrainingStep) -> Void
  ) throws -> Transformer {
    let data = try LanguageData(exam: [.division])
    let tuning = LoRATuning(try LoRAConfiguration(rank: rank, alpha: alpha), seed: seed)
    let model = try Transformer(
      base.configuration, weights: base.weights, method: .qlora(tuning))
    let task = try LanguageTask(
      model, examples: data.examples(), batchSize: batch, seed: seed, threads: context.threads)
    let trainer = try Trainer(
      task,
      TrainingConfiguration(
        steps: steps, learningRate: learningRate, optimizer: .adamW(weightDecay: 0.01),
        schedule: LearningRateSchedule(.cosine, warmUpSteps: min(100, steps / 10)), clip: 1,
        shuffleSeed: seed),
      threads: context.threads)
    try trainer.run {
      report($0)
      return true
    }
    return model
  }
}

extension ExamPipeline {
  private typealias NamedAdapter = (name: String, adapter: LoRAAdapter)

  /// A model with the updates in its weights, in single precision.
  private static func merged(
    _ model: LanguageModel, _ adapters: [NamedAdapter]
  ) throws -> LanguageModel {
    var merged = model
    for (name, adapter) in adapters {
      let weight = try matrix(name + ".weight", of: model)
      merged.weights[name + ".weight"] = .dense(
        try adapter.merged(into: weight).weight.values, shape: [weight.rows, weight.columns])
    }
    return merged
  }

  private static func matrix(_ name: String, of model: LanguageModel) throws -> Matrix {
    switch model.weights[name] {
    case .dense(let values, let shape):
      Matrix(rows: shape[0], columns: shape[1], values: values)
    case .fourBit(let tensor, let shape):
      Matrix(rows: shape[0], columns: shape[1], values: tensor.dequantized())
    case nil: throw ModelError.missingWeight(name)
    }
  }

  private static func sizes(
    _ base: LanguageModel, _ quantized: LanguageModel, _ adapters: [NamedAdapter]
  ) throws -> [String: [Double]] {
    var (errors, squares, baseSquares): ([Double], Double, Double) = ([], 0, 0)
    for (name, adapter) in adapters {
      let weight = try matrix(name + ".weight", of: base)
      errors.append(try matrix(name + ".weight", of: quantized).relativeError(to: weight))
      let (update, norm) = (adapter.deltaWeight.norm, weight.norm)
      squares += update * update
      baseSquares += norm * norm
    }
    return [
      Measure.layerErrors.rawValue: errors,
      Measure.updateSize.rawValue: [(squares / max(baseSquares, 1e-30)).squareRoot()],
    ]
  }

  /// What each folder takes, without anything being written.
  private func files(
    _ base: LanguageModel, _ quantized: LanguageModel, _ merged: LanguageModel,
    _ adapters: [NamedAdapter]
  ) throws -> [(Output, [Double])] {
    func model(_ model: LanguageModel) throws -> [(name: String, bytes: [UInt8])] {
      let weights = try model.configuration.weightShapes.map { name, shape in
        let weight: StoredWeight
        switch model.weights[name] {
        case .fourBit(let tensor, _): weight = .doubleFourBit(tensor)
        case .dense(let values, _):
          weight =
            shape.count == 2
            ? .matrix(Matrix(rows: shape[0], columns: shape[1], values: values)) : .vector(values)
        case nil: throw ModelError.missingWeight(name)
        }
        return (name: name, weight: weight)
      }
      return try LlamaCheckpoint.files(
        weights, configuration: model.llamaConfiguration(), for: "memory")
    }
    let modules = adapters.map {
      PEFTAdapterWriter.Module(
        path: $0.name, loraA: $0.adapter.loraA, loraB: $0.adapter.loraB)
    }
    var configuration = PEFTAdapterWriter.Configuration(rank: rank, alpha: alpha)
    configuration.baseModel = "base"
    let folders: [(Output, [(name: String, bytes: [UInt8])])] = [
      (.base, try model(base)), (.quantized, try model(quantized)),
      (
        .adapter,
        try PEFTAdapterWriter.files(modules, configuration: configuration, for: "memory")
      ), (.merged, try model(merged)),
    ]
    return try folders.map { output, files in
      let tensors = files.first { $0.name.hasSuffix(".safetensors") }?.bytes ?? []
      let count = try Self.tensorCount(tensors)
      return (
        output,
        [
          Double(tensors.count), Double(files.reduce(0) { $0 + $1.bytes.count }), Double(count),
        ]
      )
    }
  }

  /// The tensors in a safetensors file: the members of its header but the metadata.
  private static func tensorCount(_ bytes: [UInt8]) throws -> Int {
    let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let fields = try JSONFields(parsing: Array(bytes.dropFirst(8).prefix(length)))
    return fields.names.count { $0 != "__metadata__" }
  }
}
