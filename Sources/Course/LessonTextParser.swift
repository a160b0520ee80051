internal import Drawing

/// Reads `es.md` or `en.md`: front matter, then one `## Title {#step-id}` a step.
struct LessonTextParser {
  let file: String
  let language: Language
  let lines: [String]
  var index: Int = 0
  var diagnostics: [Diagnostic] = []
  /// How many directives are open around the line.
  var depth = 0
  static let greatestDepth = 8

  /// Reads a text; what is wrong in it is collected, and the rest still read.
  static func parse(
    _ text: String, file: String, language: Language
  ) -> (text: LessonText, diagnostics: [Diagnostic]) {
    // A return and a line feed are one character, which a line feed alone does not match.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      .map { String($0.last == "\r" ? $0.dropLast() : $0) }
    var parser = LessonTextParser(file: file, language: language, lines: lines)
    let lesson = parser.lesson()
    return (lesson, parser.diagnostics)
  }

  mutating func report(
    _ message: String, line: Int, column: Int = 1, suggestion: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    diagnostics.append(
      Diagnostic(
        file: file, position: SourcePosition(line: line, column: column), severity: severity,
        message: message, suggestion: suggestion))
  }

  /// The number of the line that is read next, counted from 1.
  var lineNumber: Int { index + 1 }

  private mutating func lesson() -> LessonText {
    let front = frontMatter()
    var lesson = LessonText(
      language: language, file: file, title: front["title"] ?? "",
      summary: front["summary"] ?? "", steps: [])
    skipToFirstStep()
    while index < lines.count { lesson.steps.append(step()) }
    var seen: [String: Int] = [:]
    for step in lesson.steps {
      if step.id.isEmpty { continue }
      if let line = seen[step.id] {
        report(
          "the step “\(step.id)” stands in line \(line) already", line: step.position.line)
      }
      seen[step.id] = step.position.line
    }
    if lesson.steps.isEmpty {
      report(
        "there is no step", line: max(lines.count, 1), suggestion: "write “## Title {#step-id}”")
    }
    return lesson
  }

  private mutating func skipToFirstStep() {
    var isReported = false
    while index < lines.count, !isStepHeading(lines[index]) {
      if !isReported, !lines[index].allSatisfy(\.isWhitespace) {
        report(
          "text before the first step", line: lineNumber,
          suggestion: "put it below a “## Title {#step-id}”, or into the summary")
        isReported = true
      }
      index += 1
    }
  }

  func isStepHeading(_ line: String) -> Bool { line == "##" || line.hasPrefix("## ") }
}

extension LessonTextParser {
  /// Reads `key: value` lines between two lines of three hyphens.
  private mutating func frontMatter() -> [String: String] {
    let keys = ["title", "summary"]
    var values: [String: String] = [:]
    guard lines.first == "---" else {
      report(
        "the file does not start with front matter", line: 1,
        suggestion: "write “---”, “title: …”, “summary: …”, “---” first")
      return [:]
    }
    index = 1
    while index < lines.count, lines[index] != "---", !isStepHeading(lines[index]) {
      defer { index += 1 }
      let line = lines[index]
      if line.allSatisfy(\.isWhitespace) { continue }
      guard let colon = line.firstIndex(of: ":") else {
        report("front matter has lines of the form “key: value”", line: lineNumber)
        continue
      }
      let key = String(line[..<colon])
      let value = Placeholder.trimmed(String(line[line.index(after: colon)...]))
      if !keys.contains(key) {
        report(
          "unknown front matter “\(key)”", line: lineNumber,
          suggestion: Spelling.suggestion(for: key, among: keys))
      } else if values[key] != nil {
        report("“\(key)” stands twice", line: lineNumber)
      } else if value.isEmpty {
        report("“\(key)” has no value", line: lineNumber)
      } else if let brace = line.firstRange(of: "{{") {
        report(
          "a placeholder is not filled in here: “\(key)” belongs to no step", line: lineNumber,
          column: line.distance(from: line.startIndex, to: brace.lowerBound) + 1,
          suggestion: "say it without the number")
        values[key] = value
      } else {
        values[key] = value
        if key == "title" { checkLength(ofTitle: value, line: lineNumber, column: 8) }
      }
    }
    if index < lines.count, lines[index] == "---" {
      index += 1
    } else {
      report("the front matter is not closed", line: 1, suggestion: "end it with “---”")
    }
    for key in keys
    where values[key] == nil && !diagnostics.contains(where: { $0.message.hasPrefix("“\(key)”") }) {
      report("the front matter has no “\(key)”", line: 1)
    }
    return values
  }

  mutating func checkLength(ofTitle title: String, line: Int, column: Int) {
    guard title.count > 60 else { return }
    report(
      "the title has \(title.count) characters, and at most 60 fit on a figure", line: line,
      column: column, severity: .warning)
  }
}
