internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange

/// Writes a trained model as other programs want it.
struct ExportCommand: Command {
  static let configuration = CommandConfiguration(
    name: "export", summary: "write a trained model for transformers, bitsandbytes and PEFT",
    arguments: [.init(name: "base", summary: "a Llama folder, such as train writes")],
    options: [
      .init("as", "KIND", "merged, nf4, adapter or recipe; merged if not said"),
      .init("recipe", nil, "a training script for transformers and PEFT, as --as recipe says"),
      .init("adapter", "DIR", "the adapter that was trained beside the base"),
      .init("four-bit", nil, "merged: bring the base to NF4 first, as qlora does"),
      .init("data", "FILE", "recipe: where the file of train's --data lies now"),
      .init("out", letter: "o", "DIR", "the folder to write"),
      .init("force", nil, "replace the files of an earlier export of the same kind"),
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("quiet", letter: "q", nil, "say nothing but errors"),
      .init("json", nil, "print the report as JSON"),
    ],
    examples: [
      "\(Tool.name) export base --adapter divisions --as merged --out whole",
      "\(Tool.name) export base --as nf4 --out base-4bit",
      "\(Tool.name) export base --adapter divisions --recipe --out recipe",
    ])

  let base: String
  let adapter: String?
  let kind: ExportKind
  let isFourBit: Bool
  let data: String?
  let outputFolder: String
  let mayReplace: Bool
  let language: Language?
  let isQuiet: Bool
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    base = arguments.argument(0) ?? ""
    adapter = arguments.value("adapter")
    let name = try arguments.choice("as", among: ExportKind.allCases.map(\.rawValue))
    let named = name.flatMap(ExportKind.init(rawValue:))
    kind = arguments.has("recipe") ? .recipe : named ?? .merged
    if let named, named != kind {
      throw .usage("--recipe and --as \(named.rawValue) exclude each other", command: "export")
    }
    isFourBit = arguments.has("four-bit")
    data = arguments.value("data")
    guard let output = arguments.value("out"), !output.isEmpty else {
      throw .usage("export needs --out with the folder to write", command: "export")
    }
    outputFolder = output
    mayReplace = arguments.has("force")
    language = try arguments.language()
    isQuiet = arguments.has("quiet")
    isJSON = arguments.has("json")
    if isQuiet, isJSON {
      throw .usage("--json and --quiet exclude each other", command: "export")
    }
    if isFourBit, kind != .merged {
      throw .usage("--four-bit is for --as merged", command: "export")
    }
    if data != nil, kind != .recipe {
      throw .usage("--data is for --as recipe", command: "export")
    }
    switch kind {
    case .merged, .recipe: break
    case .nf4 where adapter != nil:
      throw .usage(
        "--as nf4 writes the base alone, beside which PEFT puts the adapter as it is; leave out "
          + "--adapter", command: "export")
    case .adapter where adapter == nil:
      throw .usage("--as adapter needs --adapter with a folder that train wrote", command: "export")
    case .nf4, .adapter: break
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    let source = try ExportSource(base: base, adapter: adapter, tool)
    let output = StagedFolder(shown: outputFolder, mayReplace: mayReplace, tool: tool)
    try output.check(
      inputs: [base] + (adapter.map { [$0] } ?? []), mark: kind.mark, command: "export")
    let recipe = kind == .recipe ? try RecipeExport(source, data: data, tool) : nil
    if kind == .merged { advise(source, words, tool) }
    let progress = Progress(words.say(es: "exportando", en: "exporting"), tool)
    defer { progress.end() }
    var merged: [MergedTensor] = []
    let paths = try output.write { folder in
      func show(_ share: Double) throws {
        try Interrupts.check()
        if !isQuiet { progress.show(share) }
      }
      switch kind {
      case .merged:
        merged = try source.writeMerged(to: folder, quantizingFirst: isFourBit, progress: show)
      case .nf4: try source.writeFourBit(to: folder)
      case .adapter: try source.writeAdapter(to: folder)
      case .recipe: try recipe?.write(to: folder, progress: show)
      }
    }
    progress.end()
    if isJSON {
      tool.print(json(paths, merged, source).serialized())
    } else if !isQuiet {
      if !merged.isEmpty {
        for line in MergeReport.table(merged, words) { tool.print(line) }
        tool.print("")
      }
      for path in paths { tool.print(path) }
      for line in next(words) { tool.print(line) }
    }
    return .success
  }

  /// An adapter that learned beside four bits answers best beside them.
  private func advise(_ source: ExportSource, _ words: Words, _ tool: Tool) {
    guard source.learnedBesideFourBits, source.checkpoint.quantization == nil, !isFourBit, !isQuiet,
      let adapter
    else { return }
    tool.say(
      words.say(
        es:
          "\(printable(adapter)): se entrenó junto a la base en NF4; con --four-bit se suma a esos "
          + "números, y sin él, a los originales",
        en:
          "\(printable(adapter)): it was trained beside the base in NF4; with --four-bit it is added "
          + "to those numbers, and without it to the original ones"))
  }

  private func next(_ words: Words) -> [String] {
    switch kind {
    case .merged, .nf4: CommandText.proposalLines(["inspect", outputFolder], words)
    case .adapter: CommandText.proposalLines(["evaluate", base, "--adapter", outputFolder], words)
    case .recipe:
      [
        "",
        words.say(es: "Para seguir: ", en: "Next: ")
          + "torchrun --standalone --nproc-per-node 2 "
          + CommandText.quoted(Paths.joined(outputFolder, RecipeExport.scriptName)),
      ]
    }
  }

  private func json(
    _ paths: [String], _ merged: [MergedTensor], _ source: ExportSource
  ) -> JSONNode {
    .object(
      [
        ("kind", .string(kind.rawValue)), ("base", .string(base)),
        ("adapter", adapter.map(JSONNode.string) ?? JSONNode(.null)),
        ("files", .array(paths.map(JSONNode.string))),
      ] + (kind == .merged ? [("tensors", MergeReport.json(merged))] : []))
  }
}
