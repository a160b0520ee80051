internal import Course
internal import Demonstrations
internal import Drawing

/// Tells a lesson from its first line to its last, with the answers after the questions.
struct PlainRunner {
  var text: PageText
  var lesson: Lesson
  var figurePath: (StepPage) -> String?
  var command: (StepPage) -> String
  var truth: (String, StepRun) throws -> Value

  /// The lines of the pages.
  func lines(_ pages: [StepPage]) throws -> [StyledLine] {
    var lines: [StyledLine] = []
    if let lessonText = lesson.text(in: text.words.language) {
      lines.append([StyledRun(lessonText.title, .init(bold: true))])
      lines += TextWrapper.wrap([StyledRun(lessonText.summary)], width: text.width)
    }
    for page in pages {
      lines.append([])
      lines += text.title(page, stepCount: lesson.plan.steps.count)
      for part in PagePart.parts(of: page.elements) {
        let partLines = try self.lines(part, page)
        if !partLines.isEmpty { lines += [[]] + partLines }
      }
    }
    return lines
  }

  private func lines(_ part: PagePart, _ page: StepPage) throws -> [StyledLine] {
    switch part {
    case .prose(let blocks): return text.prose(blocks)
    case .question(let question, let hints):
      var lines = text.question(question)
      for (index, hint) in hints.enumerated() {
        lines += [[]] + text.hint(hint, index + 1, of: hints.count)
      }
      var value: Value?
      if case .number(let name, _) = question.answer { value = try truth(name, page.run) }
      return lines + [[]] + text.answer(question, truth: value)
    case .figure: return text.figure(page, path: figurePath(page))
    case .again: return text.again(command(page))
    case .simplified(let blocks): return text.simplified(blocks)
    case .sources(let blocks): return text.sources(blocks)
    }
  }
}
