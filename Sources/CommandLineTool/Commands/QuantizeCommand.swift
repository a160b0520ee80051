internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange
internal import LinearAlgebra
internal import Quantization

/// Quantizes a tensor of the user's: says what that costs, draws it, and writes the packed codes.
struct QuantizeCommand: Command {
  static let configuration = CommandConfiguration(
    name: "quantize", summary: "quantize a tensor of yours, with its error and its size",
    arguments: [.init(name: "file", summary: "a .csv, .npy or .safetensors file")],
    options: WeightsChoice.options + [
      .init("type", "TYPE", "nf4, fp4, int4 or int8; nf4 if not said"),
      .init("block", "N", "weights that share an absmax; 64 if not said"),
      .init("double", nil, "store the absmax values in 8 bits too (nf4 and fp4)"),
    ] + FigureChoice.options + [
      .init("out", letter: "o", "DIR", "the folder of the files; Output/quantize if not said"),
      .init("force", nil, "replace files that are there already"),
      .init("json", nil, "print the report as JSON"),
    ],
    examples: [
      "\(Tool.name) quantize weights.csv",
      "\(Tool.name) quantize model.safetensors --tensor layer.weight --type nf4 --double",
    ])

  let choice: WeightsChoice
  let code: QuantizationReport.Code
  let blockSize: Int
  let doubleQuantized: Bool
  let figure: FigureChoice
  let outputFolder: String
  let mayReplace: Bool
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    choice = WeightsChoice(path: arguments.argument(0) ?? "", arguments)
    code =
      try arguments.choice("type", among: QuantizationReport.Code.allCases.map(\.rawValue))
      .flatMap(QuantizationReport.Code.init(rawValue:)) ?? .nf4
    blockSize = try arguments.whole("block", in: 1...1 << 20) ?? 64
    doubleQuantized = arguments.has("double")
    figure = try FigureChoice(arguments)
    outputFolder = arguments.value("out") ?? "Output/quantize"
    mayReplace = arguments.has("force")
    isJSON = arguments.has("json")
    if !BlockQuantizer.allowedBlockSizes.contains(blockSize) {
      let sizes = BlockQuantizer.allowedBlockSizes.map(String.init).joined(separator: ", ")
      throw .usage("--block is one of \(sizes), not \(blockSize)", command: "quantize")
    }
    if doubleQuantized, code.fourBitType == nil {
      throw .usage("--double needs --type nf4 or fp4", command: "quantize")
    }
    if outputFolder.isEmpty { throw .usage("--out needs a folder", command: "quantize") }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = figure.words(tool)
    let weights = try choice.read(tool)
    guard weights.matrix.count > 0 else {
      throw ToolError.failure("\(choice.path): there are no weights to quantize")
    }
    let name = "\(OutputFiles.name(of: weights.name))-\(code.rawValue)"
    let output = OutputFiles(folder: outputFolder, mayReplace: mayReplace, tool: tool)
    let formats = [FigureFormat.png, .svg]
    let packed = code.fourBitType == nil ? [] : ["\(name).safetensors"]
    try output.check(formats.map { "\(name).\($0.rawValue)" } + packed)
    let report = try QuantizationReport(
      of: weights, code: code, blockSize: blockSize, doubleQuantized: doubleQuantized)
    // Everything is drawn before the first file is written.
    let drawn = try figure.draw(
      report.picture, id: "quantize-\(name.lowercased())", name: name, formats: formats,
      command: command(words), words, tool)
    var files = drawn.map { (name: $0.path, bytes: $0.bytes) }
    if let tensor = report.tensor {
      files.append(
        (
          "\(name).safetensors",
          try Safetensors.serialized(
            FourBitWeights.tensors(named: report.weights.name, tensor, double: report.double),
            metadata: [("format", "pt")])
        ))
    }
    let paths = try output.write(files)
    if isJSON {
      tool.print(json(report, paths, words).serialized())
    } else {
      tell(report, paths, words, tool)
    }
    return .success
  }

  /// The command that makes the files again.
  private func command(_ words: Words) -> String {
    var parts = ["quantize"] + choice.words
    parts += ["--type", code.rawValue, "--block", String(blockSize)]
    if doubleQuantized { parts.append("--double") }
    parts += figure.arguments(words)
    return Tool.name + " " + parts.map(CommandText.quoted).joined(separator: " ")
  }

  private func tell(
    _ report: QuantizationReport, _ paths: [String], _ words: Words, _ tool: Tool
  ) {
    let matrix = report.weights.matrix
    tool.print("\(printable(report.weights.name)), \(matrix.rows)×\(matrix.columns)")
    let text = TableText(words: words, theme: figure.theme, width: 80)
    // 255 codes are for the figure.
    for table in report.tables where table.rows.count <= 16 {
      tool.output("\n" + text.plain(table))
    }
    tool.print("")
    for path in paths { tool.print(path) }
    guard report.tensor == nil else { return }
    tool.say(
      words.say(
        es:
          "Los códigos de \(code.rawValue) son para comparar y no se escriben; prueba con --type nf4",
        en: "The codes of \(code.rawValue) are for comparison and are not written; try --type nf4"))
  }

  private func json(_ report: QuantizationReport, _ paths: [String], _ words: Words) -> JSONNode {
    .object([
      ("name", .string(report.weights.name)), ("rows", .integer(report.weights.matrix.rows)),
      ("columns", .integer(report.weights.matrix.columns)), ("type", .string(code.rawValue)),
      ("blockSize", .integer(blockSize)), ("doubleQuantized", JSONNode(.boolean(doubleQuantized))),
      ("bytes", .integer(report.bytes)), ("bitsPerWeight", .number(report.bitsPerWeight)),
      ("meanAbsoluteError", .number(report.loss.meanAbsolute)),
      ("largestAbsoluteError", .number(report.loss.maximumAbsolute)),
      ("meanSquaredError", .number(report.loss.meanSquared)),
      ("relativeError", .number(report.loss.relativeNorm)),
      ("entropy", .number(report.usage.entropy)),
      ("codeCounts", .array(report.usage.counts.map { JSONNode.integer($0) })),
      ("files", .array(paths.map(JSONNode.string))),
    ])
  }
}
