internal import Course
internal import Drawing

/// Lists the lessons, a line each.
struct ListCommand: Command {
  static let configuration = CommandConfiguration(
    name: "list", summary: "list the lessons, a line each",
    options: [
      .init("lang", "es|en", "the language of the titles"), .init("json", nil, "print JSON"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: ["\(Tool.name) list --lang en"])

  let language: Language?
  let json: Bool
  let folder: String?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    language = try arguments.language()
    json = arguments.has("json")
    folder = arguments.value("lessons")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let language = language ?? .preferred(in: tool.environment)
    let catalogue = try tool.catalogue(folder)
    let lessons = catalogue.lessons()
    let unreadable = catalogue.ids.count - lessons.count
    if unreadable > 0 {
      tool.say(
        "\(unreadable) \(unreadable == 1 ? "lesson" : "lessons") cannot be read; \(Tool.name) check says why"
      )
    }
    if json {
      let entries = lessons.map { lesson in
        let text = lesson.text(in: language)
        return JSONNode.object([
          ("id", .string(lesson.plan.id)), ("order", .number(lesson.plan.order)),
          ("title", .string(text?.title ?? "")), ("summary", .string(text?.summary ?? "")),
          ("minutes", .number(lesson.plan.minutes)),
          ("prerequisites", .array(lesson.plan.prerequisites.map(JSONNode.string))),
          ("steps", .array(lesson.plan.steps.map { .string($0.id) })),
        ])
      }
      tool.print(JSONNode.array(entries).serialized())
      return .success
    }
    let width = lessons.map(\.plan.id.count).max() ?? 0
    for lesson in lessons {
      let text = lesson.text(in: language)
      let padding = String(repeating: " ", count: width - lesson.plan.id.count)
      tool.print("\(lesson.plan.id)\(padding)  \(text?.title ?? ""). \(text?.summary ?? "")")
    }
    if catalogue.ids.isEmpty {
      tool.say(language == .spanish ? "no hay lecciones" : "there are no lessons")
    }
    return .success
  }
}

extension Tool {
  /// The lessons that there are.
  func catalogue(_ folder: String?) throws(CourseError) -> Catalogue {
    try Catalogue.find(
      requested: folder, environment: environment, workingDirectory: workingDirectory,
      executable: executable)
  }
}

extension Catalogue {
  /// Reads a lesson that is to be run; a name with a capital is a slip and gets a hint.
  ///
  /// - Throws: `ToolError.usage` with the hint, else `CourseError`.
  func lesson(_ name: String, for command: String) throws -> Lesson {
    let lowercased = name.lowercased()
    if name != lowercased, let nearest = Spelling.nearest(to: lowercased, among: ids) {
      throw ToolError.usage(
        "there is no lesson “\(name)”; did you mean “\(nearest)”?", command: command)
    }
    return try lesson(name)
  }
}
