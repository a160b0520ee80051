internal import Adapters
internal import Autograd
internal import Course
internal import Datasets
internal import Experiments
internal import Interchange
internal import LinearAlgebra
internal import Models
internal import Training

/// A model that is about to be trained, with what it is asked afterwards and how it is kept.
protocol TrainingRun {
  var task: any TrainingTask { get }
  /// The files of the trained model.
  var fileNames: [String] { get }
  /// How good the model is now.
  func scores(progress: (Double) -> Void) throws -> [Score]
  /// Writes the model into a folder, which is made if there is none.
  func write(to folder: String) throws
}

/// A transformer: all of its weights, or adapters beside those of a base.
struct LanguageRun: TrainingRun {
  let settings: TrainingSettings
  let base: LanguageModel
  let model: Transformer
  let data: LanguageData
  let task: any TrainingTask
  /// How many threads work; no result depends on it.
  private let threads: Threads

  init(_ settings: TrainingSettings, _ tool: Tool, threads: Threads = .processors) throws {
    self.settings = settings
    self.threads = threads
    func place(_ path: String) -> String { Paths.joined(tool.workingDirectory, path) }
    let given = try settings.base.map { try LanguageModel(folder: place($0), shown: $0) }
    switch settings.source {
    case .file(let path):
      data = try LanguageData(
        path: place(path), tokenizer: given?.tokenizer, seed: settings.seed)
    default:
      if let given, given.tokenizer != .exam {
        throw ToolError.failure(
          "\(settings.base ?? ""): its characters are not those of the exam")
      }
      data = try LanguageData(exam: settings.subjects)
    }
    let most = Self.mostTokens / data.sequences.length
    guard settings.batch <= most else {
      throw ToolError.usage(
        "--batch is at most \(most) for sequences of \(data.sequences.length) tokens",
        command: "train")
    }
    base =
      try given
      ?? LanguageModel(
        tokenizer: data.tokenizer, length: data.sequences.length, seed: settings.seed)
    do {
      model = try Transformer(
        base.configuration, weights: base.weights, method: Self.method(settings))
    } catch let error as AdapterError {
      throw ToolError.usage("--rank and --alpha: \(error)", command: "train")
    }
    task = try LanguageTask(
      model, examples: data.examples(), batchSize: settings.batch, seed: settings.seed,
      threads: threads)
  }

  /// The most tokens of a batch, so that its activations fit into the memory of a laptop.
  private static let mostTokens = 1 << 17

  private static func method(_ settings: TrainingSettings) throws -> TuningMethod {
    guard settings.method.isAdapter else { return .full }
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: settings.rank, alpha: settings.alpha),
      targets: settings.targets.map(LayerTargets.init) ?? .allLinear, seed: settings.seed)
    return settings.method == .lora ? .lora(tuning) : .qlora(tuning)
  }

  static let modelFiles = [
    "config.json", "generation_config.json", "model.safetensors", LanguageModel.vocabularyName,
  ]
  static let adapterFiles = ["adapter_config.json", "adapter_model.safetensors"]

  var fileNames: [String] { settings.method.isAdapter ? Self.adapterFiles : Self.modelFiles }

  func scores(progress: (Double) -> Void) throws -> [Score] {
    try Examination(model: model, tokenizer: data.tokenizer, threads: threads)
      .scores(data.questions, progress: progress)
  }

  func write(to folder: String) throws {
    guard settings.method.isAdapter else {
      try LlamaCheckpoint.write(
        storedWeights(), configuration: base.llamaConfiguration(), to: folder)
      try AtomicFile.write(
        base.vocabularyText, to: Paths.joined(folder, LanguageModel.vocabularyName))
      return
    }
    try PEFTAdapterWriter.write(
      adapterModules(), configuration: adapterConfiguration(base: settings.base), to: folder)
  }

  /// How PEFT has to read the adapters.
  func adapterConfiguration(base: String?) -> PEFTAdapterWriter.Configuration {
    var configuration = PEFTAdapterWriter.Configuration(rank: settings.rank, alpha: settings.alpha)
    configuration.baseModel = base
    return configuration
  }

  /// The adapters as they are now.
  func adapterModules() throws -> [PEFTAdapterWriter.Module] {
    try model.linearLayers.compactMap { name, layer in
      let lora = layer as? LoRALinear ?? (layer as? QLoRALinear)?.lora
      return try lora.map {
        let adapter = try $0.adapter()
        return PEFTAdapterWriter.Module(path: name, loraA: adapter.loraA, loraB: adapter.loraB)
      }
    }
  }
}

