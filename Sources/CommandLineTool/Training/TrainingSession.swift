internal import Autograd
internal import CairoRendering
internal import Course
internal import Demonstrations
internal import Drawing
internal import Experiments
internal import Interchange
internal import Training

/// A run of `train` from its first check to its files.
final class TrainingSession {
  private static let figureName = "loss"
  private static let measuredFiles = [
    TrainCommand.reportName, ResultFolder.configurationName, "metrics.csv", "metrics.jsonl",
    "\(figureName).png", "\(figureName).svg",
  ]
  /// The seconds between checkpoints where no number of steps is given.
  private static let secondsBetween = 10.0
  /// A run that took longer is kept before its model is examined.
  private static let secondsWorthKeeping = 2.0
  /// The operations of a run that takes long enough to say what it needs.
  private static let longWork = 2e11

  private let configuration: RunConfiguration
  private let folder: ResultFolder
  private let checkpointSteps: Int?
  private let isQuiet: Bool
  /// Whether the run is a new one.
  private let begins: Bool
  private let tool: Tool
  private let run: any TrainingRun
  private let loop: TrainingLoop
  /// The file of the user's as it was when the run read it; later it may be another.
  private let dataHash: String?
  private lazy var inputs = SHA256.hexadecimal(of: run.inputBytes())

  private var settings: TrainingSettings { configuration.settings }
  private var words: Words { configuration.words }

  /// Prepares a run; nothing is written yet.
  ///
  /// - Parameters:
  ///   - configuration: All that its files depend on.
  ///   - kept: What an earlier process has kept of it, if it goes on.
  ///   - folder: Where the results go.
  ///   - mayReplace: Whether files that are there may be replaced.
  ///   - checkpointSteps: The steps between checkpoints; nothing for some seconds.
  ///   - isQuiet: Whether nothing is said on the way.
  ///   - tool: The process around it.
  /// - Throws: What is wrong with settings, inputs, folder or checkpoint.
  init(
    _ configuration: RunConfiguration, from kept: TrainingCheckpoint?, folder: ResultFolder,
    mayReplace: Bool, checkpointSteps: Int?, isQuiet: Bool, _ tool: Tool
  ) throws {
    self.configuration = configuration
    self.folder = folder
    self.checkpointSteps = checkpointSteps
    self.isQuiet = isQuiet
    begins = kept == nil
    self.tool = tool
    try folder.checkPlace()
    if let base = configuration.settings.base { try folder.checkIsNot(base, option: "base") }
    let settings = configuration.settings
    run = try settings.run(tool)
    dataHash =
      if case .file(let path) = settings.source {
        TrainedInputs.hash(ofFile: Paths.joined(tool.workingDirectory, path))
      } else {
        nil
      }
    try folder.checkKind(run.fileNames)
    // A run that goes on replaces its own files.
    if kept == nil {
      let figures = run.figureNames.flatMap { ["\($0).png", "\($0).svg"] }
      try folder.check(run.fileNames + Self.measuredFiles + figures, mayReplace: mayReplace)
    }
    loop = try TrainingLoop(settings, run)
    if let kept { try goOn(kept) }
    // What keeps a figure from being drawn, such as fonts that are missing, is said before the work.
    _ = try draw(TrainingLog(), keptStep: 0, [.svg])
  }

  private func goOn(_ kept: TrainingCheckpoint) throws {
    let shown = folder.shown(TrainingCheckpoint.path)
    guard kept.inputs == inputs else {
      throw ToolError.failure(
        "\(printable(shown)): the base or the data are not those that the run began with, so that it "
          + "cannot go on; --force without --resume begins it again")
    }
    do {
      try loop.restore(kept.snapshot)
    } catch {
      throw ToolError.failure("\(printable(shown)): \(error)")
    }
  }

  // MARK: Training

  /// Trains to the end, and examines what came out.
  ///
  /// - Throws: `ToolError.interrupted` after Ctrl-C, when what is needed to go on is kept.
  func train() throws -> TrainingReport {
    let memory = loop.trainer.memory
    let parameters = (
      all: run.task.parameters.reduce(0) { $0 + $1.count },
      trained: run.task.plan.trainable.reduce(0) { $0 + $1.count }
    )
    let work =
      6 * Double(parameters.all) * Double(run.task.tokensPerBatch)
      * Double(settings.accumulation) * Double(settings.steps)
    let saysMemory = !isQuiet && work > Self.longWork
    if saysMemory { tool.say(MemoryEstimate.line(memory, words)) }
    // Nobody must go on with an earlier run in the belief that it is this one.
    if begins { folder.removeCheckpoint() }
    let ending = try trainSteps()
    let keptStep = loop.settle()
    let scores = try examine()
    if saysMemory, let peak = MachineMemory.peak {
      tool.say(MemoryEstimate.comparison(memory, peak: peak, words))
    }
    return TrainingReport(
      settings: settings, log: loop.log, scores: scores, measures: try run.measures(),
      sample: try run.sample(), memory: memory, parameters: parameters, ending: ending,
      keptStep: keptStep)
  }

