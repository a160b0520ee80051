internal import Course
internal import Datasets
internal import Experiments
internal import Interchange
internal import Models

/// Lets a trained model go on with a text.
struct GenerateCommand: Command {
  static let configuration = CommandConfiguration(
    name: "generate", summary: "let a trained model go on with a text",
    arguments: ModelChoice.arguments,
    options: ModelChoice.options + [
      .init("prompt", "TEXT", "what the model goes on with, such as 12+7="),
      .init("temperature", "T", "draw at random; low is careful. The likeliest if not said"),
      .init("seed", "N", "the seed of drawing; 7 if not said"),
      .init(
        "length", "N", "the most characters to write; what the model reads at once if not said"),
      .init("compare", nil, "the base alone first, and then with --adapter"),
    ],
    examples: [
      "\(Tool.name) generate base --prompt 12+7=",
      "\(Tool.name) generate base --adapter divisions --prompt 97/4= --compare",
      "\(Tool.name) generate story --prompt Once --temperature 0.5 --length 300",
    ])

  let choice: ModelChoice
  let prompt: String
  let temperature: Double?
  let seed: UInt64
  let length: Int?
  let compares: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    choice = ModelChoice(arguments)
    guard let prompt = arguments.value("prompt") else {
      throw .usage("generate needs --prompt with a text to go on with", command: "generate")
    }
    self.prompt = prompt
    temperature = try arguments.positive("temperature")
    if arguments.has("seed"), temperature == nil {
      throw .usage(
        "--seed needs --temperature: the likeliest is always the same", command: "generate")
    }
    seed = UInt64(try arguments.whole("seed", in: 0...Int.max) ?? 7)
    length = try arguments.whole("length", in: 1...100_000)
    compares = arguments.has("compare")
    if compares, choice.adapter == nil {
      throw .usage("--compare needs --adapter with what to compare", command: "generate")
    }
  }

  /// An answer is never longer unless it was asked for, whatever the model would allow.
  private static let mostTokens = 512

  func run(_ tool: Tool) throws -> ExitCode {
    let adapted = try text(of: choice.load(tool))
    guard compares else {
      print(prompt + adapted, tool)
      return .success
    }
    print(try "\(choice.folder): " + prompt + text(of: choice.load(tool, isAdapted: false)), tool)
    print("\(choice.adapter ?? ""): " + prompt + adapted, tool)
    return .success
  }

  private func print(_ text: String, _ tool: Tool) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      tool.print(printable(String(line), limit: .max))
    }
  }

  /// What the model writes behind the prompt.
  private func text(of model: (model: Transformer, tokenizer: CharacterTokenizer)) throws -> String
  {
    let longest = min(model.model.configuration.longestSequence, Self.mostTokens)
    let count = prompt.unicodeScalars.count
    guard length != nil || count + 1 < longest else {
      throw ToolError.usage(
        "--prompt has \(count) characters, and the model reads \(longest - 2); say --length to go "
          + "on from its end", command: "generate")
    }
    do {
      return try TextSample(model.model, model.tokenizer).text(
        after: prompt, count: length ?? longest - count - 1,
        choice: temperature.map { .sampling(temperature: $0, seed: seed) } ?? .greedy)
    } catch let error as CharacterTokenizer.UnknownCharacter {
      throw ToolError.usage("--prompt: \(error)", command: "generate")
    }
  }
}
