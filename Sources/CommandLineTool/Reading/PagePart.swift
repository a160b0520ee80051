internal import Course

/// A part of a step in the order in which it is told.
///
/// First what leads to the prediction, then the figure, then the explanation and the command, then
/// quiz, simplifications and sources. Hints belong to the question before them.
enum PagePart {
  case prose([Block])
  case question(Question, hints: [[Block]])
  /// The tables and the place of the figure.
  case figure
  /// The command that makes the step again.
  case again
  case simplified([Block])
  case sources([Block])

  /// The parts of a step; teachers' notes are left out.
  static func parts(of elements: [StepElement]) -> [PagePart] {
    var parts: [PagePart] = []
    var looseHints: [[Block]] = []
    for element in elements {
      switch element {
      case .prose(let blocks): parts.append(.prose(blocks))
      case .question(let question):
        parts.append(.question(question, hints: looseHints))
        looseHints = []
      case .hint(let blocks):
        if let index = parts.lastIndex(where: \.isQuestion),
          case .question(let question, let hints) = parts[index]
        {
          parts[index] = .question(question, hints: hints + [blocks])
        } else {
          looseHints.append(blocks)
        }
      case .simplified(let blocks): parts.append(.simplified(blocks))
      case .sources(let blocks): parts.append(.sources(blocks))
      case .notes, .conditional: continue
      }
    }
    // A hint without a question is part of the text.
    parts += looseHints.map(PagePart.prose)
    let closing = parts.firstIndex(where: \.isClosing) ?? parts.count
    let prediction = parts[..<closing].firstIndex(where: \.isQuestion)
    parts.insert(.again, at: closing)
    parts.insert(.figure, at: prediction.map { $0 + 1 } ?? closing)
    return parts
  }

  private var isQuestion: Bool {
    if case .question = self { true } else { false }
  }

  /// Whether the part comes after the explanation.
  private var isClosing: Bool {
    switch self {
    case .question(let question, _): question.kind == .quiz
    case .simplified, .sources: true
    case .prose, .figure, .again: false
    }
  }
}