  private func trainSteps() throws -> TrainingLoop.Ending {
    let progress = TrainingProgress(
      steps: settings.steps, leftLabel: words.say(es: "restante", en: "left"), isQuiet: isQuiet,
      tool)
    defer { progress.end() }
    var (last, lastStep) = (Interrupts.seconds, loop.trainer.stepCount)
    let start = last
    do {
      return try Interrupts.deferring { isInterrupted in
        let ending = try loop.train(
          isDue: { step in
            guard step > lastStep else { return false }
            if let checkpointSteps { return step % checkpointSteps == 0 }
            return Interrupts.seconds - last > Self.secondsBetween
          },
          isInterrupted: isInterrupted,
          keep: { snapshot in
            try keep(snapshot)
            (last, lastStep) = (Interrupts.seconds, snapshot.state.stepCount)
          }, report: progress.show)
        if case .failed = ending { return ending }
        // What was trained is not lost while it is examined.
        let isLong = Interrupts.seconds - start > Self.secondsWorthKeeping
        if isLong || checkpointSteps != nil || isInterrupted() { try keep(loop.snapshot) }
        if isInterrupted() { throw ToolError.interrupted }
        return ending
      }
    } catch ToolError.interrupted {
      progress.end()
      sayHowToGoOn()
      throw ToolError.interrupted
    }
  }

  private func examine() throws -> [Score] {
    let progress = Progress(words.say(es: "examinando", en: "examining"), tool)
    defer { progress.end() }
    return try run.scores { if !isQuiet { progress.show($0) } }
  }

  private func keep(_ snapshot: TrainingSnapshot) throws {
    let checkpoint = TrainingCheckpoint(
      configuration: configuration.text, inputs: inputs, snapshot: snapshot)
    try folder.keep(checkpoint)
  }

  private func sayHowToGoOn() {
    let path = printable(folder.shown(TrainingCheckpoint.path))
    let command = CommandText.proposal(["train", "--resume", "--out", folder.shown])
    tool.say(
      words.say(
        es: "Lo entrenado queda en \(path)", en: "What was trained is kept in \(path)")
        + (command.map { words.say(es: "; para seguir: ", en: "; to go on: ") + $0 } ?? ""))
  }

  // MARK: Results

  /// Writes the model and all that was measured, and removes the checkpoint.
  ///
  /// - Returns: The paths of the files as the user reads them.
  /// - Throws: `ToolError` or `InterchangeError`; earlier files and the checkpoint are then as they were.
  func write(_ report: TrainingReport) throws -> [String] {
    var drawn = try draw(report.log, keptStep: report.keptStep, [.png, .svg])
    for (name, picture) in try run.figures(report.scores) { drawn += try draw(picture, name) }
    let text = JSONNode.object(report.json + identities).serialized() + "\n"
    let measured: [(name: String, bytes: [UInt8])] =
      [
        (ResultFolder.configurationName, Array(configuration.text.utf8)),
        ("metrics.csv", Array(report.log.csv.utf8)),
        ("metrics.jsonl", Array(report.log.jsonLines.utf8)),
      ] + drawn.map { (name: $0.path, bytes: $0.bytes) }
      // Who finds the report finds all the rest.
      + [(TrainCommand.reportName, Array(text.utf8))]
    return try folder.write(run.fileNames + measured.map(\.name)) { staging in
      try run.write(to: staging)
      try AtomicFile.write(
        measured.map { (path: Paths.joined(staging, $0.name), bytes: $0.bytes) })
    }
  }

  /// Draws what was learned.
  ///
  /// A name of the user's that the typefaces cannot write costs the picture alone.
  private func draw(_ picture: Picture, _ name: String) throws -> [DrawnFile] {
    do {
      return try configuration.figure.draw(
        picture, id: name, name: name, formats: [.png, .svg], command: command, words, tool)
    } catch let problem as RenderingError {
      tool.say(
        words.say(es: "\(name) no se dibuja: ", en: "\(name) is not drawn: ")
          + printable("\(problem)"))
      return []
    }
  }

  /// What tells later whether base and data are still those of the run.
  private var identities: [(String, JSONNode)] {
    var members: [(String, JSONNode)] = []
    if let dataHash { members.append((TrainedInputs.data, .string(dataHash))) }
    if settings.base != nil || dataHash != nil {
      members.append((TrainedInputs.all, .string(inputs)))
    }
    return members
  }

  private func draw(
    _ log: TrainingLog, keptStep: Int, _ formats: [FigureFormat]
  ) throws -> [DrawnFile] {
    let curve = LossCurve(
      losses: log.steps.isEmpty ? [1] : log.steps.map { Double($0.loss) },
      heldOut: log.measurements.map { .init(step: $0.step, loss: Double($0.loss)) },
      keptStep: settings.keep == .best ? keptStep : nil)
    return try configuration.figure.draw(
      curve.picture, id: "loss", name: Self.figureName, formats: formats,
      command: command, words, tool)
  }

  /// The command that makes the files again.
  private var command: String {
    var parts = [Tool.name, "train"]
    let json = JSONNode.object(settings.json)
    if case .file(let path) = settings.source {
      parts += ["--data", path]
    } else {
      parts.append(settings.source.name)
    }
    for setting in TrainingSetting.all {
      guard let value = json[setting.name], let word = setting.word(value) else { continue }
      parts.append("--\(setting.option.name)")
      if setting.option.value != nil { parts.append(word) }
    }
    parts += configuration.figure.arguments(words)
    return parts.map(CommandText.quoted).joined(separator: " ")
  }
}
