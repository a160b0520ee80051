internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange
internal import Quantization

/// Shows what a file of weights holds, or an adapter that PEFT saved.
struct InspectCommand: Command {
  static let configuration = CommandConfiguration(
    name: "inspect", summary: "show what a file of weights or a folder holds",
    arguments: [
      .init(
        name: "file",
        summary: "a .safetensors, .npy or .csv file, or a folder of a model or an adapter")
    ],
    options: [
      .init("tensor", "NAME", "one tensor, with more about it"),
      .init("statistics", nil, "read all numbers of a file of more than 256 MiB too"),
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("json", nil, "print everything as JSON"),
    ],
    examples: [
      "\(Tool.name) inspect model.safetensors",
      "\(Tool.name) inspect model.safetensors --tensor layer.weight",
      "\(Tool.name) inspect adapter-folder --lang en",
    ])

  /// Files up to this size are read as a whole without being asked to.
  static let largestReadFile = 256 << 20

  let path: String
  let tensor: String?
  let wantsStatistics: Bool
  let language: Language?
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    path = arguments.argument(0) ?? ""
    tensor = arguments.value("tensor")
    wantsStatistics = arguments.has("statistics")
    language = try arguments.language()
    isJSON = arguments.has("json")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    let place = Paths.joined(tool.workingDirectory, path)
    if PEFTAdapter.isAdapter(folder: place) {
      if tensor != nil {
        throw ToolError.usage(
          "--tensor chooses a tensor of a file; name the file in \(path)", command: "inspect")
      }
      let progress = Progress(words.say(es: "leyendo", en: "reading"), tool)
      defer { progress.end() }
      let report = try AdapterReport(
        PEFTAdapter(path: place), path: path, workingDirectory: tool.workingDirectory,
        progress: progress.show)
      progress.end()
      tool.print(
        isJSON ? report.json.serialized() : report.lines(words).joined(separator: "\n"))
      return .success
    }
    if tensor == nil, let report = try FolderReport(place, shown: path) {
      tool.print(
        isJSON ? report.json.serialized() : report.lines(words).joined(separator: "\n"))
      return .success
    }
    // A tensor of a model's folder is one of its file.
    let isModel = tensor != nil && BaseFolder.holdsModel(place)
    let inventory = try FileInventory(
      path: isModel ? Paths.joined(place, BaseFolder.weightsName) : place)
    let entries = try tensor.map { [try inventory.entry(named: $0)] } ?? inventory.entries
    let isRead = wantsStatistics || tensor != nil || inventory.byteCount <= Self.largestReadFile
    let statistics = isRead ? read(entries, of: inventory, words, tool) : []
    let report = FileReport(
      inventory: inventory, path: path, entries: entries, statistics: statistics,
      isDetailed: tensor != nil,
      fourBit: tensor == nil ? nil : try fourBit(inventory, entries[0], statistics[0]))
    tool.print(isJSON ? report.json.serialized() : report.lines(words).joined(separator: "\n"))
    return .success
  }

  private func read(
    _ entries: [FileInventory.Entry], of inventory: FileInventory, _ words: Words, _ tool: Tool
  ) -> [TensorStatistics?] {
    let progress = Progress(words.say(es: "leyendo", en: "reading"), tool)
    defer { progress.end() }
    let total = entries.reduce(0) { $0 + ($1.isWeight ? $1.count : 0) }
    var done = 0
    return entries.map { entry in
      inventory.statistics(of: entry) { count in
        done += count
        progress.show(Double(done) / Double(max(total, 1)))
      }
    }
  }

  /// What NF4 would do to a matrix; nothing for what it cannot take.
  private func fourBit(
    _ inventory: FileInventory, _ entry: FileInventory.Entry, _ statistics: TensorStatistics?
  ) throws -> QuantizationReport? {
    guard let statistics, statistics.nonFiniteCount == 0, entry.shape.count == 2,
      entry.count > 0, entry.count <= Self.largestReadFile / 4
    else { return nil }
    let weights = try NamedWeights(
      path: inventory.path, tensor: inventory.format == .safetensors ? entry.name : nil,
      slice: nil)
    return try QuantizationReport(of: weights, code: .nf4, blockSize: 64, doubleQuantized: false)
  }
}
