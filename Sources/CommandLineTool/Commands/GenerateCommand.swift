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
    ],
    examples: ["\(Tool.name) generate base --prompt 12+7="])

  let choice: ModelChoice
  let prompt: String
  let temperature: Double?
  let seed: UInt64

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
  }

  /// An answer is never longer, whatever the model would allow.
  private static let mostTokens = 512

  func run(_ tool: Tool) throws -> ExitCode {
    let (model, tokenizer) = try choice.load(tool)
    let tokens: [Int]
    do throws(CharacterTokenizer.UnknownCharacter) {
      tokens = try tokenizer.tokens(of: prompt)
    } catch {
      throw ToolError.usage("--prompt: \(error)", command: "generate")
    }
    let start = ([CharacterTokenizer.begin] + tokens).map(Int32.init)
    let longest = min(model.configuration.longestSequence, Self.mostTokens)
    guard start.count < longest else {
      throw ToolError.usage(
        "--prompt has \(tokens.count) characters, and the model reads \(longest - 2)",
        command: "generate")
    }
    let generator = try TextGenerator(model, batch: 1, length: longest)
    let answer = generator.continuations(
      of: [start], end: Int32(CharacterTokenizer.end),
      choice: temperature.map { .sampling(temperature: $0, seed: seed) } ?? .greedy)
    tool.print(printable(prompt + tokenizer.answer(of: (answer.first ?? []).map(Int.init))))
    return .success
  }
}
