public import Drawing

/// A lesson: its plan and what it says in each language.
public struct Lesson: Sendable {
  /// The folder that holds its files.
  public var folder: String
  public var plan: LessonPlan
  /// The texts that there are, Spanish first.
  public var texts: [LessonText]

  /// The text in a language, or else in the other one.
  public func text(in language: Language) -> LessonText? {
    texts.first { $0.language == language } ?? texts.first
  }

  /// The text of a step in a language, or else in the other one.
  public func step(_ id: String, in language: Language) -> (text: StepText, language: Language)? {
    let order = texts.filter { $0.language == language } + texts.filter { $0.language != language }
    for text in order {
      if let step = text.step(id) { return (step, text.language) }
    }
    return nil
  }

  /// Reads the files of a lesson.
  ///
  /// What is wrong in them is collected; the lesson is `nil` where its plan cannot be read at all.
  public static func load(folder: String) -> (lesson: Lesson?, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    var missing: [Diagnostic] = []
    func read(_ name: String) -> (text: String, file: String)? {
      let file = Paths.joined(folder, name)
      switch TextFile.read(file) {
      case .success(let text): return (text, file)
      case .failure(let problem):
        let diagnostic = Diagnostic(
          file: file, position: problem.position, message: problem.message)
        if problem.isMissing { missing.append(diagnostic) } else { diagnostics.append(diagnostic) }
        return nil
      }
    }
    var plan: LessonPlan?
    if let (text, file) = read("lesson.json") {
      let result = LessonPlanReader.read(text, file: file)
      plan = result.plan
      diagnostics += result.diagnostics
      if let id = plan?.id, Identifier.isValid(id), id != Paths.name(folder) {
        diagnostics.append(
          Diagnostic(
            file: file, position: .start,
            message: "the lesson is “\(id)”, and its folder “\(Paths.name(folder))”",
            suggestion: "give both the same name"))
      }
    }
    var texts: [LessonText] = []
    for language in Language.allCases {
      guard let (text, file) = read("\(language.rawValue).md") else { continue }
      let result = LessonTextParser.parse(text, file: file, language: language)
      texts.append(result.text)
      diagnostics += result.diagnostics
    }
    // A lesson in one language can be taught; its steps are then shown in that one.
    if !texts.isEmpty {
      for index in missing.indices where missing[index].file.hasSuffix(".md") {
        missing[index].severity = .warning
        missing[index].suggestion = "write it, with the steps of \(Paths.name(texts[0].file))"
      }
    }
    diagnostics += missing
    let lesson = plan.map { Lesson(folder: folder, plan: $0, texts: texts) }
    return (lesson, Diagnostic.sorted(diagnostics))
  }
}
