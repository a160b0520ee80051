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
      let findings = LessonChecker.check(
        folder: try catalogue.folder(of: id), demonstrations: tool.demonstrations,
        readWeights: { path, tensor, slice in
          try NamedWeights(path: path, tensor: tensor, slice: slice)
        })
      for var finding in findings {
        finding.file = Paths.shown(finding.file, from: tool.workingDirectory)
        tool.print(finding.description)
      }
      count += findings.count
    }
    tool.say(
      "\(ids.count) \(ids.count == 1 ? "lesson" : "lessons") checked, \(count) \(count == 1 ? "finding" : "findings")"
    )
    return count == 0 ? .success : .findings
  }
}
