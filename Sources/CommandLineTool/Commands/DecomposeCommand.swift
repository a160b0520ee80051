internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange
internal import LinearAlgebra

/// Decomposes a matrix of the user's: what each rank is worth, and the factors of one.
struct DecomposeCommand: Command {
  static let configuration = CommandConfiguration(
    name: "decompose", summary: "show what each rank of a matrix is worth, and write its factors",
    arguments: [.init(name: "file", summary: "a .csv, .npy or .safetensors file")],
    options: WeightsChoice.options + [
      .init("rank", "R", "write the factors of the best approximation of this rank"),
      .init("factors", "KIND", "ab for A and B as an adapter has them, or usv; ab if not said"),
    ] + FigureChoice.options + [
      .init("format", "LIST", "png, svg, pdf, separated by commas; png,svg if not said"),
      .init("out", letter: "o", "DIR", "the folder of the files; Output/decompose if not said"),
      .init("force", nil, "replace files that are there already"),
      .init("json", nil, "print the report as JSON, with all singular values"),
    ],
    examples: [
      "\(Tool.name) decompose weights.csv",
      "\(Tool.name) decompose model.safetensors --tensor layer.weight --rank 8",
    ])

  let choice: WeightsChoice
  let rank: Int?
  let split: SpectrumReport.Split
  let figure: FigureChoice
  let formats: [FigureFormat]
  let outputFolder: String
  let mayReplace: Bool
  let isJSON: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    choice = WeightsChoice(path: arguments.argument(0) ?? "", arguments)
    rank = try arguments.whole("rank", in: 1...SpectrumReport.largestShorterSide)
    split =
      try arguments.choice("factors", among: SpectrumReport.Split.allCases.map(\.rawValue))
      .flatMap(SpectrumReport.Split.init(rawValue:)) ?? .ab
    if arguments.has("factors"), rank == nil {
      throw .usage("--factors needs --rank", command: "decompose")
    }
    figure = try FigureChoice(arguments)
    formats =
      arguments.has("format") ? try arguments.formats(among: FigureFormat.stills) : [.png, .svg]
    outputFolder = arguments.value("out") ?? "Output/decompose"
    if outputFolder.isEmpty { throw .usage("--out needs a folder", command: "decompose") }
    mayReplace = arguments.has("force")
    isJSON = arguments.has("json")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = figure.words(tool)
    try checkSize(Paths.joined(tool.workingDirectory, choice.path))
    let weights = try choice.read(tool)
    let matrix = weights.matrix
    if let rank, rank > min(matrix.rows, matrix.columns) {
      throw ToolError.usage(
        "--rank \(rank) is more than the shorter side of a \(matrix.rows)×\(matrix.columns) matrix",
        command: "decompose")
    }
    let stem = OutputFiles.name(of: weights.name)
    let name = rank.map { "\(stem)-rank-\($0)" } ?? "\(stem)-spectrum"
    let output = OutputFiles(folder: outputFolder, mayReplace: mayReplace, tool: tool)
    try output.check(
      (formats.map(\.rawValue) + ["csv"] + (rank == nil ? [] : ["safetensors"]))
        .map { "\(name).\($0)" })
    announce(matrix, words, tool)
    let report = try SpectrumReport(of: weights, rank: rank, split: split)
    let drawn = try figure.draw(
      report.picture, id: "decompose-\(name.lowercased())", name: name, formats: formats,
      command: command(words), words, tool)
    var files = drawn.map { (name: $0.path, bytes: $0.bytes) }
    files.append(("\(name).csv", Array(Self.csv(report).utf8)))
    if let kept = report.kept {
      files.append(("\(name).safetensors", try Self.factors(kept, of: weights)))
    }
    let paths = try output.write(files)
    if isJSON {
      tool.print(json(report, paths).serialized())
    } else {
      tell(report, paths, words, tool)
    }
    return .success
  }

  /// Refuses a whole matrix that is too large before its numbers are read.
  private func checkSize(_ place: String) throws {
    guard choice.slice == nil, try WeightsFile.format(of: place) == .safetensors else { return }
    let entries = try FileInventory(path: place).entries
    let entry = choice.tensor.map { name in entries.first { $0.name == name } } ?? entries.first
    guard let entry, entry.shape.count == 2, !entry.shape.contains(0) else { return }
    guard choice.tensor != nil || entries.count == 1 else { return }
    try SpectrumReport.check(rows: entry.shape[0], columns: entry.shape[1], name: entry.name)
  }

  /// Says beforehand that a large matrix takes a while.
  ///
  /// The time is about that of 8 (values alone: 4) multiplications for each product of sides, at some
  /// ten thousand million a second.
  private func announce(_ matrix: Matrix, _ words: Words, _ tool: Tool) {
    let side = Double(min(matrix.rows, matrix.columns))
    let seconds = (rank == nil ? 4 : 8) * side * Double(matrix.count) / 1e10
    guard tool.messagesAreWatched, seconds > 2 else { return }
    let time =
      seconds < 90
      ? words.say(es: "unos \(Int(seconds)) segundos", en: "about \(Int(seconds)) seconds")
      : words.say(es: "unos \(Int(seconds / 60)) minutos", en: "about \(Int(seconds / 60)) minutes")
    tool.say(
      words.say(
        es: "Descomponer una matriz de \(matrix.rows)×\(matrix.columns) tarda \(time)",
        en: "Decomposing a \(matrix.rows)×\(matrix.columns) matrix takes \(time)"))
  }

  /// The command that makes the files again.
  private func command(_ words: Words) -> String {
    var parts = chosenPart
    if let rank { parts += ["--rank", String(rank), "--factors", split.rawValue] }
    parts += figure.arguments(words)
    if formats != [.png, .svg] {
      parts += ["--format", formats.map(\.rawValue).joined(separator: ",")]
    }
    return Tool.name + " " + parts.map(CommandText.quoted).joined(separator: " ")
  }

  /// A line for every rank, in the notation that programs read.
  static func csv(_ report: SpectrumReport) -> String {
    var lines = ["rank,sigma,error,relative_error,energy,numbers,numbers_saved"]
    for rank in 1...report.values.count {
      let numbers = report.numbers(rank: rank)
      lines.append(
        "\(rank),\(report.values[rank - 1]),\(report.error(rank: rank)),"
          + "\(report.relativeError(rank: rank)),\(report.energy(rank: rank)),\(numbers),"
          + "\(report.rows * report.columns - numbers)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func factors(
    _ kept: SpectrumReport.Kept, of weights: NamedWeights
  ) throws -> [UInt8] {
    try Safetensors.serialized(
      kept.factors.map { .init(name: $0.name, shape: $0.shape, values: $0.values) },
      metadata: [("format", "pt"), ("rank", String(kept.rank)), ("tensor", weights.name)])
  }

  private func tell(
    _ report: SpectrumReport, _ paths: [String], _ words: Words, _ tool: Tool
  ) {
    tool.print("\(printable(report.weights.name)), \(report.rows)×\(report.columns)")
    let text = TableText(words: words, theme: figure.theme, width: 80)
    for table in report.tables {
      tool.output("\n" + text.plain(table))
    }
    tool.print("")
    for path in paths { tool.print(path) }
    var next = ["inspect", paths[paths.count - 1]]
    if rank == nil {
      let useful = max(min(report.rank(holding: 0.9), report.largestSavingRank), 1)
      next = chosenPart + ["--rank", String(useful)]
    }
    for line in CommandText.proposalLines(next, words) { tool.print(line) }
  }

  /// The words of the command for the same matrix.
  private var chosenPart: [String] { ["decompose"] + choice.words }

  private func json(_ report: SpectrumReport, _ paths: [String]) -> JSONNode {
    var members: [(String, JSONNode)] = [
      ("name", .string(report.weights.name)), ("rows", .integer(report.rows)),
      ("columns", .integer(report.columns)), ("norm", .optional(report.norm)),
      ("exactRank", .integer(report.exactRank)),
      ("rankFor90", .integer(report.rank(holding: 0.9))),
      ("rankFor99", .integer(report.rank(holding: 0.99))),
      ("largestSavingRank", .integer(report.largestSavingRank)),
      ("singularValues", .array(report.values.map { .optional($0) })),
    ]
    if let kept = report.kept {
      members.append(
        (
          "kept",
          .object([
            ("rank", .integer(kept.rank)), ("factors", .string(split.rawValue)),
            ("error", .optional(kept.measuredError)),
            (
              "relativeError",
              .optional(report.norm > 0 ? kept.measuredError / report.norm : 0)
            ),
            ("energy", .optional(report.energy(rank: kept.rank))),
            ("numbers", .integer(report.numbers(rank: kept.rank))),
          ])
        ))
    }
    return .object(members + [("files", .array(paths.map(JSONNode.string)))])
  }
}
