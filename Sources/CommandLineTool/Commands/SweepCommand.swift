internal import Autograd
internal import Course
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// Trains with every combination of ranks, rates and seeds, on one machine or many, and gathers the results.
struct SweepCommand: Command {
  static let configuration = CommandConfiguration(
    name: "sweep", summary: "train with many ranks, rates and seeds, and compare",
    arguments: [
      .init(
        name: "task", summary: "what train takes, such as exam; or collect, which gathers results",
        isRequired: false),
      .init(name: "dir", summary: "with collect, the folder of the sweep", isRequired: false),
    ],
    options: trainingOptions + sweepOptions + FigureChoice.options + lastOptions,
    examples: [
      "\(Tool.name) sweep exam --method lora --base base --ranks 1,8 --rates 0.005 "
        + "--seeds 1-5 -o sweep",
      "\(Tool.name) sweep collect sweep",
    ])

  static let collects = "collect"

  private static let trainingOptions = TrainingSettings.options.filter {
    !["rank", "lr", "seed"].contains($0.name)
  }
  private static let sweepOptions: [CommandConfiguration.Option] = [
    .init("ranks", "LIST", "the ranks of the adapters, such as 1,2,8 or 1-8"),
    .init("rates", "LIST", "the learning rates, such as 0.001,0.005"),
    .init("seeds", "LIST", "the seeds, such as 1-5"),
    .init("config", "FILE", "a JSON file of settings, as train writes; options count more"),
    .init("shard", "I/N", "train only the I-th of N parts, as many machines do"),
    .init("jobs", "N", "how many are trained at a time; one for each core if not said"),
    .init("out", letter: "o", "DIR", "the folder of the sweep, which may be a shared one"),
  ]
  private static let lastOptions: [CommandConfiguration.Option] = [
    .init("force", nil, "make results again that were made with other settings"),
    .init("quiet", letter: "q", nil, "say nothing but errors"),
    .init("json", nil, "collect: print everything as JSON"),
  ]

  let arguments: ParsedArguments
  let ranks: [Int]?
  let rates: [Double]?
  let seeds: [UInt64]?
  let shard: (index: Int, count: Int)
  let jobs: Int?
  let outputFolder: String
  let mayReplace: Bool
  let figure: FigureChoice
  let isQuiet: Bool
  let isJSON: Bool

  private var isCollecting: Bool { arguments.argument(0) == Self.collects }

