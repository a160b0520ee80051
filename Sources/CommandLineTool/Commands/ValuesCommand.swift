internal import Course
internal import Demonstrations
internal import Drawing
internal import Experiments
internal import LinearAlgebra

/// Shows authors the names that a text can use: parameters, values and flags.
struct ValuesCommand: Command {
  static let configuration = CommandConfiguration(
    name: "values", summary: "show what a text can name: parameters, {{values}} and flags",
    arguments: [
      .init(
        name: "demonstration", summary: "the demonstration; all of them if none is named",
        isRequired: false)
    ],
    options: [
      .init("lesson", "ID", "the steps of a lesson instead, with its settings and data"),
      .init("step", "N|ID", "one step of that lesson"),
      .init("set", "NAME=N", "set a parameter; may stand more than once", repeats: true),
      .init("lang", "es|en", "the language of the values"), .init("json", nil, "print JSON"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: [
      "\(Tool.name) values", "\(Tool.name) values low-rank-approximation --set rank=3",
      "\(Tool.name) values --lesson quantization --step absmax --lang en",
    ])

  let demonstration: String?
  let json: Bool
  /// What `run` would be told.
  let options: RunOptions?
  let settings: [String: Double]
  let language: Language?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    demonstration = arguments.argument(0)
    json = arguments.has("json")
    settings = try arguments.settings()
    language = try arguments.language()
    guard let lesson = arguments.value("lesson") else {
      for option in ["step", "lessons"] where arguments.has(option) {
        throw .usage("--\(option) belongs to --lesson", command: "values")
      }
      options = nil
      return
    }
    if demonstration != nil {
      throw .usage("values takes a demonstration or --lesson, not both", command: "values")
    }
    var words = [lesson, "--plain"]
    for name in ["step", "set", "lang", "lessons"] {
      for value in arguments.all(name) { words.append("--\(name)=\(value)") }
    }
    options = try RunOptions(of: "values", words: words)
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    if let options { return try show(stepsOf: options, words, tool) }
    guard let demonstration else { return try list(words, tool) }
    let found = try tool.demonstration(demonstration, for: "values")
    for name in settings.keys.sorted() where !found.parameters.contains(where: { $0.name == name })
    {
      throw ToolError.usage(
        "\(found.id) has no parameter “\(name)”"
          + (Spelling.suggestion(for: name, among: found.parameters.map(\.name))
            .map { "; \($0)" } ?? ""),
        command: "values")
    }
    let records = TrainedRecords(lesson: nil, words: words, tool)
    let listing = try self.listing(found, records.callAsFunction, words)
    if json { tool.print(listing.json.serialized()) } else { tool.output(listing.text) }
    return .success
  }

  private func listing(
    _ demonstration: any Demonstration, _ records: RecordsProvider, _ words: Words
  ) throws -> ValueListing {
    let example = try demonstration.example(settings: settings, records: records)
    return ValueListing(
      heading: demonstration.id, demonstration: demonstration, settings: settings,
      observation: example.observation,
      exampleShape: example.weights.map { ($0.rows, $0.columns) }, words: words)
  }

  /// A line for each demonstration: its name and what its figure says on an example.
  private func list(_ words: Words, _ tool: Tool) throws -> ExitCode {
    if let name = settings.keys.sorted().first {
      throw ToolError.usage("--set \(name) needs a demonstration", command: "values")
    }
    // One that has no example is listed all the same, with what it wants.
    let records = TrainedRecords(lesson: nil, words: words, tool)
    let listings = tool.demonstrations.map { demonstration in
      (demonstration.id, Result { try listing(demonstration, records.kept, words) })
    }
    if json {
      let entries = listings.map { id, result in
        switch result {
        case .success(let listing): listing.json
        case .failure(let error):
          JSONNode.object([("demonstration", .string(id)), ("problem", .string("\(error)"))])
        }
      }
      tool.print(JSONNode.array(entries).serialized())
      return .success
    }
    let width = listings.map(\.0.count).max() ?? 0
    for (id, result) in listings {
      let padding = String(repeating: " ", count: width - id.count)
      let title =
        switch result {
        case .success(let listing): listing.observation.picture.title(words)
        case .failure(let error): "(\(error))"
        }
      tool.print("\(id)\(padding)  \(title)")
    }
    return .success
  }

  private func show(stepsOf options: RunOptions, _ words: Words, _ tool: Tool) throws -> ExitCode {
    let id = options.lesson ?? ""
    // The texts may be half written: what there is to write with is asked for while they are.
    let (loaded, diagnostics) = Lesson.load(
      folder: try tool.catalogue(options.lessonsFolder).folder(of: id))
    let errors = diagnostics.filter {
      $0.severity == .error && Paths.name($0.file) == "lesson.json"
    }
    guard let lesson = loaded, errors.isEmpty else {
      throw CourseError.brokenLesson(id, findings: errors)
    }
    let session = LessonSession(
      lesson: lesson, options: options, weights: nil,
      records: TrainedRecords(lesson: lesson, words: words, tool), tool)
    let steps = try options.chosen(from: lesson.plan)
    try session.checkOptions(for: steps)
    let listings = try steps.map { step in
      let run = try session.run(step.id)
      return ValueListing(
        heading: "\(step.id) (\(step.demonstration))",
        demonstration: try tool.demonstration(step.demonstration, for: "values"),
        settings: Dictionary(uniqueKeysWithValues: run.settings.map { ($0.name, $0.value) }),
        observation: run.observation, words: words)
    }
    if json {
      let entries = zip(steps, listings).map { step, listing in
        JSONNode.object([("step", .string(step.id)), ("listing", listing.json)])
      }
      tool.print(JSONNode.array(entries).serialized())
    } else {
      tool.output(listings.map(\.text).joined(separator: "\n"))
    }
    return .success
  }
}
