internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange
internal import Training

/// Computes the memory that training a model takes.
struct MemoryCommand: Command {
  static let configuration = CommandConfiguration(
    name: "memory", summary: "compute the memory that training a model takes, and where it fits",
    options: [
      .init("params", "SIZE", "a size such as 7B or 350M, or a model; 7B if not said"),
      .init("model", "PATH", "a model's folder or config.json instead of a size"),
      .init("method", "METHOD", "full, lora or qlora; all three if not said"),
      .init("rank", "R", "the rank of the adapters; 64 if not said"),
      .init("targets", "LAYERS", "q,v, attention or all: which layers have an adapter; all"),
      .init("batch", "N", "the texts of a step; 1 if not said"),
      .init("length", "N", "the tokens of a text; 512 if not said"),
      .init("checkpointing", nil, "compute activations again instead of keeping them"),
      .init("precision", "KIND", "f32, bf16, or bf16+f32 with a copy of trained weights; bf16"),
      .init("optimizer", "NAME", "adamw, adamw8bit or sgd; adamw if not said"),
      .init("single", nil, "leave the absmax values of NF4 in 32 bits"),
      .init("device", "SIZE", "say what fits in a memory such as 24GB or 24GiB"),
    ] + FigureChoice.options + [
      .init("format", "LIST", "png, svg, pdf, separated by commas; png,svg if not said"),
      .init("out", letter: "o", "DIR", "draw the bars into this folder"),
      .init("force", nil, "replace files that are there already"),
      .init("json", nil, "print JSON, in bytes"),
    ],
    examples: [
      "\(Tool.name) memory --params 7B --rank 64 --device 24GB",
      "\(Tool.name) memory --params 65B --method qlora --checkpointing --device 48GB",
      "\(Tool.name) memory --model Lessons/Data/exam-base --precision f32 --out bars",
    ])

