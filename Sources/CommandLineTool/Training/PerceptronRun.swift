internal import Adapters
internal import Autograd
internal import Course
internal import Datasets
internal import Demonstrations
internal import Experiments
internal import Interchange
internal import Models
internal import Training

/// A perceptron that tells classes apart or foretells a number: all of its weights, or adapters beside
/// those of a base.
struct PerceptronRun: TrainingRun {
  private static let hidden = [32, 32]
  /// The share of what would be learned that is measured on instead.
  private static let validationShare = 0.1

  private let settings: TrainingSettings
  private let data: PerceptronData
  private let base: PerceptronModel
  private let network: MultilayerPerceptron
  private let learned: Examples
  let task: any TrainingTask
  let validation: Validation?

  init(_ settings: TrainingSettings, _ tool: Tool, threads: Threads = .processors) throws {
    self.settings = settings
    let given = try settings.base.map {
      try PerceptronModel(folder: Paths.joined(tool.workingDirectory, $0), shown: $0)
    }
    data = try PerceptronData(
      settings.source, known: given?.schema, seed: settings.seed, tool)
    var train = data.split.train
    var apart: Examples?
    if settings.validateEvery != nil {
      let inner = try train.split(validationShare: Self.validationShare, seed: settings.seed)
      guard inner.validation.count > 0 else {
        throw ToolError.usage(
          "--validate needs more rows than \(settings.source.name) has", command: "train")
      }
      (train, apart) = (inner.train, inner.validation)
    }
    learned = train
    if let given, let name = settings.base {
      guard given.schema.features == data.schema.features,
        given.schema.classes == data.schema.classes
      else {
        throw ToolError.failure(
          "\(printable(name)): its columns or classes are not those of \(settings.source.name)")
      }
    }
    base =
      try given
      ?? PerceptronModel(
        hidden: Self.hidden, examples: train, schema: data.schema, seed: settings.seed)
    do {
      network = try base.network(settings.tuning(usual: Self.targets(base.sizes, settings.rank)))
    } catch let error as AdapterError {
      throw ToolError.usage("--rank and --alpha: \(error)", command: "train")
    }
    task = try TableTask(
      network, examples: base.rows(train), batchSize: settings.batch, seed: settings.seed,
      threads: threads)
    if let apart {
      validation = try Validation(network, examples: base.rows(apart))
    } else {
      validation = nil
    }
  }

  /// The layers that an adapter of a rank fits; all of them where it fits none, for a complaint.
  private static func targets(_ sizes: [Int], _ rank: Int) -> LayerTargets {
    let fitting = sizes.indices.dropLast().filter { min(sizes[$0], sizes[$0 + 1]) >= rank }
    return fitting.isEmpty ? .allLinear : LayerTargets(fitting.map { "layers.\($0)" })
  }

  func validationScore() throws -> Double? { nil }

  func inputBytes() -> [UInt8] {
    guard let task = task as? TableTask else { return [] }
    var bytes: [UInt8] = []
    func add(_ values: [Float]) {
      for value in values { bytes.append(littleEndian: value.bitPattern) }
    }
    if settings.base != nil {
      // The frozen weights, which no checkpoint holds.
      for parameter in network.parameters where !parameter.name.contains(".lora_") {
        bytes += Array(parameter.name.utf8)
        add((try? base.weights.values(parameter.name, shape: parameter.shape)) ?? [])
      }
    }
    guard case .file = settings.source else { return bytes }
    task.examples.inputs.forEach(add)
    switch task.examples.targets {
    case .classes(let labels):
      for label in labels { bytes.append(littleEndian: UInt32(bitPattern: label)) }
    case .numbers(let rows): rows.forEach(add)
    case .binary(let values): add(values)
    }
    return bytes
  }

  var fileNames: [String] {
    settings.method.isAdapter
      ? LanguageRun.adapterFiles : [PerceptronModel.weightsName, PerceptronModel.descriptionName]
  }

  func scores(progress: (Double) -> Void) throws -> [Score] {
    try PerceptronEvaluation(base, network).scores(
      data.split.validation, group: Score.heldOut)
  }

  func measures() throws -> [Measure] {
    try PerceptronEvaluation(base, network).measures(data.split.validation)
  }

  var figureNames: [String] {
    data.schema.features.count == 2 && data.schema.classes != nil ? ["boundary"] : []
  }

  func figures(_ scores: [Score]) throws -> [(name: String, picture: Picture)] {
    guard !figureNames.isEmpty,
      let boundary = try PerceptronEvaluation(base, network).boundary(
        learned: learned, heldOut: data.split.validation, isPlane: data.isPlane)
    else { return [] }
    return [("boundary", boundary.picture)]
  }

  func write(to folder: String) throws {
    guard settings.method.isAdapter else {
      let files = try base.files(parameters: network.parameters)
      return try AtomicFile.write(
        files.map { (path: Paths.joined(folder, $0.name), bytes: $0.bytes) })
    }
    var configuration = PEFTAdapterWriter.Configuration(
      rank: settings.rank, alpha: settings.alpha)
    configuration.isRankStabilized = settings.isRankStabilized
    configuration.usesDoRA = settings.usesDoRA
    configuration.dropout = settings.dropout
    configuration.baseModel = settings.base
    let modules = try network.linearLayers.compactMap { name, layer in
      try (layer as? LoRALinear)?.adapter().module(path: name)
    }
    try PEFTAdapterWriter.write(modules, configuration: configuration, to: folder)
  }
}

extension LoRAAdapter {
  /// The adapter as a module of a file.
  func module(path: String) -> PEFTAdapterWriter.Module {
    PEFTAdapterWriter.Module(path: path, loraA: loraA, loraB: loraB, magnitude: magnitude)
  }
}
