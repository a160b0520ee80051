internal import CairoRendering
internal import Course
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// Makes one figure.
struct FigureCommand: Command {
  static let configuration = CommandConfiguration(
    name: "figure", summary: "make one figure, as a PNG, SVG or PDF file",
    arguments: [
      .init(name: "figure", summary: "its name, or a step of a lesson such as quantization/levels")
    ],
    options: [
      .init("out", letter: "o", "FILE", "the file; it ends in .png, .svg or .pdf"),
      .init("force", nil, "replace the file if it is there"),
    ] + RunCommand.configuration.options.filter { inherited.contains($0.name) },
    examples: [
      "\(Tool.name) figure journey --set index=3 -o journey.svg",
      "\(Tool.name) figure quantization/levels --for beamer --lang en --out levels.pdf",
      "\(Tool.name) figure spectrum --weights w.npy --theme dark --transparent -o spectrum.png",
    ])

  /// The options of `run` that mean the same here.
  private static let inherited = [
    "lang", "for", "theme", "dpi", "decimal", "transparent", "caption", "svg-text", "set", "seed",
    "quick", "retrain",
    "weights", "tensor", "slice", "lessons",
  ]

  let name: String
  let path: String
  let format: FigureFormat
  let mayReplace: Bool
  let options: RunOptions

  init(_ arguments: ParsedArguments) throws(ToolError) {
    guard let path = arguments.value("out") else {
      throw .usage("figure needs --out FILE, such as -o figure.png", command: "figure")
    }
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last ?? ""
    guard let format = FigureFormat(rawValue: ending.lowercased()), format != .webp else {
      throw .usage(
        "--out is a file that ends in .png, .svg or .pdf, not “\(path)”", command: "figure")
    }
    name = arguments.argument(0) ?? ""
    self.path = path
    self.format = format
    mayReplace = arguments.has("force")
    options = try RunOptions(arguments)
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let place = Paths.joined(tool.workingDirectory, path)
    try checkPlace(place)
    let look = try options.look(tool)
    let subject = try FigureGallery(tool, lessonsFolder: options.lessonsFolder)
      .subject(named: name, options: options, words: look.words, tool)
    let command = CommandText(
      command: Self.configuration.name, subject: name, language: look.words.language,
      options: options, timestamp: look.timestamp)
    let job = FigureJob(
      pages: [
        .init(
          id: "\(subject.id)-\(look.words.language.rawValue)", picture: subject.picture,
          caption: subject.caption)
      ], format: format, path: path,
      command: command(step: nil, usesWeights: subject.usesReadersWeights, format: format))
    let file = try job.draw(look, FigureRenderer())
    try Interrupts.protecting { mayGoOn in
      try mayGoOn()
      try AtomicFile.write(file.bytes, to: place)
    }
    tool.print(path)
    return .success
  }

  /// Looks at the place of the file before anything is computed for it.
  private func checkPlace(_ place: String) throws(ToolError) {
    var isFolder = false
    guard
      FileManager.default.fileExists(atPath: Paths.parent(place), isDirectory: &isFolder), isFolder
    else { throw .cannotCreate(path: path, reason: "its folder is not there") }
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { return }
    if isFolder { throw .cannotCreate(path: path, reason: "it is a folder") }
    if !mayReplace {
      throw .cannotCreate(path: path, reason: "it is there already; --force replaces it")
    }
  }
}
