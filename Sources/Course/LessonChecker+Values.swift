internal import Demonstrations
internal import Drawing

extension LessonChecker {
  /// Settings, data, placeholders, answers and flags, against what the demonstrations give.
  mutating func checkValues(of lesson: Lesson) {
    let file = Paths.joined(lesson.folder, "lesson.json")
    let session = LessonSession(
      lesson: lesson, demonstrations: demonstrations, readWeights: readWeights, records: records)
    var known = Set<String>()
    var runs: [String: StepRun] = [:]
    for step in lesson.plan.steps {
      guard let demonstration = demonstrations.first(where: { $0.id == step.demonstration }) else {
        report(
          "there is no demonstration “\(step.demonstration)”", in: file,
          at: step.demonstrationPosition,
          suggestion: Spelling.suggestion(
            for: step.demonstration, among: demonstrations.map(\.id)))
        continue
      }
      let names = demonstration.parameters.map(\.name)
      known.formUnion(names)
      var isSound = true
      for name in step.settings.keys.sorted() where !names.contains(name) {
        report(
          "\(demonstration.id) has no parameter “\(name)”", in: file,
          at: step.settingPositions[name] ?? step.position,
          suggestion: Spelling.suggestion(for: name, among: names))
        isSound = false
      }
      for path in step.data?.files ?? [] where lesson.path(of: path) == nil {
        report(
          "“\(path)” lies outside the folder of the lessons", in: file,
          at: step.data?.position ?? step.position)
        isSound = false
      }
      guard isSound else { continue }
      do {
        let run = try session.run(step.id)
        runs[step.id] = run
        checkTitles(of: run, in: file)
        let id = "\(lesson.plan.id)-\(step.id)"
        for problem in reviewPicture(run.observation.picture, id) {
          report(
            problem, in: file, at: step.position, suggestion: "other settings or data may help",
            severity: .warning)
        }
      } catch {
        report("\(error)", in: file, at: place(of: error, in: step, lesson.plan))
      }
    }
    for name in lesson.plan.parameters.keys.sorted() where !known.contains(name) {
      report(
        "no step has a parameter “\(name)”", in: file,
        at: lesson.plan.parameterPositions[name] ?? .start,
        suggestion: Spelling.suggestion(for: name, among: known.sorted()))
    }
    for text in lesson.texts {
      for step in text.steps {
        guard let run = runs[step.id] else { continue }
        for placeholder in step.placeholders {
          checkPlaceholder(placeholder, of: run, among: runs, in: text.file, lesson)
        }
        checkElements(step.elements, of: run, among: runs, in: text.file, lesson)
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

  /// Where an error of a step should be put right.
  private func place(of error: any Error, in step: StepPlan, _ plan: LessonPlan) -> SourcePosition {
    switch error {
    case DemonstrationError.outOfRange(_, let name, _, _),
      DemonstrationError.notWhole(_, let name, _):
      step.settingPositions[name] ?? plan.parameterPositions[name] ?? step.position
    default: step.data?.position ?? step.position
    }
  }

  /// What a name in the text of a step refers to.
  private enum Reference {
    case value(Value)
    /// No value of the step that was meant has the name.
    case missing(String, known: [String: Value])
    case noStep(String)
    /// The step that was meant could not be computed, which is a finding of its own.
    case unknown
  }

  /// Looks a name up as a page does: in the step itself, and then as `step-id.name` in another.
  private func reference(
    _ name: String, in run: StepRun, among runs: [String: StepRun], _ lesson: Lesson
  ) -> Reference {
    if let value = run.observation.values[name] { return .value(value) }
    let parts = Placeholder.parts(name)
    guard let step = parts.step else { return .missing(name, known: run.observation.values) }
    guard let other = runs[step] else {
      return lesson.plan.step(step) == nil ? .noStep(step) : .unknown
    }
    if let value = other.observation.values[parts.value] { return .value(value) }
    return .missing(parts.value, known: other.observation.values)
  }

  /// Reports a name that refers to nothing, or to something of another kind.
  ///
  /// `what` is the name as the start of a sentence; `absent` is said where there is no such value, and
  /// `unfit` where the value is not of the kind that is wanted, which is what `fits` tells.
  private mutating func check(
    _ name: String, in run: StepRun, among runs: [String: StepRun], _ lesson: Lesson,
    at place: (file: String, position: SourcePosition), what: String, absent: String,
    unfit: String = "", fits: (Value) -> Bool = { _ in true }
  ) {
    switch reference(name, in: run, among: runs, lesson) {
    case .unknown: return
    case .noStep(let step):
      report(
        "\(what) names a step that is not there", in: place.file, at: place.position,
        suggestion: Spelling.suggestion(for: step, among: lesson.plan.steps.map(\.id)))
    case .missing(let value, let known):
      report(
        absent, in: place.file, at: place.position,
        suggestion: Spelling.suggestion(
          for: value, among: known.filter { fits($0.value) }.keys.sorted()))
    case .value(let value) where !fits(value):
      let parts = Placeholder.parts(name)
      let owner = parts.step.flatMap { runs[$0] } ?? run
      report(
        unfit, in: place.file, at: place.position,
        suggestion: Spelling.suggestion(
          for: parts.value,
          among: owner.observation.values.filter { fits($0.value) }.keys.sorted()))
    case .value: return
    }
  }

  private mutating func checkPlaceholder(
    _ placeholder: LocatedText, of run: StepRun, among runs: [String: StepRun], in file: String,
    _ lesson: Lesson
  ) {
    let what = "the placeholder “{{\(placeholder.text)}}”"
    check(
      placeholder.text, in: run, among: runs, lesson, at: (file, placeholder.position), what: what,
      absent: "\(what) has no value")
  }

  private mutating func checkElements(
    _ elements: [StepElement], of run: StepRun, among runs: [String: StepRun], in file: String,
    _ lesson: Lesson
  ) {
    for element in elements {
      switch element {
      case .question(let question):
        guard case .number(let name, _) = question.answer else { continue }
        check(
          name, in: run, among: runs, lesson, at: (file, question.position),
          what: "the answer “\(name)”", absent: "the answer “\(name)” has no value",
          unfit: "the answer “\(name)” is not a number"
        ) { $0.numeric != nil }
      case .conditional(let flag, _, let inner, let position):
        check(
          flag, in: run, among: runs, lesson, at: (file, position), what: "the flag “\(flag)”",
          absent: "there is no flag “\(flag)”", unfit: "“\(flag)” is not a flag"
        ) { if case .flag = $0 { true } else { false } }
        checkElements(inner, of: run, among: runs, in: file, lesson)
      case .prose, .hint, .notes, .simplified, .sources: continue
      }
    }
  }
}
