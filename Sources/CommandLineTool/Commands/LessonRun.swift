internal import CairoRendering
internal import Course
internal import Demonstrations
internal import Drawing
internal import Synchronization

/// One lesson of a run, computed.
struct LessonRun {
  let lesson: Lesson
  let options: RunOptions
  let session: LessonSession
  let records: TrainedRecords
  let pages: [StepPage]
  let output: LessonOutput
  let tool: Tool

  /// Computes the steps that were asked for.
  ///
  /// - Parameters:
  ///   - lesson: The lesson.
  ///   - options: What was asked for.
  ///   - weights: The reader's own.
  ///   - records: Those of another run of the lesson, which need not be found again.
  ///   - tool: The process around it.
  /// - Throws: What computing the steps throws.
  init(
    lesson: Lesson, options: RunOptions, weights: NamedWeights?, records: TrainedRecords? = nil,
    _ tool: Tool
  ) throws {
    let look = try options.look(tool)
    let steps = try options.chosen(from: lesson.plan)
    let records =
      records
      ?? TrainedRecords(
        lesson: lesson, retrains: options.retrains, words: look.words,
        isQuiet: options.manner == .quiet, tool)
    let session = LessonSession(
      lesson: lesson, options: options, weights: weights, records: records, tool)
    try session.checkOptions(for: steps)
    // All trainings at once, so that they share the cores and the time left is that of all.
    _ = try records(session.experiments(for: steps))
    self.lesson = lesson
    self.options = options
    self.session = session
    self.records = records
    self.tool = tool
    pages = try steps.map { try session.page($0.id, words: look.words) }
    output = LessonOutput(
      lesson: lesson, pages: pages, options: options, look: look, seed: session.seed)
  }

  /// Draws the figures; says how far it is when that takes more than a second.
  func draw() throws -> LessonOutput.Drawn {
    let start = Interrupts.seconds
    let spanish = output.look.words.language == .spanish
    let isWatched = tool.messagesAreWatched && options.manner != .quiet
    let hasSpoken = Atomic(false)
    let drawn = try output.draw { done, count in
      guard isWatched, Interrupts.seconds - start > 1 else { return }
      hasSpoken.store(true, ordering: .relaxed)
      StandardStream.error.write("\r\(spanish ? "dibujando" : "drawing") \(done)/\(count)")
    }
    if hasSpoken.load(ordering: .relaxed) { tool.messages("\r\u{1B}[K") }
    return drawn
  }

  /// Tells the lesson in the manner that was asked for.
  ///
  /// - Returns: Whether the reader came to its end.
  func tell(paths: [String]) throws -> Bool {
    switch options.manner {
    case .quiet: for path in paths { tool.print(path) }
    case .json: tool.print(json(paths).serialized())
    case .plain: try tellPlainly()
    case .interactive, .automatic:
      if let terminal = tool.terminal, terminal.isWatched || options.manner == .interactive {
        return try tellInteractively(terminal)
      }
      try tellPlainly()
    }
    return true
  }

  /// Where the figures are: the last thing that a reader sees.
  private var farewell: String {
    let folder = Paths.joined(output.lessonFolder, output.folder)
    return output.look.words.say(
      es: "Las figuras están en \(folder)", en: "The figures are in \(folder)")
  }

  private func tellPlainly() throws {
    let lines = try plain(width: 80).lines(pages)
    tool.output(
      lines.map { $0.plainText.withoutTrailingSpaces + "\n" }.joined() + "\n\(farewell)\n")
  }

  private func tellInteractively(_ terminal: any Terminal) throws -> Bool {
    // A reader who asked for certain steps is not led back to another place.
    let progress = options.steps == .all ? ProgressFile(environment: tool.environment) : nil
    let isAtEnd = try InteractiveRunner(
      plain: plain(width: terminal.width), pages: pages, terminal: terminal,
      painter: Painter(depth: terminal.isWatched ? Painter.depth(in: tool.environment) : .none),
      progress: progress
    ).run()
    tool.print(farewell)
    return isAtEnd
  }

  private func plain(width: Int) -> PlainRunner {
    PlainRunner(
      text: PageText(words: output.look.words, theme: output.look.theme, width: width),
      lesson: lesson,
      figurePath: { page in
        options.stillFormats.first.map { Paths.joined(output.lessonFolder, output.path(page, $0)) }
      },
      command: { page in
        output.commandText(step: page.run, usesWeights: page.run.usesReadersWeights)
      }, truth: session.truth)
  }

  /// What was computed: the values of each step as numbers and as they are written.
  func json(_ paths: [String]) -> JSONNode {
    let words = output.look.words
    let steps = pages.map { page in
      JSONNode.object([
        ("id", .string(page.run.id)), ("number", .integer(page.run.number)),
        ("title", .string(page.title)), ("caption", .string(page.caption)),
        (
          "settings", .object(page.run.settings.map { ($0.name, .number($0.value)) })
        ),
        (
          "values",
          .object(
            page.run.observation.values.sorted { $0.key < $1.key }.map {
              ($0.key, Self.json($0.value, words))
            })
        ),
        (
          "alternativeText", .string(page.run.observation.picture.alternativeText(words))
        ),
        (
          "files",
          .array(
            options.stillFormats.map {
              .string(Paths.joined(output.lessonFolder, output.path(page, $0)))
            })
        ),
      ])
    }
    return .object([
      ("lesson", .string(lesson.plan.id)), ("version", .string(Tool.version)),
      ("language", .string(words.language.rawValue)), ("seed", .integer(session.seed)),
      ("steps", .array(steps)), ("files", .array(paths.map(JSONNode.string))),
    ])
  }

  private static func json(_ value: Value, _ words: Words) -> JSONNode {
    if case .flag(let flag) = value { return JSONNode(.boolean(flag)) }
    let text = JSONNode.string(value.formatted(words))
    guard let number = value.numeric, number.isFinite else { return text }
    return .object([("number", .number(number)), ("text", text)])
  }
}