  let shape: ModelShape?
  let modelPath: String?
  /// What makes the same figure again, but for how it is drawn.
  let words: [String]
  let methods: [MemoryModel.Method]
  /// The settings, with a shape that is still to be read.
  let settings: MemoryModel
  let device: Double?
  let figure: FigureChoice
  let formats: [FigureFormat]
  let outputFolder: String?
  let mayReplace: Bool
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    modelPath = arguments.value("model")
    if modelPath != nil, arguments.has("params") {
      throw .usage("memory takes --params or --model, not both", command: "memory")
    }
    shape = try arguments.modelShape()
    let method = try arguments.choice("method", among: MemoryModel.Method.allCases.map(\.rawValue))
      .flatMap(MemoryModel.Method.init(rawValue:))
    methods = method.map { [$0] } ?? MemoryModel.Method.allCases
    var model = MemoryModel(ModelShape.llama[0], method: .full)
    if let rank = try arguments.whole("rank", in: 1...MemoryModel.largestRank) { model.rank = rank }
    if let name = try arguments.choice(
      "targets", among: MemoryModel.Targets.allCases.map(\.rawValue)),
      let targets = MemoryModel.Targets(rawValue: name)
    {
      model.targets = targets
    }
    if let batch = try arguments.whole("batch", in: 1...MemoryModel.largestBatch) {
      model.batch = batch
    }
    if let length = try arguments.whole("length", in: 1...MemoryModel.longestSequence) {
      model.length = length
    }
    if let name = try arguments.choice(
      "precision", among: MemoryModel.Precision.allCases.map(\.rawValue)),
      let precision = MemoryModel.Precision(rawValue: name)
    {
      model.precision = precision
    }
    if let name = try arguments.choice(
      "optimizer", among: MemoryModel.Optimizer.allCases.map(\.rawValue)),
      let optimizer = MemoryModel.Optimizer(rawValue: name)
    {
      model.optimizer = optimizer
    }
    model.checkpointing = arguments.has("checkpointing")
    model.doubleQuantization = !arguments.has("single")
    settings = model
    device = try arguments.bytes("device")
    figure = try FigureChoice(arguments)
    outputFolder = arguments.value("out")
    if outputFolder?.isEmpty == true { throw .usage("--out needs a folder", command: "memory") }
    for option in ["format", "force"] where outputFolder == nil && arguments.has(option) {
      throw .usage("--\(option) belongs to --out", command: "memory")
    }
    formats =
      arguments.has("format") ? try arguments.formats(among: FigureFormat.stills) : [.png, .svg]
    mayReplace = arguments.has("force")
    isJSON = arguments.has("json")
    words = Self.kept.flatMap { option in
      arguments.value(option).map { $0.isEmpty ? ["--\(option)"] : ["--\(option)", $0] } ?? []
    }
  }

  /// The options that decide what the bars show.
  private static let kept = [
    "params", "model", "method", "rank", "targets", "batch", "length", "checkpointing", "precision",
    "optimizer", "single",
  ]

  func run(_ tool: Tool) throws -> ExitCode {
    let words = figure.words(tool)
    let shape =
      try modelPath.map {
        try ModelShape(path: Paths.joined(tool.workingDirectory, $0), shown: $0)
      } ?? shape ?? ModelShape.llama[0]
    let widest = min(shape.hidden, shape.intermediate)
    guard settings.rank <= widest || methods == [.full] else {
      throw ToolError.usage(
        "--rank \(settings.rank) is more than the \(widest) that a layer of \(printable(shape.name)) can have",
        command: "memory")
    }
    let report = try MemoryReport(
      methods.map { method in
        var model = settings
        (model.shape, model.method) = (shape, method)
        return model
      }, device: device)
    let paths = try draw(report, words, tool)
    if isJSON {
      tool.print(json(report, paths).serialized())
    } else {
      tell(report, paths, words, tool)
    }
    return .success
  }

  private func draw(_ report: MemoryReport, _ words: Words, _ tool: Tool) throws -> [String] {
    guard let outputFolder else { return [] }
    let name = "memory-" + OutputFiles.name(of: report.models[0].shape.name).lowercased()
    let output = OutputFiles(folder: outputFolder, mayReplace: mayReplace, tool: tool)
    try output.check(formats.map { "\(name).\($0.rawValue)" })
    var parts = ["memory"] + self.words + figure.arguments(words)
    if formats != [.png, .svg] {
      parts += ["--format", formats.map(\.rawValue).joined(separator: ",")]
    }
    let command = Tool.name + " " + parts.map(CommandText.quoted).joined(separator: " ")
    return try output.write(
      figure.draw(
        report.picture, id: name, name: name, formats: formats, command: command, words, tool
      ).map { (name: $0.path, bytes: $0.bytes) })
  }

  private func tell(_ report: MemoryReport, _ paths: [String], _ words: Words, _ tool: Tool) {
    for line in report.summary(words) { tool.print(printable(line)) }
    let text = TableText(words: words, theme: figure.theme, width: 80)
    for table in report.tables { tool.output("\n" + text.plain(table)) }
    tool.print("")
    tool.print(
      words.say(
        es: "Es lo que hay que guardar; las bibliotecas y el sistema ocupan además lo suyo.",
        en: "This is what has to be kept; libraries and the system take their own besides."))
    if !paths.isEmpty { tool.print("") }
    for path in paths { tool.print(path) }
  }

  private func json(_ report: MemoryReport, _ paths: [String]) -> JSONNode {
    let model = report.models[0]
    let shape = model.shape
    var members: [(String, JSONNode)] = [
      (
        "model",
        .object([
          ("name", .string(shape.name)), ("parameters", .integer(shape.parameterCount)),
          ("linearParameters", .integer(shape.linearCount)),
          ("vocabulary", .integer(shape.vocabulary)), ("hidden", .integer(shape.hidden)),
          ("intermediate", .integer(shape.intermediate)), ("layers", .integer(shape.layers)),
          ("heads", .integer(shape.heads)), ("keyValueHeads", .integer(shape.keyValueHeads)),
          ("tiesEmbeddings", JSONNode(.boolean(shape.tiesEmbeddings))),
        ])
      ),
      (
        "settings",
        .object([
          ("rank", .integer(model.rank)), ("targets", .string(model.targets.rawValue)),
          ("batch", .integer(model.batch)), ("length", .integer(model.length)),
          ("checkpointing", JSONNode(.boolean(model.checkpointing))),
          ("precision", .string(model.precision.rawValue)),
          ("optimizer", .string(model.optimizer.rawValue)),
          ("doubleQuantization", JSONNode(.boolean(model.doubleQuantization))),
        ])
      ),
    ]
    if let device { members.append(("device", .number(device))) }
    members.append(("methods", .array(report.models.map { method($0) })))
    return .object(members + [("files", .array(paths.map(JSONNode.string)))])
  }

  private func method(_ model: MemoryModel) -> JSONNode {
    let bytes = MemoryKind.allCases.map { kind in
      (kind.rawValue, JSONNode.number(model.bytes(of: kind).rounded()))
    }
    let card = MemoryReport.card(for: model).map { JSONNode.number($0 * 1e9) }
    var members: [(String, JSONNode)] = [
      ("method", .string(model.method.rawValue)),
      ("trainedParameters", .integer(model.trainedCount)), ("bytes", .object(bytes)),
      ("total", .number(model.total.rounded())),
      ("smallestCard", card ?? JSONNode(.null)),
    ]
    if let device {
      members.append(("fits", JSONNode(.boolean(model.total <= device))))
      members.append(("tokensThatFit", .integer(MemoryReport.tokens(of: model, in: device))))
    }
    return .object(members)
  }
}
