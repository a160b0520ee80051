internal import Course
internal import Drawing
internal import FoundationEssentials
internal import Glibc
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
  /// Waits between two looks at the files; `false` ends the watch, which else Ctrl-C does.
  var pause: @Sendable () -> Bool = {
    usleep(250_000)
    return true
  }

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
        try RunOptions(of: "preview", words: shared + ["--lang=\(language.rawValue)"]))
    }
    self.options = options
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let folder = try tool.catalogue(options[0].lessonsFolder).folder(of: lesson)
    guard isWatching else {
      let (paths, findings) = try write(folder, tool)
      for finding in findings { tool.say(finding.description) }
      for path in paths { tool.print(path) }
      return paths.count == options.count ? .success : .findings
    }
    try watch(folder, tool)
    return .success
  }

  /// Writes the pages again at every change, until `pause` says that it is over.
  private func watch(_ folder: String, _ tool: Tool) throws {
    var watch = LessonWatch(folder: folder)
    tool.say(
      "watching \(Paths.shown(folder, from: tool.workingDirectory)); Ctrl-C ends the preview")
    while true {
      watch.data = Lesson.load(folder: folder).lesson?.dataPaths ?? []
      // What changes from here on is seen, also while the pages are made.
      let traces = watch.traces()
      do {
        let (paths, findings) = try write(folder, tool)
        for finding in findings { tool.say(finding.description) }
        for path in paths { tool.print(path) }
        tool.say(
          paths.count == options.count
            ? "written; reload the page to see it"
            : "\(paths.isEmpty ? "not" : "partly") written: put the errors right and save")
      } catch ToolError.interrupted {
        throw ToolError.interrupted
      } catch {
        tool.say(ExitCode.message(error, tool: Tool.name))
      }
      repeat {
        guard pause() else { return }
      } while watch.traces() == traces
      // A moment for the other files of the same change.
      guard pause() else { return }
    }
  }

  /// Checks the lesson and writes the pages in the languages that can be shown.
  private func write(
    _ folder: String, _ tool: Tool
  ) throws -> (paths: [String], findings: [Diagnostic]) {
    let findings = try tool.findings(in: folder)
    let (loaded, diagnostics) = Lesson.load(folder: folder)
    guard let loaded else { return ([], findings) }
    // A mistake in one language is no reason not to show the other.
    let broken = Set(diagnostics.filter { $0.severity == .error }.map { Paths.name($0.file) })
    var pages: [(path: String, bytes: [UInt8])] = []
    for options in options where broken.isDisjoint(with: ["lesson.json", file(options)]) {
      do {
        pages.append(try page(of: loaded, options, findings, tool))
      } catch {
        // Else the findings say it, with its place.
        guard findings.contains(where: { $0.severity == .error }) else { throw error }
      }
    }
    guard let first = pages.first else { return ([], findings) }
    let parent = Paths.parent(first.path)
    do {
      try FileManager.default.createDirectory(
        atPath: Paths.joined(tool.workingDirectory, parent), withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(path: parent, reason: "the folder cannot be made")
    }
    let files = pages.map { (path: Paths.joined(tool.workingDirectory, $0.path), bytes: $0.bytes) }
    try Interrupts.protecting { try AtomicFile.write(files, mayGoOn: $0) }
    return (pages.map(\.path), findings)
  }

  private func file(_ options: RunOptions) -> String {
    "\(options.language?.rawValue ?? "").md"
  }

  private func page(
    of lesson: Lesson, _ options: RunOptions, _ findings: [Diagnostic], _ tool: Tool
  ) throws -> (path: String, bytes: [UInt8]) {
    let run = try LessonRun(lesson: lesson, options: options, weights: nil, tool)
    let figures = try run.draw().files.map(\.bytes)
    let text = try PreviewPage(run: run, findings: findings, figures: figures).text()
    let language = run.output.look.words.language.rawValue
    let path = Paths.joined(options.outputFolder, "preview/\(lesson.plan.id).\(language).html")
    return (path, Array(text.utf8))
  }
}
