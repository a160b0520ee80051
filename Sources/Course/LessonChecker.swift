public import Demonstrations
internal import Drawing
public import Experiments

/// Says what is wrong with how a picture looks, a sentence each; the id is that of its figure.
public typealias PictureReviewer = (_ picture: Picture, _ id: String) -> [String]

/// Finds what is wrong in a lesson: between its languages, and against its demonstrations.
public struct LessonChecker {
  let demonstrations: [any Demonstration]
  let readWeights: WeightsReader
  let records: RecordsProvider
  let reviewPicture: PictureReviewer
  private(set) var diagnostics: [Diagnostic] = []

  /// Checks the lesson in a folder and returns all findings, in the order of the files.
  public static func check(
    folder: String, demonstrations: [any Demonstration], readWeights: @escaping WeightsReader,
    records: @escaping RecordsProvider = { _ in [:] },
    reviewPicture: @escaping PictureReviewer = { _, _ in [] }
  ) -> [Diagnostic] {
    let (lesson, diagnostics) = Lesson.load(folder: folder)
    guard let lesson else { return diagnostics }
    var checker = LessonChecker(
      demonstrations: demonstrations, readWeights: readWeights, records: records,
      reviewPicture: reviewPicture)
    checker.check(lesson)
    return Diagnostic.sorted(diagnostics + checker.diagnostics)
  }

  mutating func report(
    _ message: String, in file: String, at position: SourcePosition, suggestion: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(
      Diagnostic(
        file: file, position: position, severity: severity, message: message,
        suggestion: suggestion))
  }

  private mutating func check(_ lesson: Lesson) {
    for text in lesson.texts {
      checkSteps(of: text, in: lesson)
      for literal in text.steps.flatMap(\.literals) {
        report(
          "“\(literal.text)” looks like a result that was typed", in: text.file,
          at: literal.position,
          suggestion: "write it as a placeholder, or in backticks where it is a name",
          severity: .warning)
      }
    }
    if let source = lesson.texts.first(where: { $0.language == .spanish }) {
      for translation in lesson.texts where translation.language != .spanish {
        compare(translation, with: source)
      }
    }
    checkValues(of: lesson)
  }

  /// Every step of the plan is told, in the same order, and no other.
  private mutating func checkSteps(of text: LessonText, in lesson: Lesson) {
    let planned = lesson.plan.steps.map(\.id)
    let told = text.steps.map(\.id)
    for step in lesson.plan.steps where !told.contains(step.id) {
      report(
        "the step “\(step.id)” of lesson.json is not told here", in: text.file, at: .start,
        suggestion: "write “## Title {#\(step.id)}”")
    }
    for step in text.steps where !step.id.isEmpty && !planned.contains(step.id) {
      report(
        "the step “\(step.id)” is not in lesson.json", in: text.file, at: step.position,
        suggestion: Spelling.suggestion(for: step.id, among: planned))
    }
    let common = planned.filter(told.contains)
    let order = told.filter(planned.contains)
    if let (step, _) = zip(text.steps.filter { planned.contains($0.id) }, common)
      .first(where: { $0.0.id != $0.1 }), order.count == common.count
    {
      report(
        "the step “\(step.id)” stands at another place than in lesson.json", in: text.file,
        at: step.position)
    }
  }

  /// A translation has the same directives and placeholders, and was made from the present source.
  private mutating func compare(_ translation: LessonText, with source: LessonText) {
    let isMarked = translation.steps.contains { $0.sourceHash != nil }
    for step in translation.steps {
      guard let original = source.step(step.id) else { continue }
      let place = "\(Paths.name(source.file)):\(original.position.line)"
      if let difference = Self.firstDifference(step.directives, original.directives) {
        report(
          difference.ours == nil
            ? "the directive “\(difference.theirs ?? "")” of \(place) is missing in this step"
            : "the directive “\(difference.ours?.text ?? "")” stands where \(place) has "
              + (difference.theirs.map { "“\($0)”" } ?? "none"),
          in: translation.file, at: difference.ours?.position ?? step.position)
      }
      let ours = Set(step.placeholders.map(\.text))
      let theirs = Set(original.placeholders.map(\.text))
      for placeholder in step.placeholders where !theirs.contains(placeholder.text) {
        report(
          "the placeholder “{{\(placeholder.text)}}” is not in \(place)", in: translation.file,
          at: placeholder.position, severity: .warning)
      }
      for name in theirs.subtracting(ours).sorted() {
        report(
          "the placeholder “{{\(name)}}” of \(place) is missing in this step",
          in: translation.file, at: step.position, severity: .warning)
      }
      if let hash = step.sourceHash, hash != original.hash {
        report(
          "the step is a translation of an older text than \(place)", in: translation.file,
          at: step.position,
          suggestion:
            "bring it up to date and write “src=\(original.hash)”, as check --accept does",
          severity: .warning)
      } else if isMarked, step.sourceHash == nil {
        report(
          "the step does not say which text it translates, as others here do",
          in: translation.file, at: step.position,
          suggestion: "write “src=\(original.hash)”, as check --accept does", severity: .warning)
      }
    }
  }

  private static func firstDifference(
    _ ours: [LocatedText], _ theirs: [LocatedText]
  ) -> (ours: LocatedText?, theirs: String?)? {
    for index in 0..<max(ours.count, theirs.count) {
      let mine = index < ours.count ? ours[index] : nil
      let other = index < theirs.count ? theirs[index].text : nil
      if mine?.text != other { return (mine, other) }
    }
    return nil
  }
}
