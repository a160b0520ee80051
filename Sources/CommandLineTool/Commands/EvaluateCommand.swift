internal import Course
internal import Datasets
internal import Demonstrations
internal import Drawing
internal import Experiments
internal import Interchange
internal import Models

/// Which trained model is meant: a Llama folder, with an adapter if there is one.
struct ModelChoice {
  static let arguments = [
    CommandConfiguration.Argument(name: "dir", summary: "a Llama folder that train wrote")
  ]
  static let options: [CommandConfiguration.Option] = [
    .init("adapter", "DIR", "an adapter that train wrote for it"),
    .init("four-bit", nil, "bring the base to NF4 first, as qlora does"),
  ]

  let folder: String
  let adapter: String?
  let isFourBit: Bool

  init(_ arguments: ParsedArguments) {
    folder = arguments.argument(0) ?? ""
    adapter = arguments.value("adapter")
    isFourBit = arguments.has("four-bit")
  }

  func load(_ tool: Tool) throws -> (model: Transformer, tokenizer: CharacterTokenizer) {
    func place(_ path: String) -> String { Paths.joined(tool.workingDirectory, path) }
    var base = try LanguageModel(folder: place(folder), shown: folder)
    if isFourBit { try base.quantize() }
    let model = try base.frozen(adapter: adapter.map { (folder: place($0), shown: $0) })
    return (model, base.tokenizer)
  }
}

/// Lets a trained model sit the school exam.
struct EvaluateCommand: Command {
  static let configuration = CommandConfiguration(
    name: "evaluate", summary: "let a trained model sit the school exam",
    arguments: ModelChoice.arguments,
    options: ModelChoice.options + [
      .init("subject", "LIST", "addition,subtraction,multiplication,division; all if not said"),
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("json", nil, "print the scores as JSON"),
    ],
    examples: ["\(Tool.name) evaluate base --adapter divisions --subject division"])

  let choice: ModelChoice
  let subjects: [Exercise.Subject]
  let language: Language?
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    choice = ModelChoice(arguments)
    subjects = try arguments.subjects() ?? Exercise.Subject.allCases
    language = try arguments.language()
    isJSON = arguments.has("json")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    let (model, tokenizer) = try choice.load(tool)
    guard tokenizer == .exam else {
      throw ToolError.failure("\(choice.folder): its characters are not those of the exam")
    }
    let progress = Progress(words.say(es: "examinando", en: "examining"), tool)
    defer { progress.end() }
    let scores = try Examination(model: model, tokenizer: tokenizer)
      .scores(LanguageData.questions(of: subjects), progress: progress.show)
    progress.end()
    tool.print(
      isJSON
        ? JSONNode.object([("scores", ScoreText.json(scores))]).serialized()
        : ScoreText.lines(scores, words))
    return .success
  }
}
