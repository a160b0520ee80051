extension LessonTextParser {
  /// Reads a step from its heading to the next one.
  mutating func step() -> StepText {
    let start = lineNumber
    let heading = heading(lines[index], line: start)
    index += 1
    var body = StepBody()
    body.scanner.scan([heading.title], firstLine: start)
    body.scanner.moveColumns(by: heading.column - 1)
    let elements = elements(until: nil, openedAt: start, body: &body)
    let text = [heading.title] + lines[start..<index]
    return StepText(
      id: heading.id, title: heading.title, elements: elements,
      position: SourcePosition(line: start, column: 1), sourceHash: heading.sourceHash,
      hash: Self.hash(of: text), directives: body.directives,
      placeholders: body.scanner.placeholders, literals: body.scanner.literals)
  }

  /// What is collected on the way through a step.
  struct StepBody {
    var directives: [LocatedText] = []
    var scanner = ProseScanner()
  }

  /// The first digits of the SHA-256 of a text, in which white space does not count.
  static func hash(of lines: [String]) -> String {
    let words = lines.flatMap { $0.split(whereSeparator: \.isWhitespace) }
    return String(SHA256.hexadecimal(of: Array(words.joined(separator: " ").utf8)).prefix(8))
  }

  /// Reads `## Title {#step-id src=hash}`.
  private mutating func heading(
    _ line: String, line number: Int
  ) -> (title: String, column: Int, id: String, sourceHash: String?) {
    var title = Placeholder.trimmed(String(line.dropFirst(2)))
    // The columns of what stands in the title count from the start of its line.
    let offset = 2 + line.dropFirst(2).prefix { $0 == " " }.count
    var id = ""
    var sourceHash: String?
    if title.hasSuffix("}"), let brace = title.lastIndex(of: "{"),
      brace == title.startIndex || title[title.index(before: brace)] != "{"
    {
      let column = offset + title.distance(from: title.startIndex, to: brace) + 2
      let inner = title[title.index(after: brace)...].dropLast()
      for attribute in Attribute.list(inner, column: column) {
        if attribute.key.hasPrefix("#") {
          id = String(attribute.key.dropFirst())
          if !Identifier.isValid(id) {
            report(
              "“\(id)” is not a step id: lower-case words and hyphens", line: number,
              column: attribute.column)
          }
        } else if attribute.key == "src" {
          sourceHash = attribute.value
        } else {
          report(
            "unknown attribute “\(attribute.key)”", line: number, column: attribute.column,
            suggestion: Spelling.suggestion(for: attribute.key, among: ["#step-id", "src"]))
        }
      }
      title = Placeholder.trimmed(String(title[..<brace]))
    }
    if id.isEmpty {
      report("the step has no id", line: number, suggestion: "write “## \(title) {#step-id}”")
    }
    if title.isEmpty { report("the step has no title", line: number) }
    checkLength(ofTitle: title, line: number, column: offset + 1)
    return (title, offset + 1, id, sourceHash)
  }
}

extension LessonTextParser {
  /// Reads prose and directives up to a closing fence, the next step or the end of the file.
  ///
  /// The name is that of the directive being read, with the line where it started; `nil` for the
  /// step itself.
  private mutating func elements(
    until directive: String?, openedAt line: Int, body: inout StepBody
  ) -> [StepElement] {
    var elements: [StepElement] = []
    depth += 1
    defer { depth -= 1 }
    while index < lines.count {
      if isStepHeading(lines[index]) { break }
      switch Fence(lines[index]) {
      case .close:
        index += 1
        if directive != nil { return elements }
        report("this closes nothing", line: index, suggestion: "remove the line")
      case .open(let name, let column, _) where depth > Self.greatestDepth:
        report("“:::\(name)” stands too deep inside others", line: lineNumber, column: column)
        index = lines.count
      case .open(let name, let column, let attributes):
        if let element = self.element(name, column, attributes, body: &body) {
          elements.append(element)
        }
      case nil:
        let start = index
        let text = takeProse()
        let blocks = blocks(text, firstLine: start + 1, body: &body)
        if !blocks.isEmpty { elements.append(.prose(blocks)) }
      }
    }
    if let directive {
      report(
        "“:::\(directive)” is not closed", line: line, suggestion: "end it with “:::”")
    }
    return elements
  }

