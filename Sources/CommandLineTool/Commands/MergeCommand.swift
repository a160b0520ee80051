internal import Adapters
internal import Course
internal import Drawing
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra

/// Merges adapters that PEFT saved into base weights, or takes them out again.
struct MergeCommand: Command {
  static let configuration = CommandConfiguration(
    name: "merge", summary: "merge PEFT adapters into base weights, or take them out again",
    arguments: [
      .init(name: "base", summary: "a .safetensors file of base weights, or a Llama folder")
    ],
    options: [
      .init("adapter", "PATH", "a folder that PEFT saved, or its file of weights", repeats: true),
      .init(
        "weight", "W", "the factor of each adapter, in their order; 1 if not said", repeats: true),
      .init("out", letter: "o", "FILE", "the file to write, or the folder where the base is one"),
      .init("method", "METHOD", "cat, or " + MergeMethod.Name.others),
      .init("density", "D", "the share that ties, magnitude_prune and dare keep; 0.5 if not said"),
      .init("rank", "R", "the rank of svd; the largest of the adapters if not said"),
      .init("sign", "HOW", "how ties elects a sign: total or frequency"),
      .init("seed", "N", "the seed of dare; 7 if not said"),
      .init("unmerge", nil, "take the adapters out of merged weights"),
      .init("force", nil, "replace a file that is there already"),
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("json", nil, "print the report as JSON"),
    ],
    examples: [
      "\(Tool.name) merge model.safetensors --adapter lora-folder --out merged.safetensors",
      "\(Tool.name) merge base --adapter divisions --out whole",
      "\(Tool.name) merge base.safetensors --adapter a --adapter b --weight 1 --weight 2 -o c.safetensors",
      "\(Tool.name) merge merged.safetensors --adapter lora-folder --unmerge -o base.safetensors",
    ])

  let base: String
  let adapters: [String]
  let weights: [Double]
  let method: MergeMethod
  let outputPath: String
  let isUndoing: Bool
  let mayReplace: Bool
  let language: Language?
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    base = arguments.argument(0) ?? ""
    adapters = arguments.all("adapter")
    if adapters.isEmpty {
      throw .usage(
        "merge needs --adapter with the folder that PEFT saved, once for each adapter",
        command: "merge")
    }
    var weights: [Double] = []
    for word in arguments.all("weight") {
      guard let weight = Double(word), weight.isFinite else {
        throw .usage("--weight is a finite number such as 0.5, not “\(word)”", command: "merge")
      }
      weights.append(weight)
    }
    guard weights.isEmpty || weights.count == adapters.count else {
      throw .usage(
        "--weight stands once for each adapter or not at all: there are \(weights.count) weights "
          + "for \(adapters.count) adapters", command: "merge")
    }
    self.weights = weights.isEmpty ? adapters.map { _ in 1 } : weights
    method = try MergeMethod(arguments)
    guard let output = arguments.value("out"), !output.isEmpty else {
      throw .usage("merge needs --out with the file to write", command: "merge")
    }
    outputPath = output
    isUndoing = arguments.has("unmerge")
    mayReplace = arguments.has("force")
    language = try arguments.language()
    isJSON = arguments.has("json")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    func place(_ path: String) -> String { Paths.joined(tool.workingDirectory, path) }
    let output = place(outputPath)
    let folder = try BaseFolder(place(base), shown: base)
    let path = folder?.weightsPath ?? place(base)
    guard try WeightsFile.format(of: path) == .safetensors else {
      throw ToolError.failure("\(base): merging needs a .safetensors file")
    }
    let baseFile = try Safetensors(path: path)
    let opened = try adapters.map { try PEFTAdapter(path: place($0)) }
    for input in [baseFile] + opened.map(\.weights) where leadToOneFile(output, input.path) {
      throw ToolError.usage(
        "--out is \(Paths.shown(input.path, from: tool.workingDirectory)) itself, which is read; "
          + "choose another name", command: "merge")
    }
    let staged = StagedFolder(shown: outputPath, mayReplace: mayReplace, tool: tool)
    if folder != nil {
      try staged.check(inputs: [base] + adapters, mark: "config.json", command: "merge")
    } else {
      try checkFile(output, tool)
    }
    let combine = method.combination()
    let merge = try AdapterMerge(
      base: baseFile,
      adapters: zip(opened, weights).map { AdapterMerge.Weighted($0, weight: $1) },
      isUndoing: isUndoing, combine: combine)
    if weights == [1], method.name != .cat {
      tool.say(
        words.say(
          es: "Un solo adaptador con peso 1 se fusiona tal cual, sea cual sea --method",
          en: "A single adapter with a weight of 1 is merged as it is, whatever --method says"))
    }
    for (path, adapter) in zip(adapters, opened) where adapter.configuration.changesBase {
      warn(path, adapter, words, tool)
    }
    let progress = Progress(words.say(es: "fusionando", en: "merging"), tool)
    defer { progress.end() }
    var merged: [MergedTensor] = []
    func write(to path: String) throws {
      merged = try merge.write(to: path) { share in
        try Interrupts.check()
        progress.show(share)
      }
    }
    if let folder {
      _ = try staged.write { staging in
        try folder.copyDescription(to: staging)
        try write(to: Paths.joined(staging, BaseFolder.weightsName))
      }
    } else {
      try Interrupts.protecting { _ in try write(to: output) }
    }
    progress.end()
    let report = MergeReport(
      merged: merged, base: base, output: outputPath, adapters: adapters, weights: weights,
      method: method, tensorCount: baseFile.tensors.count, isUndoing: isUndoing)
    tool.print(isJSON ? report.json.serialized() : report.lines(words).joined(separator: "\n"))
    return .success
  }

  /// Refuses a file that is there, or whose folder is not.
  private func checkFile(_ output: String, _ tool: Tool) throws(ToolError) {
    try OutputFiles.check(outputPath, mayReplace, tool)
    var isFolder = false
    guard FileManager.default.fileExists(atPath: Paths.parent(output), isDirectory: &isFolder),
      isFolder
    else { throw .cannotCreate(path: outputPath, reason: "its folder is not there") }
  }

  /// The start of PiSSA and others took a part out of the base that the adapter was trained on.
  private func warn(_ path: String, _ adapter: PEFTAdapter, _ words: Words, _ tool: Tool) {
    let start = adapter.configuration.start ?? ""
    tool.say(
      words.say(
        es: "\(path): empezó con “\(start)” y pertenece a la base que dejó ese inicio, no a la "
          + "original; si esta es la original, una parte cuenta dos veces",
        en: "\(path): it started as “\(start)” and belongs to the base that this start left, not "
          + "to the original; if this is the original, a part counts twice"))
  }
}
