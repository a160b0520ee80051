internal import Course
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange

/// Makes a lesson that runs as it is, for an author to change.
struct NewCommand: Command {
  static let configuration = CommandConfiguration(
    name: "new", summary: "make a small lesson that runs, to be changed into your own",
    arguments: [
      .init(name: "lesson", summary: "the id of the new lesson: lower-case words and hyphens")
    ],
    options: [
      .init("demonstration", "ID", "what its steps show; low-rank-approximation if not said"),
      .init("lang", "LIST", "es, en or es,en; both if not said"),
      .init(
        "lessons", "DIR", "the folder to make it in; else lessons, or LORA_LESSONS_PATH's first"),
    ],
    examples: [
      "\(Tool.name) new my-lesson",
      "\(Tool.name) new outliers --demonstration absmax --lessons course",
    ])

  let id: String
  let demonstration: String
  let languages: [Language]
  let folder: String?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    id = arguments.argument(0) ?? ""
    demonstration = arguments.value("demonstration") ?? "low-rank-approximation"
    languages = try arguments.languages()
    folder = arguments.value("lessons")
    if folder?.isEmpty == true { throw .usage("--lessons needs a folder", command: "new") }
  }

  func run(_ tool: Tool) throws -> ExitCode {
    guard Identifier.isValid(id) else {
      throw ToolError.usage(
        "“\(id)” cannot be the id of a lesson: lower-case words and hyphens, at most 64 characters",
        command: "new")
    }
    let demonstration = try tool.demonstration(demonstration, for: "new")
    let parent = folder ?? tool.foldersOfPath.first ?? "lessons"
    let path = Paths.joined(parent, id)
    let place = Paths.normalized(Paths.joined(tool.workingDirectory, path))
    guard !isTaken(place) else {
      throw ToolError.cannotCreate(
        path: path, reason: "there is something of that name; choose another id")
    }
    let records = TrainedRecords(
      lesson: nil, words: Words(.preferred(in: tool.environment)), tool)
    let files = try LessonTemplate(
      id: id, demonstration: demonstration, languages: languages, records: records.callAsFunction
    ).files()
    try Interrupts.protecting {
      try AtomicFolder.create(
        place, files: files.map { ($0.name, Array($0.text.utf8)) }, mayGoOn: $0)
    }
    for file in files { tool.print(Paths.joined(path, file.name)) }
    tool.say("next:")
    for line in next(in: parent, tool) { tool.say("  \(line)") }
    return .success
  }

  /// Whether something is there already; an empty folder is not in the way.
  private func isTaken(_ path: String) -> Bool {
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil { return true }
    guard FileManager.default.fileExists(atPath: path) else { return false }
    return (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty != true
  }

  /// The commands to try; they name the folder where they would not find it by themselves.
  private func next(in folder: String, _ tool: Tool) -> [String] {
    let found = try? tool.catalogue(nil).folder(of: id)
    let place = Paths.normalized(Paths.joined(tool.workingDirectory, Paths.joined(folder, id)))
    let end = found == place ? "" : " --lessons \(CommandText.quoted(folder))"
    return [
      "\(Tool.name) check \(id)\(end)", "\(Tool.name) preview \(id)\(end) --watch",
      "\(Tool.name) run \(id)\(end)",
      "\(Tool.name) values \(demonstration)",
    ]
  }
}

extension Tool {
  /// The folders that `LORA_LESSONS_PATH` names.
  var foldersOfPath: [String] {
    (environment["LORA_LESSONS_PATH"] ?? "").split(separator: ":").map(String.init)
  }

  /// A demonstration by its name.
  ///
  /// - Throws: `ToolError.usage` with what was probably meant.
  func demonstration(_ name: String, for command: String) throws(ToolError) -> any Demonstration {
    guard let found = demonstrations.first(where: { $0.id == name }) else {
      let nearest = Spelling.nearest(to: name.lowercased(), among: demonstrations.map(\.id))
      throw .usage(
        "there is no demonstration “\(name)”; "
          + (nearest.map { "did you mean “\($0)”?" } ?? "\(Tool.name) values lists them"),
        command: command)
    }
    return found
  }
}

extension ParsedArguments {
  /// The languages of a list such as `es,en`; all of them where none was given.
  func languages() throws(ToolError) -> [Language] {
    guard let list = value("lang") else { return Language.allCases }
    var languages: [Language] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let language = Language(rawValue: String(word)) else {
        throw .usage("--lang is es, en or es,en, not “\(list)”", command: command)
      }
      if !languages.contains(language) { languages.append(language) }
    }
    return languages
  }
}
