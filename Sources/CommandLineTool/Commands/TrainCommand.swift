internal import Course
internal import Interchange

/// Trains a toy model, and keeps it with all that was measured.
struct TrainCommand: Command {
  static let configuration = CommandConfiguration(
    name: "train", summary: "train a toy model: all of its weights, LoRA or QLoRA",
    arguments: [
      .init(
        name: "preset",
        summary: "\(TrainingSettings.Source.presets.map(\.name).joined(separator: ", "))",
        isRequired: false)
    ],
    options: TrainingSettings.options + [
      .init("config", "FILE", "a JSON file of settings, as train writes; options count more"),
      .init("out", letter: "o", "DIR", "the folder of the model and of what was measured"),
      .init("checkpoint", "N", "keep what is needed to go on every N steps; else every 10 s"),
      .init("resume", nil, "go on with the run of --out that was stopped"),
    ] + FigureChoice.options + [
      .init("force", nil, "replace the files of an earlier run of the same kind"),
      .init("quiet", letter: "q", nil, "say nothing but errors"),
      .init("json", nil, "print the report as JSON"),
    ],
    examples: [
      "\(Tool.name) train exam --out base",
      "\(Tool.name) train exam --method lora --base base --out divisions",
      "\(Tool.name) train --data pairs.jsonl --validate 50 --patience 5 --out mine",
      "\(Tool.name) train --resume --out mine",
    ])

  static let reportName = "training.json"

  private let arguments: ParsedArguments
  private let outputFolder: String
  private let checkpointSteps: Int?
  private let resumes: Bool
  private let mayReplace: Bool
  private let isQuiet: Bool
  private let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    self.arguments = arguments
    // What is wrong in the look of the figure is said before files are read.
    _ = try FigureChoice(arguments)
    guard let output = arguments.value("out"), !output.isEmpty else {
      throw .usage("train needs --out with the folder to write", command: "train")
    }
    outputFolder = output
    checkpointSteps = try arguments.whole("checkpoint", in: 1...1_000_000)
    resumes = arguments.has("resume")
    mayReplace = arguments.has("force")
    isQuiet = arguments.has("quiet")
    isJSON = arguments.has("json")
    if isQuiet, isJSON {
      throw .usage("--json and --quiet exclude each other", command: "train")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let folder = ResultFolder(shown: outputFolder, tool: tool)
    let configuration: RunConfiguration
    let kept: TrainingCheckpoint?
    if resumes {
      let shown = folder.shown(TrainingCheckpoint.path)
      let checkpoint = try TrainingCheckpoint(
        path: folder.path(TrainingCheckpoint.path), shown: shown)
      configuration = try RunConfiguration(kept: checkpoint.configuration, shown: shown)
      try configuration.check(arguments, tool)
      kept = checkpoint
    } else {
      configuration = try RunConfiguration(arguments, tool)
      kept = nil
    }
    let session = try TrainingSession(
      configuration, from: kept, folder: folder, mayReplace: mayReplace,
      checkpointSteps: checkpointSteps, isQuiet: isQuiet, tool)
    let report = try session.train()
    let paths = try session.write(report)
    let words = configuration.words
    if isJSON {
      tool.print(
        JSONNode.object(report.json + [("files", .array(paths.map(JSONNode.string)))]).serialized())
    } else if !isQuiet {
      for line in report.lines(words) { tool.print(line) }
      tool.print("")
      for path in paths { tool.print(path) }
      let next = report.stop == nil ? next(configuration.settings) : nil
      for line in CommandText.proposalLines(next, words) { tool.print(line) }
    }
    guard let stop = report.stop else { return .success }
    throw ToolError.failure("\(stop)\n\(outputFolder): \(report.keptText)")
  }

  /// What one would try now.
  private func next(_ settings: TrainingSettings) -> [String]? {
    let fourBit = settings.method == .qlora ? ["--four-bit"] : []
    if settings.source.isText {
      let adapter = settings.method.isAdapter ? ["--adapter", outputFolder] + fourBit : []
      return ["generate", adapter.isEmpty ? outputFolder : settings.base ?? outputFolder]
        + adapter + ["--prompt", "", "--length", "300", "--temperature", "0.5"]
    }
    guard settings.source == .exam else {
      if settings.source == .knownRank { return ["evaluate", outputFolder] }
      guard settings.method.isAdapter, let base = settings.base else {
        return ["evaluate", outputFolder]
      }
      return ["evaluate", base, "--adapter", outputFolder] + fourBit
    }
    guard settings.method.isAdapter, let base = settings.base else {
      return ["generate", outputFolder, "--prompt", "12+7="]
    }
    return ["evaluate", base, "--adapter", outputFolder] + fourBit
  }
}
