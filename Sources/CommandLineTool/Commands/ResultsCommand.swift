internal import Course
internal import Drawing
internal import Experiments
internal import FoundationEssentials
internal import Interchange

/// Lists what a lesson trains and where the results are kept, or trains it and writes them.
struct ResultsCommand: Command {
  static let configuration = CommandConfiguration(
    name: "results", summary: "list what a lesson trains, or train it and ship the results",
    arguments: [.init(name: "lesson", summary: "the lesson, as list names it")],
    options: [
      .init("write", nil, "train what has no result yet and write all beside the lessons"),
      .init("retrain", nil, "with --write: train everything again"),
      .init("quick", nil, "list the smaller trainings of --quick"),
      .init("lang", "es|en", "the language of what is printed"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: [
      "\(Tool.name) results overfitting", "\(Tool.name) results overfitting --write --retrain",
    ])

  let writes: Bool
  let options: RunOptions

  init(_ arguments: ParsedArguments) throws(ToolError) {
    writes = arguments.has("write")
    var words = [arguments.argument(0) ?? "", "--plain"]
    for name in ["retrain", "quick"] where arguments.has(name) { words.append("--\(name)") }
    for name in ["lang", "lessons"] {
      if let value = arguments.value(name) { words.append("--\(name)=\(value)") }
    }
    options = try RunOptions(of: "results", words: words)
    if options.retrains, !writes {
      throw .usage("--retrain goes with --write", command: "results")
    }
    if options.isQuick, writes {
      throw .usage("what is written is the whole training: --quick only lists", command: "results")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let lesson = try tool.catalogue(options.lessonsFolder).lesson(
      options.lesson ?? "", for: "results")
    let words = options.words(tool)
    let records = TrainedRecords(
      lesson: lesson, retrains: options.retrains, words: words, tool)
    let session = LessonSession(
      lesson: lesson, options: options, weights: nil, records: records, tool)
    let experiments = try session.experiments(for: lesson.plan.steps)
    guard writes else {
      for line in lines(experiments, records, words) { tool.print(line) }
      return .success
    }
    let found = try records(experiments)
    let path = Paths.normalized(
      Paths.joined(lesson.folder, "../\(RecordStore.shippedFolder)/\(lesson.plan.id).json"))
    let file = RecordFile(
      command: "\(Tool.name) results \(lesson.plan.id) --write --retrain",
      base: records.baseHash,
      entries: experiments.compactMap { experiment in
        found[experiment.key].map {
          .init(key: experiment.key, usesBase: experiment.usesBase, record: $0)
        }
      })
    do {
      try FileManager.default.createDirectory(
        atPath: Paths.parent(path), withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(path: Paths.parent(path), reason: "the folder cannot be made")
    }
    try Interrupts.protecting { mayGoOn in
      try mayGoOn()
      try AtomicFile.write(file.text, to: path)
    }
    tool.print(Paths.shown(path, from: tool.workingDirectory))
    return .success
  }

  private func lines(
    _ experiments: [any Experiment], _ records: TrainedRecords, _ words: Words
  ) -> [String] {
    guard !experiments.isEmpty else {
      return [words.say(es: "La lección no entrena nada.", en: "The lesson trains nothing.")]
    }
    return experiments.map { experiment in
      let place =
        switch records.place(of: experiment) {
        case .shipped: words.say(es: "incluido ", en: "shipped  ")
        case .cached: words.say(es: "guardado ", en: "cached   ")
        case nil: words.say(es: "falta    ", en: "missing  ")
        }
      return place + experiment.key
    }
  }
}
