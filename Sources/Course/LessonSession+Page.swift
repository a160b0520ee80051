public import Demonstrations
public import Drawing

/// A step as a learner reads it: in one language, with its numbers.
public struct StepPage: Sendable {
  public var run: StepRun
  public var title: String
  /// The parts without conditions and placeholders.
  public var elements: [StepElement]
  /// The language of the text; another than asked for where a translation is missing.
  public var language: Language
  /// The first paragraph, as plain text.
  public var caption: String
}

extension LessonSession {
  /// A step in a language, with its conditions decided and its placeholders filled.
  ///
  /// Values are written into the words of the parsed text, so that none can become markup.
  ///
  /// - Throws: `CourseError.missingValue` or `.notAFlag`, and what `run(_:)` throws.
  public func page(_ id: String, words: Words) throws -> StepPage {
    let run = try run(id)
    guard let (text, language) = lesson.step(id, in: words.language) else {
      throw CourseError.unknownStep(
        id, lesson: lesson.plan.id, known: lesson.texts.flatMap { $0.steps.map(\.id) })
    }
    let elements = try resolved(text.elements, of: run)
    let filled = try fill(elements, of: run, words)
    return StepPage(
      run: run, title: try fill(text.title, of: run, words), elements: filled, language: language,
      caption: Self.firstParagraph(filled))
  }

  /// The value that a placeholder names.
  func value(_ name: String, of run: StepRun) throws -> Value {
    if let value = run.observation.values[name] { return value }
    let parts = Placeholder.parts(name)
    var owner = run
    if let step = parts.step {
      owner = try self.run(step)
      if let value = owner.observation.values[parts.value] { return value }
    }
    throw CourseError.missingValue(
      name, lesson: lesson.plan.id, step: run.id, known: owner.observation.values.keys.sorted())
  }

  private func fill(_ text: String, of run: StepRun, _ words: Words) throws -> String {
    try Placeholder.fill(text) { try value($0, of: run).formatted(words) }
  }

  private func resolved(_ elements: [StepElement], of run: StepRun) throws -> [StepElement] {
    try elements.flatMap { element -> [StepElement] in
      guard case .conditional(let flag, let wanted, let inner, _) = element else {
        return [element]
      }
      guard case .flag(let isSet) = try value(flag, of: run) else {
        throw CourseError.notAFlag(flag, lesson: lesson.plan.id, step: run.id)
      }
      return isSet == wanted ? try resolved(inner, of: run) : []
    }
  }

  private func fill(
    _ elements: [StepElement], of run: StepRun, _ words: Words
  ) throws -> [StepElement] {
    func filled(_ blocks: [Block]) throws -> [Block] {
      try blocks.mapText { try fill($0, of: run, words) }
    }
    return try elements.map { element in
      switch element {
      case .prose(let blocks): return .prose(try filled(blocks))
      case .hint(let blocks): return .hint(try filled(blocks))
      case .notes(let blocks): return .notes(try filled(blocks))
      case .simplified(let blocks): return .simplified(try filled(blocks))
      case .sources(let blocks): return .sources(try filled(blocks))
      case .question(var question):
        question.text = try filled(question.text)
        if case .options(let options) = question.answer {
          question.answer = .options(
            try options.map { option in
              var option = option
              option.text = try option.text.mapText { try fill($0, of: run, words) }
              option.justification = try filled(option.justification)
              return option
            })
        }
        return .question(question)
      case .conditional: return element
      }
    }
  }

  private static func firstParagraph(_ elements: [StepElement]) -> String {
    for case .prose(let blocks) in elements {
      if let paragraph = blocks.firstParagraph { return paragraph }
    }
    return ""
  }

  /// The true answer to a question about a number.
  public func truth(_ name: String, of run: StepRun) throws -> Value { try value(name, of: run) }
}
