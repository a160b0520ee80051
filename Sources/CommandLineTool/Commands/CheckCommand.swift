internal import Course
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// Reports everything that is wrong in lessons.
struct CheckCommand: Command {
  static let configuration = CommandConfiguration(
    name: "check", summary: "find what is wrong in the lessons' files",
    arguments: [
      .init(name: "lesson", summary: "the lesson; all of them if none is named", isRequired: false)
    ],
    options: [
      .init("all", nil, "check all lessons"),
      .init("accept", nil, "first mark the translations as made from the present Spanish text"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: [
      "\(Tool.name) check quantization", "\(Tool.name) check my-lesson --lessons lessons --accept",
    ])

  let lesson: String?
  let folder: String?
  let accepts: Bool

  init(_ arguments: ParsedArguments) throws(ToolError) {
    lesson = arguments.argument(0)
    folder = arguments.value("lessons")
    accepts = arguments.has("accept")
    if lesson != nil, arguments.has("all") {
      throw .usage("check takes a lesson or --all, not both", command: "check")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let catalogue = try tool.catalogue(folder)
    let ids = lesson.map { [$0] } ?? catalogue.ids
    let overlooked = lesson == nil ? tool.shown(catalogue.overlooked) : []
    guard !ids.isEmpty || !overlooked.isEmpty else {
      throw CourseError.noLessonsFolder(
        searched: catalogue.folders.map { Paths.shown($0, from: tool.workingDirectory) })
    }
    if accepts {
      for id in ids { try accept(folder: catalogue.folder(of: id), tool) }
    }
    for finding in overlooked { tool.print(finding.description) }
    var count = overlooked.count
    for id in ids {
      let findings = try tool.findings(in: catalogue.folder(of: id))
      for finding in findings { tool.print(finding.description) }
      count += findings.count
    }
    tool.say(
      "\(ids.count) \(ids.count == 1 ? "lesson" : "lessons") checked, \(count) \(count == 1 ? "finding" : "findings")"
    )
    return count == 0 ? .success : .findings
  }

  /// Brings the marks of a lesson's translations up to date, where its files can be read.
  private func accept(folder: String, _ tool: Tool) throws {
    let (lesson, diagnostics) = Lesson.load(folder: folder)
    guard let lesson, !diagnostics.contains(where: { $0.severity == .error }) else {
      tool.say("\(Paths.name(folder)): nothing is accepted before its errors are put right")
      return
    }
    guard let source = lesson.texts.first(where: { $0.language == .spanish }) else { return }
    for translation in lesson.texts where translation.language != .spanish {
      let name = Paths.shown(translation.file, from: tool.workingDirectory)
      guard let data = FileManager.default.contents(atPath: translation.file) else { continue }
      let (text, count) = TranslationMarks.bringUpToDate(
        String(decoding: data, as: UTF8.self), with: source)
      guard count > 0 else { continue }
      try Interrupts.protecting { mayGoOn in
        try mayGoOn()
        try AtomicFile.write(text, to: translation.file)
      }
      tool.say("\(name): \(count) \(count == 1 ? "step" : "steps") marked as up to date")
    }
  }
}

extension Tool {
  /// What is wrong in the lesson in a folder, with its files named as the user names them.
  ///
  /// - Throws: `RenderingError` where the fonts are missing, without which no figure can be looked at.
  func findings(in folder: String) throws -> [Diagnostic] {
    let review = try PictureReview()
    let records = TrainedRecords(
      lesson: Lesson.load(folder: folder).lesson, words: Words(.preferred(in: environment)), self)
    return shown(
      LessonChecker.check(
        folder: folder, demonstrations: demonstrations,
        readWeights: { path, tensor, slice in
          try NamedWeights(path: path, tensor: tensor, slice: slice)
        }, records: records.callAsFunction, reviewPicture: review.problems))
  }

  /// Findings with the files below the working directory named as the user names them.
  func shown(_ findings: [Diagnostic]) -> [Diagnostic] {
    findings.map { finding in
      var finding = finding
      finding.file = Paths.shown(finding.file, from: workingDirectory)
      finding.message = finding.message.replacing(workingDirectory + "/", with: "")
      return finding
    }
  }
}
