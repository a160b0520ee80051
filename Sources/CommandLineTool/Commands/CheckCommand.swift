internal import Course
internal import Demonstrations

/// Reports everything that is wrong in lessons.
struct CheckCommand: Command {
  static let configuration = CommandConfiguration(
    name: "check", summary: "find what is wrong in the lessons' files",
    arguments: [
      .init(name: "lesson", summary: "the lesson; all of them if none is named", isRequired: false)
    ],
    options: [
      .init("all", nil, "check all lessons"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: ["\(Tool.name) check quantization"])

  let lesson: String?
  let folder: String?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    lesson = arguments.argument(0)
    folder = arguments.value("lessons")
    if lesson != nil, arguments.has("all") {
      throw .usage("check takes a lesson or --all, not both", command: "check")
    }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let catalogue = try tool.catalogue(folder)
    let ids = lesson.map { [$0] } ?? catalogue.ids
    var count = 0
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
}

extension Tool {
  /// What is wrong in the lesson in a folder, with its files named as the user names them.
  ///
  /// - Throws: `RenderingError` where the fonts are missing, without which no figure can be looked at.
  func findings(in folder: String) throws -> [Diagnostic] {
    let review = try PictureReview()
    return LessonChecker.check(
      folder: folder, demonstrations: demonstrations,
      readWeights: { path, tensor, slice in
        try NamedWeights(path: path, tensor: tensor, slice: slice)
      }, reviewPicture: review.problems
    ).map { finding in
      var finding = finding
      finding.file = Paths.shown(finding.file, from: workingDirectory)
      return finding
    }
  }
}
