internal import Course
internal import Datasets
internal import Demonstrations
internal import Drawing
internal import Experiments
internal import Interchange
internal import Models
internal import Training

/// Measures a trained model: on the school exam, on what was set apart, or on a file.
struct EvaluateCommand: Command {
  static let configuration = CommandConfiguration(
    name: "evaluate", summary: "measure a trained model on what it has not seen",
    arguments: [.init(name: "dir", summary: "the folder of a model that train wrote")],
    options: ModelChoice.options + [
      .init(
        "data", "FILE", "ask about all of a .csv, .txt or .jsonl, not about what was set apart"),
      .init("subject", "LIST", "addition,subtraction,multiplication,division; all if not said"),
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("json", nil, "print the scores as JSON"),
    ],
    examples: [
      "\(Tool.name) evaluate base --adapter divisions --subject division",
      "\(Tool.name) evaluate moons",
      "\(Tool.name) evaluate mine --data more.jsonl",
    ])

  let choice: ModelChoice
  let data: String?
  let subjects: [Exercise.Subject]?
  let language: Language?
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    choice = ModelChoice(arguments)
    data = arguments.value("data")
    subjects = try arguments.subjects()
    language = try arguments.language()
    isJSON = arguments.has("json")
    if data != nil, subjects != nil {
      throw .usage("--data and --subject exclude each other", command: "evaluate")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    let progress = Progress(words.say(es: "examinando", en: "examining"), tool)
    defer { progress.end() }
    let (scores, measures) = try measured(tool, progress.show)
    progress.end()
    if isJSON {
      tool.print(
        JSONNode.object([
          ("scores", ScoreText.json(scores)), ("measures", Measure.json(measures)),
        ]).serialized())
    } else {
      if !scores.isEmpty { tool.print(ScoreText.lines(scores, words)) }
      if !scores.isEmpty, !measures.isEmpty { tool.print("") }
      for measure in measures { tool.print(measure.line(words, isHeldOut: data == nil)) }
    }
    return .success
  }

  private func measured(
    _ tool: Tool, _ progress: (Double) -> Void
  ) throws -> (scores: [Score], measures: [Measure]) {
    let place = Paths.joined(tool.workingDirectory, choice.folder)
    switch TrainedFolder(place) {
    case .transformer, nil: return try transformer(tool, progress)
    case .perceptron: return try perceptron(place, tool)
    case .knownRank:
      for (isGiven, name) in [
        (choice.adapter != nil, "adapter"), (choice.isFourBit, "four-bit"), (data != nil, "data"),
        (subjects != nil, "subject"),
      ] where isGiven {
        throw ToolError.usage(
          "--\(name) is not for a task of known rank, which has all it needs in its folder",
          command: "evaluate")
      }
      return ([], try KnownRankEvaluation(folder: place, shown: choice.folder).measures)
    case .adapter: throw choice.isAdapterAlone
    }
  }

  private func transformer(
    _ tool: Tool, _ progress: (Double) -> Void
  ) throws -> (scores: [Score], measures: [Measure]) {
    let (model, tokenizer) = try choice.load(tool)
    let data = try questions(model, tokenizer, tool)
    let scores = try Examination(model: model, tokenizer: tokenizer)
      .scores(data.questions, progress: progress)
    return (scores, try data.heldOut.map { try LanguageMeasures.of(model, $0) } ?? [])
  }

  /// What a transformer is asked, and the sequences that its loss is measured on.
  private func questions(
    _ model: Transformer, _ tokenizer: CharacterTokenizer, _ tool: Tool
  ) throws -> (questions: [PromptAnswer], heldOut: LanguageExamples?) {
    let length = min(model.configuration.longestSequence, LanguageData.textLength)
    if let data {
      let place = Paths.joined(tool.workingDirectory, data)
      let all: LanguageData
      if TrainingSettings.Source.isText(data) {
        all = try LanguageData(
          examining: TextFile(path: place).text, path: data, tokenizer: tokenizer, length: length)
      } else if TrainingSettings.Source.isLines(data) {
        all = try LanguageData(examining: place, tokenizer: tokenizer)
      } else {
        throw ToolError.usage(
          "--data is a .txt or .jsonl file for a transformer, not “\(printable(data))”",
          command: "evaluate")
      }
      return (all.questions, try all.heldOutExamples())
    }
    let training = try choice.training(tool)
    if subjects == nil, let training, training.settings.source != .exam {
      guard training.settings.source.isLanguage else { throw choice.isOfOtherKind }
      try choice.checkData(training, tool)
      let data = try LanguageData(training.settings, tokenizer: tokenizer, length: length, tool)
      return (data.questions, try data.heldOutExamples())
    }
    guard tokenizer == .exam else {
      throw ToolError.failure(
        "\(printable(choice.folder)): its characters are not those of the exam; say --data with a "
          + "file to ask about")
    }
    return (try LanguageData.questions(of: subjects ?? Exercise.Subject.allCases), nil)
  }

  private func perceptron(
    _ place: String, _ tool: Tool
  ) throws -> (scores: [Score], measures: [Measure]) {
    for (isGiven, name) in [(choice.isFourBit, "four-bit"), (subjects != nil, "subject")]
    where isGiven {
      throw ToolError.usage("--\(name) is for transformers", command: "evaluate")
    }
    let model = try PerceptronModel(folder: place, shown: choice.folder)
    let network = try model.frozen(
      adapter: choice.adapter.map { (Paths.joined(tool.workingDirectory, $0), $0) })
    let evaluation = PerceptronEvaluation(model, network)
    if let data {
      let table = try TableDataset(
        path: Paths.joined(tool.workingDirectory, data), schema: model.schema)
      return (
        try evaluation.scores(table.examples, group: Score.asked),
        try evaluation.measures(table.examples)
      )
    }
    guard let training = try choice.training(tool) else {
      throw ToolError.failure(
        "\(printable(choice.folder)): there is no \(TrainCommand.reportName) that says what it "
          + "learned; say --data with a file to ask about")
    }
    let settings = training.settings
    guard settings.source.model == .perceptron else { throw choice.isOfOtherKind }
    try choice.checkData(training, tool)
    let heldOut = try PerceptronData(
      settings.source, known: model.schema, seed: settings.seed, tool
    ).split.validation
    guard heldOut.features == model.sizes[0] else { throw choice.isOfOtherKind }
    return (
      try evaluation.scores(heldOut, group: Score.heldOut), try evaluation.measures(heldOut)
    )
  }
}
