internal import Autograd
internal import Course
internal import Datasets
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange
internal import Training

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
    ] + FigureChoice.options + [
      .init("force", nil, "replace the files of an earlier run of the same kind"),
      .init("quiet", letter: "q", nil, "say nothing but errors"),
      .init("json", nil, "print the report as JSON"),
    ],
    examples: [
      "\(Tool.name) train exam --out base",
      "\(Tool.name) train exam --method lora --base base --out divisions",
      "\(Tool.name) train --data pairs.jsonl --out mine",
    ])

  static let reportName = "training.json"
  static let configurationName = "configuration.json"
  private static let figureName = "loss"
  private static var ownFiles: [String] {
    [
      reportName, configurationName, "metrics.csv", "metrics.jsonl", "\(figureName).png",
      "\(figureName).svg",
    ]
  }

  private static func files(ofFigures names: [String]) -> [String] {
    names.flatMap { ["\($0).png", "\($0).svg"] }
  }

  private let arguments: ParsedArguments
  let outputFolder: String
  let mayReplace: Bool
  let figure: FigureChoice
  let isQuiet: Bool
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    self.arguments = arguments
    guard let output = arguments.value("out"), !output.isEmpty else {
      throw .usage("train needs --out with the folder to write", command: "train")
    }
    outputFolder = output
    mayReplace = arguments.has("force")
    figure = try FigureChoice(arguments)
    isQuiet = arguments.has("quiet")
    isJSON = arguments.has("json")
    if isQuiet, isJSON {
      throw .usage("--json and --quiet exclude each other", command: "train")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let settings = try TrainingSettings(SettingValues.of(arguments, tool).values)
    let words = figure.words(tool)
    let output = OutputFiles(folder: outputFolder, mayReplace: mayReplace, tool: tool)
    let root = Paths.joined(tool.workingDirectory, outputFolder)
    try checkFolder(root)
    let run = try settings.run(tool)
    try checkOthers(root, run)
    try output.check(run.fileNames + Self.ownFiles + Self.files(ofFigures: run.figureNames))
    // What keeps a figure from being drawn, such as fonts that are missing, is said before the work.
    _ = try draw(settings, [1], [.svg], words, tool)
    let trainer = try Trainer(run.task, settings.trainer)
    var log = TrainingLog()
    let failure = try train(settings, trainer, &log, words, tool)
    let progress = Progress(words.say(es: "examinando", en: "examining"), tool)
    defer { progress.end() }
    let scores = try run.scores { if !isQuiet { progress.show($0) } }
    progress.end()
    let report = TrainingReport(
      settings: settings, log: log, scores: scores, measures: try run.measures(),
      sample: try run.sample(), memory: trainer.memory,
      parameters: (
        run.task.parameters.reduce(0) { $0 + $1.count },
        run.task.plan.trainable.reduce(0) { $0 + $1.count }
      ), stop: failure.map { "\($0)" })
    let paths = try write(report, run, root, output, words, tool)
    if isJSON {
      tool.print(
        JSONNode.object(report.json + [("files", .array(paths.map(JSONNode.string)))]).serialized())
    } else if !isQuiet {
      for line in report.lines(words) { tool.print(line) }
      tool.print("")
      for path in paths { tool.print(path) }
      for line in CommandText.proposalLines(failure == nil ? next(settings) : nil, words) {
        tool.print(line)
      }
    }
    guard let failure else { return .success }
    throw ToolError.failure(
      "\(failure)\n\(outputFolder): the last weights with a finite loss are kept")
  }

  /// Trains, and stops where a loss is not finite, with the last weights whose loss was.
  ///
  /// - Returns: Why it stopped early.
  /// - Throws: `TrainingError` where there is nothing good to keep.
  private func train(
    _ settings: TrainingSettings, _ trainer: Trainer, _ log: inout TrainingLog, _ words: Words,
    _ tool: Tool
  ) throws -> TrainingError? {
    let progress = TrainingProgress(
      steps: settings.steps, leftLabel: words.say(es: "restante", en: "left"), isQuiet: isQuiet,
      tool)
    defer { progress.end() }
    let trained = trainer.task.plan.trainable
    var good: [[Float]] = []
    while trainer.stepCount < settings.steps {
      let before = trained.map(\.values)
      do throws(TrainingError) {
        let step = try trainer.step()
        log.add(step)
        progress.show(step)
        good = before
      } catch {
        // The weights of this step are those that gave no loss; those before them did.
        guard !good.isEmpty else { throw error }
        for (parameter, values) in zip(trained, good) { parameter.dense?.set(values) }
        return error
      }
    }
    return nil
  }

  /// Refuses a folder that cannot be made before anything is computed.
  private func checkFolder(_ root: String) throws(ToolError) {
    var path = root
    var isFolder = false
    while !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), path != "/" {
      path = Paths.parent(path)
    }
    guard isFolder else {
      throw .cannotCreate(path: outputFolder, reason: "there is a file of that name")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw .cannotCreate(path: outputFolder, reason: "the folder above it cannot be written to")
    }
  }

  /// Refuses a folder that holds a model of another kind, which would be mixed with this one.
  private func checkOthers(_ root: String, _ run: any TrainingRun) throws(ToolError) {
    let kinds = TrainedFolder.allCases.map(\.mark)
    for name in kinds where !run.fileNames.contains(name) {
      if FileManager.default.fileExists(atPath: Paths.joined(root, name)) {
        throw .cannotCreate(
          path: Paths.joined(outputFolder, name),
          reason: "a model of another kind is there; choose another folder")
      }
    }
  }

  private func write(
    _ report: TrainingReport, _ run: any TrainingRun, _ root: String, _ output: OutputFiles,
    _ words: Words, _ tool: Tool
  ) throws -> [String] {
    var drawn = try draw(
      report.settings, report.log.steps.map { Double($0.loss) }, [.png, .svg], words, tool)
    for (name, picture) in try run.figures(report.scores) {
      drawn += try figure.draw(
        picture, id: name, name: name, formats: [.png, .svg],
        command: command(report.settings, words), words, tool)
    }
    do {
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(path: outputFolder, reason: "the folder cannot be made")
    }
    try Interrupts.protecting { mayGoOn in
      try mayGoOn()
      try run.write(to: root)
    }
    let text = JSONNode.object(report.json).serialized() + "\n"
    let configuration = JSONNode.object(report.settings.json).serialized() + "\n"
    let paths = try OutputFiles(folder: outputFolder, mayReplace: true, tool: tool).write(
      [
        (Self.configurationName, Array(configuration.utf8)), (Self.reportName, Array(text.utf8)),
        ("metrics.csv", Array(report.log.csv.utf8)),
        ("metrics.jsonl", Array(report.log.jsonLines.utf8)),
      ] + drawn.map { (name: $0.path, bytes: $0.bytes) })
    return run.fileNames.map { Paths.joined(outputFolder, $0) } + paths
  }

  private func draw(
    _ settings: TrainingSettings, _ losses: [Double], _ formats: [FigureFormat], _ words: Words,
    _ tool: Tool
  ) throws -> [DrawnFile] {
    try figure.draw(
      LossCurve(losses: losses).picture, id: "loss", name: Self.figureName, formats: formats,
      command: command(settings, words), words, tool)
  }

  /// The command that makes the files again.
  private func command(_ settings: TrainingSettings, _ words: Words) -> String {
    var parts = ["train"]
    if case .file(let path) = settings.source {
      parts += ["--data", path]
    } else {
      parts.append(settings.source.name)
    }
    parts += ["--method", settings.method.rawValue]
    if let base = settings.base { parts += ["--base", base] }
    if settings.source == .exam {
      parts += ["--subject", settings.subjects.map(\.rawValue).joined(separator: ",")]
    }
    if settings.method.isAdapter {
      parts += ["--rank", "\(settings.rank)", "--alpha", "\(settings.alpha)"]
      if let targets = settings.targets {
        parts += ["--targets", targets.joined(separator: ",")]
      }
    }
    parts += [
      "--lr", "\(settings.learningRate)", "--steps", "\(settings.steps)", "--batch",
      "\(settings.batch)", "--seed", "\(settings.seed)",
    ]
    parts += figure.arguments(words)
    return Tool.name + " " + parts.map(CommandText.quoted).joined(separator: " ")
  }

  /// What one would try now.
  private func next(_ settings: TrainingSettings) -> [String]? {
    if settings.source.isText {
      return ["generate", settings.base ?? outputFolder]
        + (settings.base == nil ? [] : ["--adapter", outputFolder])
        + ["--prompt", "", "--length", "300", "--temperature", "0.5"]
    }
    guard settings.source == .exam else {
      guard settings.method.isAdapter, let base = settings.base else {
        return ["evaluate", outputFolder]
      }
      return ["evaluate", base, "--adapter", outputFolder]
    }
    guard settings.method.isAdapter, let base = settings.base else {
      return ["generate", outputFolder, "--prompt", "12+7="]
    }
    return ["evaluate", base, "--adapter", outputFolder]
      + (settings.method == .qlora ? ["--four-bit"] : [])
  }
}
