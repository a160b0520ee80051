extension LessonTextParser {
  /// Makes the element of a directive that holds prose.
  mutating func leaf(
    _ directive: Directive, _ attributes: [String: Attribute], text: [String], firstLine: Int,
    position: SourcePosition, body: inout StepBody
  ) -> StepElement? {
    let exemption: ProseScanner.Exemption =
      switch directive {
      case .sources, .simplified: .everything
      case .predict, .choice: .wrongOptions
      case .hint, .notes, .when, .unless: .none
      }
    let blocks = blocks(text, firstLine: firstLine, body: &body, exempting: exemption)
    if blocks.isEmpty {
      report(
        "“:::\(directive.rawValue)” is empty", line: position.line, column: position.column)
      return nil
    }
    switch directive {
    case .predict:
      return prediction(blocks, attributes, position: position).map(StepElement.question)
    case .choice: return choice(blocks, kind: .quiz, position: position).map(StepElement.question)
    case .hint: return .hint(blocks)
    case .notes: return .notes(blocks)
    case .simplified: return .simplified(blocks)
    case .sources: return .sources(blocks)
    case .when, .unless: return nil
    }
  }

  private mutating func prediction(
    _ blocks: [Block], _ attributes: [String: Attribute], position: SourcePosition
  ) -> Question? {
    let kinds = ["number", "choice"]
    guard let kind = attributes["kind"], kinds.contains(kind.value) else {
      report(
        attributes["kind"].map { "unknown kind “\($0.value)”" } ?? "“:::predict” needs a kind",
        line: position.line, column: attributes["kind"]?.column ?? position.column,
        suggestion: attributes["kind"].flatMap { Spelling.suggestion(for: $0.value, among: kinds) }
          ?? "write kind=number or kind=choice")
      return nil
    }
    guard kind.value == "number" else {
      for name in ["answer", "tolerance"] {
        guard let attribute = attributes[name] else { continue }
        report(
          "“\(name)” belongs to kind=number", line: position.line, column: attribute.column,
          suggestion: "mark the right option with “- [x]”")
      }
      return choice(blocks, kind: .prediction, position: position)
    }
    guard let answer = attributes["answer"], !answer.value.isEmpty else {
      report(
        "kind=number needs an answer", line: position.line, column: position.column,
        suggestion: "write answer=name with the name of a value of the step")
      return nil
    }
    var tolerance: Question.Tolerance?
    if let attribute = attributes["tolerance"] {
      tolerance = Question.Tolerance(attribute.value)
      if tolerance == nil {
        report(
          "“\(attribute.value)” is not a tolerance", line: position.line, column: attribute.column,
          suggestion: "write a number such as 0.01, or a share such as 5%")
      }
    }
    return Question(
      kind: .prediction, text: blocks, answer: .number(value: answer.value, tolerance: tolerance),
      position: position)
  }

  /// Reads a question whose last block is a list of options.
  private mutating func choice(
    _ blocks: [Block], kind: Question.Kind, position: SourcePosition
  ) -> Question? {
    guard case .list(_, let items) = blocks.last else {
      report(
        "the question has no options", line: position.line, column: position.column,
        suggestion: "end it with a list of “- [x] right” and “- [ ] wrong”")
      return nil
    }
    if blocks.count == 1 {
      report(
        "the options have no question", line: position.line, column: position.column)
    }
    let options = items.compactMap { option($0) }
    if !(2...4).contains(items.count) {
      report(
        "\(items.count) \(items.count == 1 ? "option" : "options"), and there should be 2 to 4",
        line: items[0].line)
    }
    let right = options.filter(\.isRight)
    if right.isEmpty {
      report(
        "no option is right", line: position.line, column: position.column,
        suggestion: "mark the right one with “- [x]”")
    }
    for option in right.dropFirst() {
      report(
        "a second option is right; the first is in line \(right[0].line)", line: option.line)
    }
    return Question(
      kind: kind, text: Array(blocks.dropLast()), answer: .options(options), position: position)
  }

  /// Reads `[x] text`, with the justification in the paragraphs below it.
  private mutating func option(_ item: ListItem) -> Question.Option? {
    guard case .paragraph(var inlines) = item.blocks.first, case .text(let text) = inlines.first,
      text.hasPrefix("[x] ") || text.hasPrefix("[X] ") || text.hasPrefix("[ ] ")
    else {
      report(
        "an option starts with “[x]” or “[ ]”", line: item.line,
        suggestion: "write “- [x] right” or “- [ ] wrong”")
      return nil
    }
    inlines[0] = .text(String(text.dropFirst(4)))
    let justification = Array(item.blocks.dropFirst())
    if justification.isEmpty {
      report(
        "the option has no justification", line: item.line,
        suggestion: "say below it, after an empty line and indented by two spaces, why it is "
          + (text.hasPrefix("[ ]") ? "wrong" : "right"))
    }
    return Question.Option(
      isRight: !text.hasPrefix("[ ]"), text: inlines, justification: justification,
      line: item.line)
  }
}
