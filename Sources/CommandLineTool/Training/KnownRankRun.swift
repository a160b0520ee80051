internal import Adapters
internal import Autograd
internal import Course
internal import Datasets
internal import Demonstrations
internal import Experiments
internal import Interchange
internal import LinearAlgebra
internal import Models
internal import Training

/// A linear layer that has to find a change whose rank is known: the whole weight, or an adapter beside it.
struct KnownRankRun: TrainingRun {
  static let descriptionName = "known-rank.json"
  static let baseName = "base.safetensors"
  static let layerName = "layer"

  private let settings: TrainingSettings
  private let problem: KnownRankRegression
  private let truth: KnownRankRegression.Task
  private let layer: any LinearLayer
  let task: any TrainingTask
  let validation: Validation? = nil

  init(_ settings: TrainingSettings, threads: Threads = .processors) throws {
    self.settings = settings
    problem = KnownRankRegression()
    truth = try problem.make(seed: settings.seed)
    let size = problem.size
    let weight = Parameter(
      name: Self.layerName + ".weight", shape: [size, size], values: truth.base.values,
      isTrainable: !settings.method.isAdapter)
    do {
      layer = try Self.layer(Linear(weight: weight), truth.base, settings)
    } catch let error as AdapterError {
      throw ToolError.usage("--rank and --alpha: \(error)", command: "train")
    }
    task = try BilinearTask(
      layer, u: truth.train.u.values, v: truth.train.v.values, y: truth.train.y,
      batchSize: settings.batch, seed: settings.seed, threads: threads)
  }

  private static func layer(
    _ base: Linear, _ weight: Matrix, _ settings: TrainingSettings
  ) throws -> any LinearLayer {
    guard settings.method.isAdapter else { return base }
    let configuration = try LoRAConfiguration(
      rank: settings.rank, alpha: settings.alpha, isRankStabilized: settings.isRankStabilized)
    // Apart from the seeds of weight and examples.
    var generator = RandomGenerator(seed: settings.seed &+ 1 << 32)
    var adapter = try LoRAAdapter.start(
      settings.start == .gaussian ? .gaussian : .kaiming, for: weight, configuration,
      using: &generator
    ).adapter
    if settings.usesDoRA { adapter = try adapter.withMagnitude(of: weight) }
    return try LoRALinear(base, name: layerName, adapter: adapter, dropout: settings.dropout)
  }

  func validationScore() throws -> Double? { nil }

  /// Everything comes from the settings.
  func inputBytes() -> [UInt8] { [] }

  var fileNames: [String] {
    [Self.descriptionName]
      + (settings.method.isAdapter
        ? LanguageRun.adapterFiles + [Self.baseName] : [PerceptronModel.weightsName])
  }

  func scores(progress: (Double) -> Void) throws -> [Score] { [] }

  private func weight() throws -> Matrix {
    let size = problem.size
    return Matrix(rows: size, columns: size, values: try layer.mergedWeight())
  }

  func measures() throws -> [Measure] {
    try KnownRankEvaluation(truth, weight: weight()).measures
  }

  let figureNames = ["spectrum"]

  func figures(_ scores: [Score]) throws -> [(name: String, picture: Picture)] {
    let evaluation = KnownRankEvaluation(truth, weight: try weight())
    guard evaluation.change.values.allSatisfy(\.isFinite) else { return [] }
    return [("spectrum", try evaluation.spectrum(rank: problem.rank).picture)]
  }

  func write(to folder: String) throws {
    let size = problem.size
    let description = JSONNode.object([
      ("size", .integer(size)), ("rank", .integer(problem.rank)),
      ("examples", .integer(problem.trainCount)),
      ("validationExamples", .integer(problem.validationCount)),
      ("noise", .number(problem.noise)), ("relativeChange", .number(problem.relativeChange)),
      ("seed", .integer(Int(settings.seed))),
    ])
    func weights(_ values: [Float]) throws -> [UInt8] {
      try Safetensors.serialized(
        [.init(name: Self.layerName + ".weight", shape: [size, size], values: values)],
        metadata: [("format", "pt")])
    }
    var files: [(name: String, bytes: [UInt8])] = [
      (Self.descriptionName, Array((description.serialized() + "\n").utf8))
    ]
    if let lora = layer as? LoRALinear {
      // The base beside it, so that the adapter can be merged into it.
      files.append((Self.baseName, try weights(truth.base.values)))
      var configuration = PEFTAdapterWriter.Configuration(
        rank: settings.rank, alpha: settings.alpha)
      configuration.isRankStabilized = settings.isRankStabilized
      configuration.usesDoRA = settings.usesDoRA
      configuration.dropout = settings.dropout
      configuration.baseModel = Self.baseName
      try PEFTAdapterWriter.write(
        [lora.adapter().module(path: Self.layerName)], configuration: configuration, to: folder)
    } else {
      files.append((PerceptronModel.weightsName, try weights(try layer.mergedWeight())))
    }
    try AtomicFile.write(files.map { (path: Paths.joined(folder, $0.name), bytes: $0.bytes) })
  }
}
