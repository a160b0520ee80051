internal import Demonstrations
internal import Drawing

extension LessonChecker {
  /// Settings, data, placeholders, answers and flags, against what the demonstrations give.
  mutating func checkValues(of lesson: Lesson) {
    let file = Paths.joined(lesson.folder, "lesson.json")
    let session = LessonSession(
      lesson: lesson, demonstrations: demonstrations, readWeights: readWeights)
    var known = Set<String>()
    var runs: [String: StepRun] = [:]
    for step in lesson.plan.steps {
      guard let demonstration = demonstrations.first(where: { $0.id == step.demonstration }) else {
        report(
          "there is no demonstration “\(step.demonstration)”", in: file, at: step.position,
          suggestion: Spelling.suggestion(
            for: step.demonstration, among: demonstrations.map(\.id)))
        continue
      }
      let names = demonstration.parameters.map(\.name)
      known.formUnion(names)
      var isSound = true
      for name in step.settings.keys.sorted() where !names.contains(name) {
        report(
          "\(demonstration.id) has no parameter “\(name)”", in: file, at: step.position,
          suggestion: Spelling.suggestion(for: name, among: names))
        isSound = false
      }
      if let data = step.data, lesson.path(of: data) == nil {
        report(
          "“\(data.file)” lies outside the folder of the lessons", in: file, at: data.position)
        isSound = false
      }
      guard isSound else { continue }
      do {
        let run = try session.run(step.id)
        runs[step.id] = run
        checkTitles(of: run, in: file)
      } catch {
        report("\(error)", in: file, at: step.data?.position ?? step.position)
      }
    }
    for name in lesson.plan.parameters.keys.sorted() where !known.contains(name) {
      report(
        "no step has a parameter “\(name)”", in: file, at: .start,
        suggestion: Spelling.suggestion(for: name, among: known.sorted()))
    }
    for text in lesson.texts {
      for step in text.steps {
        guard let run = runs[step.id] else { continue }
        for placeholder in step.placeholders {
          checkPlaceholder(placeholder, of: run, among: runs, in: text.file, lesson)
        }
        checkElements(step.elements, of: run, in: text.file)
      }
    }
  }

  /// A figure's title fits on one line in both languages.
  private mutating func checkTitles(of run: StepRun, in file: String) {
    for language in Language.allCases {
      let title = run.observation.picture.title(Words(language))
      guard title.count > 60 else { continue }
      report(
        "the figure's title “\(title)” has \(title.count) characters, and at most 60 fit", in: file,
        at: run.plan.position, severity: .warning)
    }
  }

  private mutating func checkPlaceholder(
    _ placeholder: LocatedText, of run: StepRun, among runs: [String: StepRun], in file: String,
    _ lesson: Lesson
  ) {
    let name = placeholder.text
    if run.observation.values[name] != nil { return }
    let parts = Placeholder.parts(name)
    var owner = run
    if let step = parts.step {
      guard let other = runs[step] else {
        if lesson.plan.step(step) == nil {
          report(
            "the placeholder “{{\(name)}}” names a step that is not there", in: file,
            at: placeholder.position,
            suggestion: Spelling.suggestion(for: step, among: lesson.plan.steps.map(\.id)))
        }
        return
      }
      owner = other
      if owner.observation.values[parts.value] != nil { return }
    }
    report(
      "the placeholder “{{\(name)}}” has no value", in: file, at: placeholder.position,
      suggestion: Spelling.suggestion(
        for: parts.value, among: owner.observation.values.keys.sorted()))
  }

  private mutating func checkElements(
    _ elements: [StepElement], of run: StepRun, in file: String
  ) {
    let values = run.observation.values
    for element in elements {
      switch element {
      case .question(let question):
        guard case .number(let name, _) = question.answer, values[name]?.numeric == nil else {
          continue
        }
        let numbers = values.filter { $0.value.numeric != nil }.keys.sorted()
        report(
          values[name] == nil
            ? "the answer “\(name)” has no value" : "the answer “\(name)” is not a number",
          in: file, at: question.position,
          suggestion: Spelling.suggestion(for: name, among: numbers))
      case .conditional(let flag, _, let inner, let position):
        if case .flag = values[flag] {
          checkElements(inner, of: run, in: file)
          continue
        }
        let flags = values.filter {
          if case .flag = $0.value { true } else { false }
        }.keys.sorted()
        report(
          values[flag] == nil ? "there is no flag “\(flag)”" : "“\(flag)” is not a flag",
          in: file, at: position, suggestion: Spelling.suggestion(for: flag, among: flags))
      case .prose, .hint, .notes, .simplified, .sources: continue
      }
    }
  }
}
