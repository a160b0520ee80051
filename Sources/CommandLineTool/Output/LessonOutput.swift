internal import CairoRendering
internal import Course
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// The files of a run of a lesson: drawn in memory first, and written only when all of it is there.
struct LessonOutput {
  var lesson: Lesson
  var pages: [StepPage]
  var options: RunOptions
  var look: FigureLook
  var seed: UInt64

  /// The folder of this language and look, from the folder of the lesson.
  var folder: String { "\(look.words.language.rawValue)/\(look.preset.name)-\(look.theme.name)" }

  /// The path of a step's file, from the folder of the lesson.
  func path(_ page: StepPage, _ format: FigureFormat) -> String {
    let number = page.run.number
    return "\(folder)/\(number < 10 ? "0" : "")\(number)-\(page.run.id).\(format.rawValue)"
  }

  /// The path of a lesson's folder as the user reads it.
  var lessonFolder: String { Paths.joined(options.outputFolder, lesson.plan.id) }

  var commandText: CommandText {
    CommandText(
      subject: lesson.plan.id, language: look.words.language, options: options,
      timestamp: look.timestamp)
  }

  /// Whether the files are those of the whole lesson, so that a document of it makes sense.
  private var isWhole: Bool { pages.count == lesson.plan.steps.count }

  /// A job and the pages that it shows.
  private struct Work {
    var job: FigureJob
    var pages: [StepPage]
    var isDocument: Bool
    var usesWeights: Bool
  }

  private func works() -> [Work] {
    func page(_ page: StepPage) -> FigureJob.Page {
      .init(
        id: "\(lesson.plan.id)-\(page.run.id)-\(look.words.language.rawValue)",
        picture: page.run.observation.picture, caption: page.caption)
    }
    var works: [Work] = []
    for step in pages {
      for format in options.stillFormats {
        let usesWeights = step.run.usesReadersWeights
        works.append(
          Work(
            job: FigureJob(
              pages: [page(step)], format: format, path: path(step, format),
              command: commandText(step: step.run, usesWeights: usesWeights, format: format)),
            pages: [step], isDocument: false, usesWeights: usesWeights))
      }
    }
    for format in options.formats where isWhole && (format == .pdf || format == .webp) {
      let usesWeights = pages.contains(where: \.run.usesReadersWeights)
      works.append(
        Work(
          job: FigureJob(
            pages: pages.map(page),
            document: lesson.text(in: look.words.language).map { ($0.title, $0.summary) },
            format: format, path: "\(folder)/\(lesson.plan.id).\(format.rawValue)",
            command: commandText(step: nil, usesWeights: usesWeights, format: format)),
          pages: pages, isDocument: true, usesWeights: usesWeights))
    }
    return works
  }

  /// Files that are drawn and wait to be written.
  struct Drawn {
    var files: [DrawnFile]
    var entries: [Manifest.Entry]
  }

  /// Draws all files.
  func draw(progress: @Sendable (Int, Int) -> Void) throws -> Drawn {
    let works = works()
    let files = try DrawingPool.draw(works.map(\.job), look) { progress($0, works.count) }
    let entries = zip(files, works).map { file, work in
      Manifest.Entry(
        file, format: work.job.format, command: work.job.command, pages: work.pages,
        isDocument: work.isDocument, look: look, seed: seed,
        weights: work.usesWeights ? options.weights : nil)
    }
    return Drawn(files: files, entries: entries)
  }

  /// Writes all files and the manifest, and returns their paths as the user reads them.
  ///
  /// - Throws: `ToolError.cannotCreate`, `InterchangeError.unwritable`, or `ToolError.interrupted`.
  func write(_ drawn: Drawn, _ tool: Tool) throws -> [String] {
    let root = Paths.joined(tool.workingDirectory, lessonFolder)
    let manifestPath = Paths.joined(root, Manifest.fileName)
    var manifest = Manifest(lesson: lesson.plan, entries: drawn.entries)
    if let data = FileManager.default.contents(atPath: manifestPath) {
      do {
        try manifest.keepEntries(of: String(decoding: data, as: UTF8.self)) {
          FileManager.default.fileExists(atPath: Paths.joined(root, $0))
        }
      } catch {
        tool.say(
          "\(Paths.joined(lessonFolder, Manifest.fileName)) was not a list of files and is made anew"
        )
      }
    }
    do {
      try FileManager.default.createDirectory(
        atPath: Paths.joined(root, folder), withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(
        path: Paths.joined(lessonFolder, folder), reason: "its folder cannot be made")
    }
    var files = drawn.files.map { (path: Paths.joined(root, $0.path), bytes: $0.bytes) }
    files.append((manifestPath, Array(manifest.text.utf8)))
    try Interrupts.protecting { try AtomicFile.write(files, mayGoOn: $0) }
    return (drawn.files.map(\.path) + [Manifest.fileName]).map { Paths.joined(lessonFolder, $0) }
  }
}
