internal import Course
internal import Demonstrations
internal import Drawing

/// All figures that the tool can make, and the steps of lessons that show them.
struct FigureGallery {
  /// A demonstration and where lessons show it.
  struct Entry {
    var demonstration: any Demonstration
    /// The steps that show it, in course order.
    var places: [Place]

    /// Whether weights of the reader's can take the place of those of the lessons.
    var takesWeights: Bool {
      places.isEmpty || places.contains { $0.step.acceptsWeights || $0.step.data != nil }
    }
  }

  /// A step of a lesson.
  struct Place {
    var lesson: Lesson
    var step: StepPlan

    var name: String { "\(lesson.plan.id)/\(step.id)" }
  }

  /// A figure ready to be drawn.
  struct Subject {
    /// What identifiers in files begin with.
    var id: String
    var picture: Picture
    var caption: String
    var usesReadersWeights: Bool
  }

  let catalogue: Catalogue
  let demonstrations: [any Demonstration]

  init(_ tool: Tool, lessonsFolder: String?) throws {
    catalogue = try tool.catalogue(lessonsFolder)
    demonstrations = tool.demonstrations
  }

  /// All figures; this reads all lessons, which a step that is named does not need.
  func entries() -> [Entry] {
    let lessons = catalogue.lessons()
    return demonstrations.map { demonstration in
      Entry(
        demonstration: demonstration,
        places: lessons.flatMap { lesson in
          lesson.plan.steps.filter { $0.demonstration == demonstration.id }
            .map { Place(lesson: lesson, step: $0) }
        })
    }
  }

  /// Computes a figure by the name of its demonstration, or of a step such as `quantization/levels`.
  ///
  /// A demonstration has its own default settings and the data of the first step that shows it; a
  /// step brings its settings, its data and its caption.
  ///
  /// - Throws: `ToolError.usage` for a name that nothing has, else `CourseError`,
  ///   `DemonstrationError`, or what reading the data throws.
  func subject(
    named name: String, options: RunOptions, words: Words, _ tool: Tool
  ) throws -> Subject {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      return try step(parts[1], of: parts[0], options: options, words: words, tool)
    }
    guard parts.count == 1, let entry = entries().first(where: { $0.demonstration.id == name })
    else {
      throw unknown(name)
    }
    return try demonstration(entry, options: options, words: words, tool)
  }

  private func step(
    _ id: String, of lessonName: String, options: RunOptions, words: Words, _ tool: Tool
  ) throws -> Subject {
    let lesson = try catalogue.lesson(lessonName, for: "figure")
    let session = try session(lesson, options: options, tool)
    if let step = lesson.plan.step(id) { try session.checkOptions(for: [step]) }
    let page = try session.page(id, words: words)
    return Subject(
      id: "\(lesson.plan.id)-\(id)", picture: page.run.observation.picture, caption: page.caption,
      usesReadersWeights: page.run.usesReadersWeights)
  }

  private func demonstration(
    _ entry: Entry, options: RunOptions, words: Words, _ tool: Tool
  ) throws -> Subject {
    let demonstration = entry.demonstration
    let observation: Observation
    var usesReadersWeights = options.weights != nil
    if let place = entry.places.first {
      // The step without its settings: those of the demonstration are then in force.
      var step = place.step
      step.settings = [:]
      step.acceptsWeights = entry.takesWeights
      var lesson = place.lesson
      lesson.plan.parameters = [:]
      lesson.plan.steps = [step]
      let session = try session(lesson, options: options, tool)
      try session.checkOptions(for: [step])
      let run = try session.run(step.id)
      observation = run.observation
      usesReadersWeights = run.usesReadersWeights
    } else {
      let known = demonstration.parameters.map(\.name)
      for name in options.settings.keys.sorted() where !known.contains(name) {
        throw CourseError.unknownSetting(name, lesson: demonstration.id, known: known)
      }
      var input = DemonstrationInput(
        settings: options.settings, seed: options.seed ?? DemonstrationInput().seed,
        weights: try options.readWeights(tool), isQuick: options.isQuick)
      if let trained = demonstration as? any TrainedDemonstration {
        let records = TrainedRecords(
          lesson: nil, retrains: options.retrains, words: words, tool)
        input.records = try records(trained.experiments(for: input))
      }
      observation = try demonstration.observe(input)
    }
    return Subject(
      id: demonstration.id, picture: observation.picture,
      caption: observation.picture.alternativeText(words), usesReadersWeights: usesReadersWeights)
  }

  private func session(
    _ lesson: Lesson, options: RunOptions, _ tool: Tool
  ) throws -> LessonSession {
    LessonSession(
      lesson: lesson, options: options, weights: try options.readWeights(tool),
      records: TrainedRecords(
        lesson: lesson, retrains: options.retrains, words: options.words(tool), tool), tool)
  }

  private func unknown(_ name: String) -> ToolError {
    let entries = entries()
    let places = entries.flatMap(\.places)
    let candidates = entries.map(\.demonstration.id) + places.map(\.name)
    // Who names a lesson or a step without the other means one of its figures.
    let place = places.first { $0.step.id == name } ?? places.first { $0.lesson.plan.id == name }
    let nearest = place?.name ?? Spelling.nearest(to: name.lowercased(), among: candidates)
    return .usage(
      "there is no figure “\(name)”" + (nearest.map { "; did you mean “\($0)”?" } ?? "")
        + "; \(Tool.name) figures lists them", command: "figure")
  }
}
