internal import Course
internal import Datasets
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import Models

/// Which trained model is meant: its folder, with an adapter if there is one.
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

  /// The transformer of the folder; `isAdapted` says whether the adapter stands beside it.
  func load(
    _ tool: Tool, isAdapted: Bool = true
  ) throws -> (model: Transformer, tokenizer: CharacterTokenizer) {
    func place(_ path: String) -> String { Paths.joined(tool.workingDirectory, path) }
    switch TrainedFolder(place(folder)) {
    case .perceptron?, .knownRank?:
      throw ToolError.failure(
        "\(printable(folder)): it is no transformer, and writes nothing; "
          + "\(Tool.name) evaluate measures it")
    case .adapter?: throw isAdapterAlone
    case .transformer?, nil: break
    }
    var base = try LanguageModel(folder: place(folder), shown: folder)
    if isFourBit { try base.quantize() }
    let chosen = isAdapted ? adapter : nil
    let model = try base.frozen(adapter: chosen.map { (folder: place($0), shown: $0) })
    return (model, base.tokenizer)
  }

  /// How the model, or the adapter if there is one, was trained; nothing where it is not known.
  ///
  /// - Throws: `ToolError.failure` for a record that `train` did not write.
  func training(_ tool: Tool) throws -> (settings: TrainingSettings, dataHash: String?)? {
    let shown = Paths.joined(adapter ?? folder, TrainCommand.reportName)
    guard
      let bytes = FileManager.default.contents(
        atPath: Paths.joined(tool.workingDirectory, shown)),
      let text = String(bytes: Array(bytes), encoding: .utf8)
    else { return nil }
    do {
      let record = try JSONParser.parse(text)
      return (try TrainingSettings(record: record), record[TrainedInputs.data]?.text)
    } catch ToolError.usage(let problem, _) {
      throw ToolError.failure("\(printable(shown)): \(problem)")
    } catch {
      throw ToolError.failure("\(printable(shown)): \(error)")
    }
  }

  /// Refuses a file of the user's that is not the one that was learned from: which of its examples were set
  /// apart could not be told.
  ///
  /// - Throws: `ToolError.failure`.
  func checkData(
    _ training: (settings: TrainingSettings, dataHash: String?), _ tool: Tool
  ) throws(ToolError) {
    guard case .file(let path) = training.settings.source, let known = training.dataHash,
      let found = TrainedInputs.hash(ofFile: Paths.joined(tool.workingDirectory, path)),
      known != found
    else { return }
    throw .failure(
      "\(printable(path)): it has changed since \(printable(adapter ?? folder)) was trained, so that "
        + "nobody can tell which of it was held out; --data with a file asks about all of that")
  }

  /// An adapter was named where its base is needed.
  var isAdapterAlone: ToolError {
    .failure(
      "\(printable(folder)): it is an adapter: name its base, and the adapter with --adapter")
  }

  /// What is known of the adapter is about another kind of model.
  var isOfOtherKind: ToolError {
    .failure(
      "\(printable(adapter ?? folder)): it was trained for another kind of model than is in "
        + printable(folder))
  }
}
