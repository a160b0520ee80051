internal import Autograd
internal import Course
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import Models
internal import Training

/// A training as a Python script with all that it needs: settings, examples, their order, and the weights
/// that it starts from.
struct RecipeExport {
  static let scriptName = "train.py"
  static let settingsName = "recipe.json"
  /// More numbers than these in the file of the order are a mistake.
  private static let mostPlaces = 1 << 26

  private let settings: TrainingSettings
  private let run: LanguageRun
  private let task: LanguageTask
  private let base: String

  /// Reads what `train` wrote beside the adapter, or beside the base where all weights were trained, and
  /// prepares the same run.
  ///
  /// - Parameters:
  ///   - source: The base and the adapter.
  ///   - data: Where the file of the user's lies now; nothing for where it was.
  ///   - tool: The process around it.
  /// - Throws: `ToolError.failure` where there is no such record, or none that can be repeated.
  init(_ source: ExportSource, data: String?, _ tool: Tool) throws {
    let shown = Paths.joined(source.adapterPath ?? source.base, TrainCommand.reportName)
    guard let record = try source.training() else {
      throw ToolError.failure(
        "\(printable(shown)): it is missing, and only what train wrote can be trained again")
    }
    var settings = try Self.settings(record, data, shown)
    guard settings.method.isAdapter == (source.adapter != nil) else {
      throw ToolError.failure(
        settings.method.isAdapter
          ? "\(printable(source.base)): it is an adapter: name its base, and the adapter with --adapter"
          : "\(printable(shown)): all weights were trained; export the folder without --adapter")
    }
    if let reason = Self.obstacle(settings) {
      throw ToolError.failure("\(printable(shown)): \(reason)")
    }
    // The base is the one that was named, wherever it lay when it was trained on.
    if settings.method.isAdapter { settings.base = source.base }
    self.settings = settings
    base = source.base
    guard settings.source.isLanguage else {
      throw ToolError.failure("\(printable(shown)): only transformers have a recipe")
    }
    run = try LanguageRun(settings, tool)
    if let known = record[TrainedInputs.all]?.text,
      known != SHA256.hexadecimal(of: run.inputBytes())
    {
      throw ToolError.failure(
        "\(printable(shown)): the base or the data are not those that it was trained with, so that it "
          + "cannot be repeated")
    }
    guard let task = run.task as? LanguageTask else {
      throw ToolError.failure("\(printable(shown)): there is nothing to train")
    }
    self.task = task
    guard settings.steps <= Self.mostPlaces / settings.batch / settings.accumulation else {
      throw ToolError.failure(
        "\(printable(shown)): \(settings.steps) steps of \(settings.batch) examples are too many to "
          + "write down")
    }
  }

  private static func settings(
    _ record: JSONNode, _ data: String?, _ shown: String
  ) throws -> TrainingSettings {
    do {
      return try TrainingSettings(record: record, data: data)
    } catch ToolError.usage(let text, _) {
      throw ToolError.failure("\(printable(shown)): \(text)")
    }
  }

  /// Why a training cannot be said in a recipe.
  private static func obstacle(_ settings: TrainingSettings) -> String? {
    if settings.optimizer != .adamw { return "it was trained with sgd, and recipes use AdamW" }
    if settings.validateEvery != nil {
      return "examples were set apart while it was trained, which recipes do not do"
    }
    if [.pissa, .olora].contains(settings.start) {
      return "its start, \(settings.start.rawValue), changes the base, which recipes do not do"
    }
    return nil
  }

  /// Writes everything into a folder.
  func write(to folder: String, progress: (Double) throws -> Void) throws {
    func path(_ name: String) -> String { Paths.joined(folder, name) }
    try FileManager.default.createDirectory(
      atPath: path("base"), withIntermediateDirectories: true)
    try run.writeStart(model: path("base"), adapter: path("adapter"))
    try AtomicFile.write(RecipeScript.text, to: path(Self.scriptName))
    let isFourBit = settings.method == .qlora
    try AtomicFile.write(
      (RecipeScript.requirements + (isFourBit ? RecipeScript.fourBitRequirements : []))
        .map { $0 + "\n" }.joined(), to: path("requirements.txt"))
    try AtomicFile.write(examples, to: path("examples.jsonl"))
    try writeOrder(to: path("order.jsonl"), progress)
    try AtomicFile.write(json.serialized() + "\n", to: path(Self.settingsName))
  }

  private var examples: String {
    func list(_ numbers: [Int32]) -> String {
      "[" + numbers.map(String.init).joined(separator: ", ") + "]"
    }
    return zip(task.examples.tokens, task.examples.labels).map { tokens, labels in
      // transformers leaves out the label −100, and ours every label below 0.
      "{\"input_ids\": \(list(tokens)), \"labels\": \(list(labels.map { $0 < 0 ? -100 : $0 }))}\n"
    }.joined()
  }

  private func writeOrder(to path: String, _ progress: (Double) throws -> Void) throws {
    let trainer = settings.trainer
    var order = BatchOrder(
      exampleCount: task.exampleCount, batchSize: settings.batch, seed: trainer.shuffleSeed)
    try AtomicFile.stream(to: path) { file in
      for step in 0..<settings.steps {
        let parts = (0..<trainer.accumulation).flatMap {
          order.examples(ofBatch: step * trainer.accumulation + $0)
        }
        let line = "[" + parts.map(String.init).joined(separator: ", ") + "]\n"
        try file.append(Array(line.utf8))
        try progress(Double(step) / Double(settings.steps))
      }
    }
  }

  private var json: JSONNode {
    let trainer = settings.trainer
    var members: [(String, JSONNode)] = [("format", .integer(1))] + settings.json
    if case .adamW(let beta1, let beta2, let epsilon, _) = trainer.optimizer {
      members += [
        ("beta1", .number(beta1)), ("beta2", .number(beta2)), ("epsilon", .number(epsilon)),
      ]
    }
    if !settings.method.isAdapter { members.append(("loraPlusRatio", .number(1))) }
    return .object(
      members + [
        ("examples", .integer(task.exampleCount)), ("tokens", .integer(task.examples.length)),
      ])
  }
}