  /// Takes the lines before the next fence or step; fences inside code are code.
  private mutating func takeProse() -> [String] {
    let start = index
    var code: CodeFence?
    while index < lines.count {
      if let open = code {
        if open.isClosed(by: lines[index]) { code = nil }
      } else if isStepHeading(lines[index]) || Fence(lines[index]) != nil {
        break
      } else {
        code = CodeFence(opening: lines[index])
      }
      index += 1
    }
    if code != nil {
      report("a code block is not closed", line: start + 1, suggestion: "end it with its own fence")
    }
    return Array(lines[start..<index])
  }

  mutating func blocks(
    _ text: [String], firstLine: Int, body: inout StepBody,
    exempting exemption: ProseScanner.Exemption = .none
  ) -> [Block] {
    body.scanner.scan(text, firstLine: firstLine, exempting: exemption)
    let result = CommonMark.parse(text.joined(separator: "\n") + "\n", firstLine: firstLine)
    for problem in result.problems {
      report(
        problem.message, line: problem.line, column: problem.column,
        suggestion: problem.suggestion)
    }
    return result.blocks
  }

  /// Reads a directive from its opening line to its end.
  private mutating func element(
    _ name: String, _ column: Int, _ attributes: [Attribute], body: inout StepBody
  ) -> StepElement? {
    let line = lineNumber
    index += 1
    guard let directive = Directive(rawValue: name) else {
      report(
        "unknown directive “:::\(name)”", line: line, column: column,
        suggestion: Spelling.suggestion(for: name, among: Directive.allCases.map(\.rawValue)))
      // Its content is read all the same, so that its closing fence is not a second finding.
      _ = elements(until: name, openedAt: line, body: &body)
      return nil
    }
    var values: [String: Attribute] = [:]
    for attribute in attributes {
      if !directive.attributes.contains(attribute.key) {
        report(
          "“:::\(name)” has no attribute “\(attribute.key)”", line: line, column: attribute.column,
          suggestion: directive.attributes.isEmpty
            ? "it has none" : Spelling.suggestion(for: attribute.key, among: directive.attributes))
      } else if values[attribute.key] != nil {
        report("“\(attribute.key)” stands twice", line: line, column: attribute.column)
      } else {
        values[attribute.key] = attribute
      }
    }
    let written = attributes.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
    body.directives.append(
      LocatedText(
        text: written.isEmpty ? name : "\(name) \(written)",
        position: SourcePosition(line: line, column: column)))
    if directive.isContainer {
      let inner = elements(until: name, openedAt: line, body: &body)
      guard let flag = values["flag"]?.value, !flag.isEmpty else {
        report(
          "“:::\(name)” needs a flag", line: line, column: column,
          suggestion: "write “:::\(name) {flag=name}”")
        return nil
      }
      return .conditional(
        flag: flag, is: directive == .when, inner,
        position: SourcePosition(line: line, column: column))
    }
    let start = index
    let text = takeContent(of: directive, openedAt: line)
    return leaf(
      directive, values, text: text, firstLine: start + 1,
      position: SourcePosition(line: line, column: column), body: &body)
  }

  /// Takes the lines of a directive that holds prose alone.
  private mutating func takeContent(of directive: Directive, openedAt line: Int) -> [String] {
    var text: [String] = []
    while index < lines.count, !isStepHeading(lines[index]) {
      text += takeProse()
      guard index < lines.count else { break }
      switch Fence(lines[index]) {
      case .close:
        index += 1
        return text
      case .open(let name, let column, _):
        report(
          "“:::\(name)” stands inside “:::\(directive.rawValue)”", line: lineNumber, column: column,
          suggestion: "close the outer one first with “:::”")
        text.append("")
        index += 1
      case nil: break
      }
    }
    report("“:::\(directive.rawValue)” is not closed", line: line, suggestion: "end it with “:::”")
    return text
  }
}