  init(_ arguments: ParsedArguments) throws(ToolError) {
    self.arguments = arguments
    func failure(_ text: String) -> ToolError { .usage(text, command: "sweep") }
    ranks = try arguments.wholes("ranks", in: 1...1 << 16)
    let wholeSeeds: [Int]? = try arguments.wholes("seeds", in: 0...Int.max)
    seeds = wholeSeeds.map { numbers in numbers.map { UInt64($0) } }
    rates = try arguments.rates()
    shard = try arguments.shard()
    jobs = try arguments.whole("jobs", in: 1...64)
    mayReplace = arguments.has("force")
    figure = try FigureChoice(arguments)
    isQuiet = arguments.has("quiet")
    isJSON = arguments.has("json")
    let collects = arguments.argument(0) == Self.collects
    if !collects, let extra = arguments.argument(1) {
      throw failure("sweep does not take “\(extra)”; --out names the folder")
    }
    guard let output = collects ? arguments.argument(1) : arguments.value("out"), !output.isEmpty
    else {
      throw failure(
        collects
          ? "sweep collect needs the folder of the sweep"
          : "sweep needs --out with the folder to use"
      )
    }
    outputFolder = output
    if collects {
      let kept = Set(FigureChoice.options.map(\.name) + ["quiet", "json"])
      for option in Self.configuration.options
      where arguments.has(option.name) && !kept.contains(option.name) {
        throw failure("sweep collect does not take --\(option.name)")
      }
      if isQuiet, isJSON { throw failure("--json and --quiet exclude each other") }
    } else if isJSON {
      throw failure("--json is for sweep collect")
    }
    guard SweepPlan.count(ranks?.count ?? 1, rates?.count ?? 1, seeds?.count ?? 1) != nil else {
      throw failure("a sweep has at most \(SweepPlan.mostCells) trainings")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    isCollecting ? try collect(tool) : try train(tool)
  }

  // MARK: Training

  private func train(_ tool: Tool) throws -> ExitCode {
    let words = figure.words(tool)
    let (settings, keepsAlpha) = try settings(tool)
    let root = Paths.joined(tool.workingDirectory, outputFolder)
    let plan = SweepPlan(
      settings, keepsAlpha: keepsAlpha, ranks: ranks, rates: rates, seeds: seeds, tool)
    try SweepRunner.check(plan, tool)
    try keep(plan, root, tool)
    var (open, done) = ([SweepPlan.Cell](), 0)
    for (index, cell) in plan.cells.enumerated() where index % shard.count == shard.index - 1 {
      if try isDone(cell, plan, root) { done += 1 } else { open.append(cell) }
    }
    try train(open, done, plan, root, words, tool)
    if !isQuiet {
      let (now, before) = (words.integer(open.count), words.integer(done))
      tool.print(
        words.say(
          es: "\(now) entrenamientos hechos ahora y \(before) de antes, en "
            + Paths.joined(outputFolder, SweepPlan.resultsName),
          en: "\(now) trainings done now and \(before) before, in "
            + Paths.joined(outputFolder, SweepPlan.resultsName)))
      for line in CommandText.proposalLines(["sweep", Self.collects, outputFolder], words) {
        tool.print(line)
      }
    }
    return .success
  }

  /// Whether a result is there; with `--force` one that cannot be used counts as none.
  private func isDone(_ cell: SweepPlan.Cell, _ plan: SweepPlan, _ root: String) throws -> Bool {
    do {
      return try SweepResult(cell, of: plan, folder: root, shown: outputFolder) != nil
    } catch {
      guard mayReplace else { throw error }
      return false
    }
  }

  /// What all trainings have in common, and whether alpha is the same for all ranks.
  private func settings(_ tool: Tool) throws -> (settings: TrainingSettings, keepsAlpha: Bool) {
    do {
      var values = try SettingValues.of(arguments, tool).values
      if let rate = rates?.first { try values.set("learningRate", .number(rate)) }
      let settings = try TrainingSettings(values)
      if !settings.method.isAdapter, ranks != nil {
        throw ToolError.usage("--ranks needs --method lora or qlora", command: "sweep")
      }
      return (settings, values.has("alpha"))
    } catch ToolError.usage(let text, _) {
      throw ToolError.usage(text, command: "sweep")
    }
  }

  /// Puts the plan into the folder, or joins it with the one that is there.
  private func keep(_ plan: SweepPlan, _ root: String, _ tool: Tool) throws {
    let files = FileManager.default
    var kept = plan
    if files.fileExists(atPath: Paths.joined(root, SweepPlan.fileName)) {
      let there = try SweepPlan(folder: root, shown: outputFolder)
      if let difference = plan.difference(from: there) {
        guard mayReplace else {
          throw ToolError.cannotCreate(
            path: outputFolder,
            reason:
              "a sweep with other settings is there: \(difference); choose another folder, or "
              + "--force makes it again")
        }
      } else {
        kept = plan.joined(with: there)
        if kept == there { return }
      }
    } else {
      let folder = StagedFolder(shown: outputFolder, mayReplace: mayReplace, tool: tool)
      try folder.check(inputs: [], mark: SweepPlan.fileName, command: "sweep")
    }
    do {
      try files.createDirectory(atPath: root, withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(path: outputFolder, reason: "the folder cannot be made")
    }
    try Interrupts.protecting { _ in
      try AtomicFile.write(
        kept.json.serialized() + "\n", to: Paths.joined(root, SweepPlan.fileName))
    }
  }

  private func train(
    _ cells: [SweepPlan.Cell], _ before: Int, _ plan: SweepPlan, _ root: String, _ words: Words,
    _ tool: Tool
  ) throws {
    guard !cells.isEmpty else { return }
    let runner = SweepRunner(
      plan: plan, folder: root, jobs: jobs ?? Threads.processors.count, tool: tool)
    let progress = SweepProgress(
      count: cells.count, isQuiet: isQuiet, words, tool)
    defer { progress.end() }
    try runner.run(cells) { event in
      switch event {
      case .progress(let share): progress.show(share)
      case .finished(let cell, let score, let stop):
        let text = score.map { words.percentage($0, 1) } ?? "–"
        progress.finish(
          "\(cell.name)  \(text)"
            + (stop == nil ? "" : words.say(es: "  (se paró antes)", en: "  (stopped early)")))
      }
    }
  }

  // MARK: Collecting

  private func collect(_ tool: Tool) throws -> ExitCode {
    let words = figure.words(tool)
    let root = Paths.joined(tool.workingDirectory, outputFolder)
    let plan = try SweepPlan(folder: root, shown: outputFolder)
    let summary = try SweepSummary(plan, folder: root, shown: outputFolder)
    var files: [(name: String, bytes: [UInt8])] = [
      ("summary.csv", Array(summary.csv.utf8)),
      ("summary.json", Array((summary.json.serialized() + "\n").utf8)),
    ]
    if let curves = summary.curves {
      let look = figure.arguments(words)
      let command = CommandText.quoted(outputFolder)
      let name =
        "scores-\(words.language.rawValue)"
        + (figure.theme.name == Theme.light.name ? "" : "-\(figure.theme.name)")
      let drawn = try figure.draw(
        curves.picture, id: "scores", name: name, formats: [.png, .svg],
        command: "\(Tool.name) sweep \(Self.collects) \(command) \(look.joined(separator: " "))",
        words, tool)
      files += drawn.map { (name: $0.path, bytes: $0.bytes) }
    }
    let paths = try OutputFiles(folder: outputFolder, mayReplace: true, tool: tool).write(files)
    if isJSON {
      tool.print(summary.json.serialized())
    } else if !isQuiet {
      for line in summary.lines(words) { tool.print(line) }
      tool.print("")
      for path in paths { tool.print(path) }
    }
    return .success
  }
}