/// A perceptron that tells classes apart.
struct PerceptronRun: TrainingRun {
  private static let hidden = 32
  private static let descriptionName = "perceptron.json"

  private let model: MultilayerPerceptron
  private let features: [String]
  private let classes: [String]
  private let standardization: Standardization
  private let validation: TableExamples?
  let task: any TrainingTask

  init(_ settings: TrainingSettings, _ tool: Tool, threads: Threads = .processors) throws {
    let split: DataSplit
    if case .file(let path) = settings.source {
      let table = try TableDataset(path: Paths.joined(tool.workingDirectory, path))
      guard table.schema.classes != nil else {
        throw ToolError.failure(
          "\(path): the last column, \(printable(table.schema.target)), holds numbers, and train "
            + "takes classes; give the classes names such as a and b")
      }
      features = table.schema.features
      split = try table.examples.split(validationShare: 0.2, seed: settings.seed)
    } else {
      features = ["x", "y"]
      split = try TwoMoons().make(seed: settings.seed)
    }
    guard case .classes(_, let names) = split.train.targets else {
      throw ToolError.failure("\(settings.source.name): there are no classes")
    }
    classes = names
    standardization = Standardization(of: split.train.inputs)
    validation =
      try split.validation.count == 0 ? nil : Self.rows(split.validation, standardization)
    let sizes = [features.count, Self.hidden, Self.hidden, names.count]
    model = try MultilayerPerceptron(
      sizes: sizes,
      weights: MultilayerPerceptron.randomWeights(sizes: sizes, seed: settings.seed),
      method: .full)
    task = try TableTask(
      model, examples: Self.rows(split.train, standardization), batchSize: settings.batch,
      seed: settings.seed, threads: threads)
  }

  private static func rows(
    _ examples: Examples, _ standardization: Standardization
  ) throws -> TableExamples {
    let inputs = standardization.standardized(examples.inputs)
    return try TableExamples(
      inputs: (0..<inputs.rows).map { Array(inputs.row($0)) },
      targets: .classes((examples.labels ?? []).map(Int32.init)))
  }

  var fileNames: [String] { ["model.safetensors", Self.descriptionName] }

  func scores(progress: (Double) -> Void) throws -> [Score] {
    guard let validation, case .classes(let labels) = validation.targets else { return [] }
    let batch = min(labels.count, 1024)
    let task = try TableTask(model, examples: validation, batchSize: batch, trains: false)
    var score = Score(group: Score.heldOut, right: 0, total: 0)
    for start in stride(from: 0, to: labels.count, by: batch) {
      let rows = Array(start..<min(start + batch, labels.count))
      task.load(rows)
      task.plan.forward()
      let outputs = task.plan.values(of: task.output)
      for (row, example) in rows.enumerated() {
        let logits = outputs[row * classes.count..<(row + 1) * classes.count]
        let best = logits.indices.max { logits[$0] < logits[$1] } ?? logits.startIndex
        score.total += 1
        if best - logits.startIndex == Int(labels[example]) { score.right += 1 }
      }
    }
    return [score]
  }

  func write(to folder: String) throws {
    let tensors = model.parameters.map {
      Safetensors.NewTensor(name: $0.name, shape: $0.shape, values: $0.values)
    }
    let description = JSONNode.object([
      ("sizes", .array(model.sizes.map { .integer($0) })), ("activation", .string("tanh")),
      ("features", .array(features.map(JSONNode.string))),
      ("means", .array(standardization.means.map(JSONNode.number))),
      ("deviations", .array(standardization.deviations.map(JSONNode.number))),
      ("classes", .array(classes.map(JSONNode.string))),
    ])
    let files: [(name: String, bytes: [UInt8])] = [
      ("model.safetensors", try Safetensors.serialized(tensors, metadata: [("format", "pt")])),
      (Self.descriptionName, Array((description.serialized() + "\n").utf8)),
    ]
    try AtomicFile.write(files.map { (path: Paths.joined(folder, $0.name), bytes: $0.bytes) })
  }
}
