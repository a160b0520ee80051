@testable import Course

/// An indented form of parsed text, so that tests can compare it with a literal.
enum TextDump {
  static func lines(_ step: StepText) -> String {
    (["\(step.id): \(step.title)"] + step.elements.flatMap { element($0, "  ") })
      .joined(separator: "\n")
  }

  private static func element(_ element: StepElement, _ indent: String) -> [String] {
    func named(_ name: String, _ blocks: [Block]) -> [String] {
      [indent + name] + blocks.flatMap { block($0, indent + "  ") }
    }
    switch element {
    case .prose(let blocks): return blocks.flatMap { block($0, indent) }
    case .hint(let blocks): return named("hint", blocks)
    case .notes(let blocks): return named("notes", blocks)
    case .simplified(let blocks): return named("simplified", blocks)
    case .sources(let blocks): return named("sources", blocks)
    case .conditional(let flag, let isTrue, let inner, _):
      return [indent + (isTrue ? "when " : "unless ") + flag]
        + inner.flatMap { self.element($0, indent + "  ") }
    case .question(let question):
      var lines = named(question.kind == .prediction ? "prediction" : "quiz", question.text)
      switch question.answer {
      case .number(let value, let tolerance):
        lines.append("\(indent)  number \(value) \(tolerance.map { "\($0)" } ?? "as written")")
      case .options(let options):
        for option in options {
          lines.append("\(indent)  [\(option.isRight ? "x" : " ")] \(inlines(option.text))")
          lines += option.justification.flatMap { block($0, indent + "      ") }
        }
      }
      return lines
    }
  }

  private static func block(_ block: Block, _ indent: String) -> [String] {
    switch block {
    case .paragraph(let text): return [indent + inlines(text)]
    case .heading(let level, let text): return ["\(indent)h\(level) \(inlines(text))"]
    case .list(let start, let items):
      return items.enumerated().flatMap { index, item in
        ["\(indent)\(start.map { "\($0 + index)." } ?? "•")"]
          + item.blocks.flatMap { self.block($0, indent + "  ") }
      }
    case .quote(let inner):
      return [indent + "quote"] + inner.flatMap { self.block($0, indent + "  ") }
    case .code(let info, let text): return ["\(indent)code(\(info)) \(text)"]
    case .rule: return [indent + "rule"]
    }
  }

  private static func inlines(_ pieces: [Inline]) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .emphasis(let inner): "_\(inlines(inner))_"
      case .strong(let inner): "*\(inlines(inner))*"
      case .code(let text): "`\(text)`"
      case .link(let destination, let inner): "[\(inlines(inner))](\(destination))"
      case .lineBreak: "\\"
      }
    }.joined()
  }
}
