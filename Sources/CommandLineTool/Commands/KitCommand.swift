internal import Course
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// Writes everything that an instructor takes away from a lesson.
struct KitCommand: Command {
  static let configuration = CommandConfiguration(
    name: "kit", summary: "write figures, captions, deck, worksheets and data of a lesson",
    arguments: [.init(name: "lesson", summary: "the lesson, as list names it")],
    options: [
      .init("lang", "LIST", "es, en or es,en; both if not said"),
      .init("out", letter: "o", "DIR", "the folder of the files; Output if not said"),
    ] + RunCommand.configuration.options.filter { inherited.contains($0.name) },
    examples: [
      "\(Tool.name) kit quantization",
      "\(Tool.name) kit quantization --lang es --for beamer --out course",
    ])

  /// The options of `run` that mean the same here.
  private static let inherited = [
    "for", "dpi", "decimal", "transparent", "caption", "svg-text", "frame-time", "set", "seed",
    "quick", "retrain",
    "weights", "tensor", "slice", "lessons",
  ]

  let lesson: String
  let languages: [Language]
  /// The options of each language and theme; the first of a language is in the light theme.
  let options: [RunOptions]

  init(_ arguments: ParsedArguments) throws(ToolError) {
    let lesson = arguments.argument(0) ?? ""
    let languages = try arguments.languages()
    var shared = [lesson, "--plain", "--format=png,svg,pdf,webp"]
    for option in Self.configuration.options where option.name != "lang" {
      shared += arguments.all(option.name).map { value in
        "--\(option.name)" + (option.value == nil ? "" : "=\(value)")
      }
    }
    var options: [RunOptions] = []
    for language in languages {
      for theme in [Theme.light, .dark] {
        let words = shared + ["--lang=\(language.rawValue)", "--theme=\(theme.name)"]
        options.append(try RunOptions(of: "kit", words: words))
      }
    }
    self.lesson = lesson
    self.languages = languages
    self.options = options
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let lesson = try tool.catalogue(options[0].lessonsFolder).lesson(lesson, for: "kit")
    let weights = try options[0].readWeights(tool)
    // Everything is computed and drawn before the first file is written.
    var runs: [LessonRun] = []
    for options in options {
      runs.append(
        try LessonRun(
          lesson: lesson, options: options, weights: weights, records: runs.first?.records, tool))
    }
    let drawn = try runs.map { try $0.draw() }
    let documents = try runs.filter { $0.options.theme == .light }
      .flatMap { try KitDocuments(run: $0).all() }
    var paths: [String] = []
    for (run, files) in zip(runs, drawn) { paths += try run.output.write(files, tool) }
    paths += try write(documents, in: runs[0].output.lessonFolder, tool)
    let manifest = Paths.joined(runs[0].output.lessonFolder, Manifest.fileName)
    for path in paths where path != manifest { tool.print(path) }
    tool.print(manifest)
    return .success
  }

  private func write(
    _ documents: [KitDocuments.Document], in folder: String, _ tool: Tool
  ) throws -> [String] {
    let root = Paths.joined(tool.workingDirectory, folder)
    for parent in Set(documents.map { Paths.parent(Paths.joined(root, $0.path)) }).sorted() {
      do {
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      } catch {
        throw ToolError.cannotCreate(path: parent, reason: "the folder cannot be made")
      }
    }
    let files = documents.map { (path: Paths.joined(root, $0.path), bytes: Array($0.text.utf8)) }
    try Interrupts.protecting { try AtomicFile.write(files, mayGoOn: $0) }
    return documents.map { Paths.joined(folder, $0.path) }
  }
}
