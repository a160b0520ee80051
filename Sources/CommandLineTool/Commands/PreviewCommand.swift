internal import Course
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// Shows an author a lesson as a page, with what is wrong in it.
struct PreviewCommand: Command {
  static let configuration = CommandConfiguration(
    name: "preview", summary: "write a lesson as one HTML page, again at every change if watched",
    arguments: [.init(name: "lesson", summary: "the lesson, as list names it")],
    options: [
      .init("watch", nil, "write it again whenever a file of the lesson changes, until Ctrl-C"),
      .init("step", "N|ID", "one step, by its number or its id"),
      .init("lang", "LIST", "es, en or es,en; both if not said"),
      .init("theme", "THEME", "light, dark or print: the colours of the page and its figures"),
      .init("set", "NAME=N", "set a parameter; may stand more than once", repeats: true),
      .init("out", "DIR", "the folder of the files; Output if not said"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: [
      "\(Tool.name) preview quantization",
      "\(Tool.name) preview my-lesson --lessons lessons --lang es --watch",
    ])

  let lesson: String
  let isWatching: Bool
  /// What `run` would be told, for each language.
  let options: [RunOptions]

  init(_ arguments: ParsedArguments) throws(ToolError) {
    lesson = arguments.argument(0) ?? ""
    isWatching = arguments.has("watch")
    var shared = [lesson, "--plain", "--for=web", "--format=svg"]
    for name in ["step", "theme", "set", "out", "lessons"] {
      for value in arguments.all(name) { shared.append("--\(name)=\(value)") }
    }
    var options: [RunOptions] = []
    for language in try arguments.languages() {
      options.append(
        try RunOptions(
          ParsedArguments(shared + ["--lang=\(language.rawValue)"], RunCommand.configuration)))
    }
    self.options = options
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let folder = try tool.catalogue(options[0].lessonsFolder).folder(of: lesson)
    let (paths, findings) = try write(folder, tool)
    for finding in findings { tool.say(finding.description) }
    for path in paths { tool.print(path) }
    return paths.isEmpty ? .findings : .success
  }

  /// Checks the lesson and writes its pages, or none where an error is in the way.
  private func write(
    _ folder: String, _ tool: Tool
  ) throws -> (paths: [String], findings: [Diagnostic]) {
    let findings = try tool.findings(in: folder)
    let (loaded, diagnostics) = Lesson.load(folder: folder)
    guard let loaded, !diagnostics.contains(where: { $0.severity == .error }) else {
      return ([], findings)
    }
    let runs = try options.map {
      try LessonRun(lesson: loaded, options: $0, weights: nil, tool)
    }
    let pages = try runs.map { run in
      let figures = try run.draw().files.map(\.bytes)
      let text = try PreviewPage(run: run, findings: findings, figures: figures).text()
      return (path: path(run), bytes: Array(text.utf8))
    }
    let parent = Paths.joined(tool.workingDirectory, Paths.parent(pages[0].path))
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(
        path: Paths.parent(pages[0].path), reason: "the folder cannot be made")
    }
    let files = pages.map { (path: Paths.joined(tool.workingDirectory, $0.path), bytes: $0.bytes) }
    try Interrupts.protecting { try AtomicFile.write(files, mayGoOn: $0) }
    return (pages.map(\.path), findings)
  }

  private func path(_ run: LessonRun) -> String {
    let language = run.output.look.words.language.rawValue
    return Paths.joined(run.options.outputFolder, "preview/\(lesson).\(language).html")
  }
}
