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

/// A transformer: all of its weights, or adapters beside those of a base.
struct LanguageRun: TrainingRun {
  let settings: TrainingSettings
  let base: LanguageModel
  let model: Transformer
  let data: LanguageData
  let task: any TrainingTask
  let validation: Validation?
  /// How many threads work; no result depends on it.
  private let threads: Threads

  init(_ settings: TrainingSettings, _ tool: Tool, threads: Threads = .processors) throws {
    self.settings = settings
    self.threads = threads
    let setsApart = settings.validateEvery != nil
    func place(_ path: String) -> String { Paths.joined(tool.workingDirectory, path) }
    let given = try settings.base.map { try LanguageModel(folder: place($0), shown: $0) }
    if settings.source == .exam, let given, given.tokenizer != .exam {
      throw ToolError.failure(
        "\(settings.base ?? ""): its characters are not those of the exam")
    }
    data = try LanguageData(
      settings, tokenizer: given?.tokenizer,
      length: min(given?.configuration.longestSequence ?? .max, LanguageData.textLength), tool)
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
    try MemoryEstimate.check(
      settings, ModelShape("", of: base.configuration), length: data.sequences.length,
      available: MachineMemory.available)
    do {
      model = try Transformer(
        base.configuration, weights: base.weights, method: settings.tuning())
    } catch let error as AdapterError {
      throw ToolError.usage("--rank and --alpha: \(error)", command: "train")
    }
    task = try LanguageTask(
      model, examples: data.examples(), batchSize: settings.batch, seed: settings.seed,
      threads: threads)
    let apart = try data.validationExamples()
    if setsApart, apart == nil {
      throw ToolError.usage(
        settings.source == .exam
          ? "--validate needs a subject that is not learned by heart"
          : "--validate needs more lines than \(settings.source.name) has", command: "train")
    }
    if let apart {
      validation = try Validation(
        model, examples: apart, batchSize: min(most, Self.validationBatch))
    } else {
      validation = nil
    }
  }

  /// The sequences that are measured on together.
  private static let validationBatch = 50

  /// The most tokens of a batch, so that its activations fit into the memory of a laptop.
  private static let mostTokens = 1 << 17

  static let modelFiles = [
    "config.json", "generation_config.json", "model.safetensors", LanguageModel.vocabularyName,
  ]
  static let adapterFiles = ["adapter_config.json", "adapter_model.safetensors"]

  var fileNames: [String] { settings.method.isAdapter ? Self.adapterFiles : Self.modelFiles }

  func scores(progress: (Double) -> Void) throws -> [Score] {
    try Examination(model: model, tokenizer: data.tokenizer, threads: threads)
      .scores(data.questions, progress: progress)
  }

  func measures() throws -> [Measure] {
    guard let examples = try data.heldOutExamples() else { return [] }
    return try LanguageMeasures.of(model, examples)
  }

  var figureNames: [String] { data.questions.isEmpty ? [] : ["scores"] }

  func figures(_ scores: [Score]) -> [(name: String, picture: Picture)] {
    scores.isEmpty ? [] : [("scores", ScoreText.picture(scores))]
  }

  func sample() throws -> String? {
    guard settings.source.isText else { return nil }
    return try TextSample(model, data.tokenizer).text(
      after: "", count: 300, choice: .sampling(temperature: 0.5, seed: settings.seed))
  }

  func validationScore() throws -> Double? {
    guard let questions = data.validation?.questions, !questions.isEmpty else { return nil }
    let scores = try Examination(model: model, tokenizer: data.tokenizer, threads: threads)
      .scores(questions) { _ in }
    return Double(scores.reduce(0) { $0 + $1.right }) / Double(questions.count)
  }

  func inputBytes() -> [UInt8] {
    var bytes: [UInt8] = []
    if settings.base != nil {
      for parameter in model.parameters where !parameter.name.contains(".lora_") {
        bytes += Array(parameter.name.utf8)
        let values = try? base.weights.values(parameter.name, shape: parameter.shape)
        for value in values ?? [] { bytes.append(littleEndian: value.bitPattern) }
      }
    }
    if case .file = settings.source, let examples = try? data.examples() {
      for row in examples.tokens + examples.labels {
        for token in row { bytes.append(littleEndian: UInt32(bitPattern: token)) }
      }
    }
    return bytes
  }

  func write(to folder: String) throws {
    guard settings.method.isAdapter else {
      try LlamaCheckpoint.write(
        storedWeights(), configuration: base.llamaConfiguration(), to: folder)
      try AtomicFile.write(
        base.vocabularyText, to: Paths.joined(folder, LanguageModel.vocabularyName))
      return
    }
    try writeAdapter(to: folder)
  }
}
