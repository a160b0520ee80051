internal import Course
internal import Demonstrations
internal import Drawing

/// Lays the parts of a step out as lines.
struct PageText {
  var words: Words
  var theme: Theme
  var width: Int

  private var own: RunnerWords { RunnerWords(words) }
  private var prose: ProseText { ProseText(width: width, theme: theme) }

  /// The title of a step with its place.
  func title(_ page: StepPage, stepCount: Int) -> [StyledLine] {
    let text = "\(page.run.number)/\(stepCount) \(page.title)"
    var lines = TextWrapper.wrap([StyledRun(text, .init(bold: true))], width: width)
    lines.append([StyledRun(String(repeating: "─", count: min(text.count, width)))])
    if page.language != words.language {
      lines.append([StyledRun(own.notTranslated, .init(faint: true))])
    }
    return lines
  }

  func prose(_ blocks: [Block]) -> [StyledLine] { prose.lines(blocks) }

  /// A question with the numbers of its options.
  func question(_ question: Question) -> [StyledLine] {
    let label = question.kind == .prediction ? own.prediction : own.quiz
    var lines = headed("▸ \(label)", prose.lines(question.text, first: "  ", rest: "  "))
    if case .options(let options) = question.answer {
      lines.append([])
      for (index, option) in options.enumerated() {
        lines += TextWrapper.wrap(
          prose.runs(option.text), width: width, first: "  \(index + 1)) ", rest: "     ")
      }
    }
    return lines
  }

  func hint(_ blocks: [Block], _ number: Int, of count: Int) -> [StyledLine] {
    labelled(own.hint(number, of: count), blocks)
  }

  /// The right answer; for a choice with the justifications of all options.
  func answer(_ question: Question, truth: Value?) -> [StyledLine] {
    switch question.answer {
    case .number:
      return [
        [
          StyledRun("  \(own.answer): "),
          StyledRun(truth?.formatted(words) ?? "—", .init(bold: true)),
        ]
      ]
    case .options(let options):
      var lines: [StyledLine] = []
      if let (index, _) = question.rightOption {
        lines.append([
          StyledRun("  \(own.answer): "), StyledRun("\(index + 1)", .init(bold: true)),
        ])
      }
      for (index, option) in options.enumerated() { lines += justification(option, index) }
      return lines
    }
  }

  /// Why an option is right or wrong.
  func justification(_ option: Question.Option, _ index: Int) -> [StyledLine] {
    prose.lines(
      option.justification, first: "  \(option.isRight ? "✓" : "✗") \(index + 1)) ",
      rest: "       ")
  }

  /// The tables of a step and where its figure is.
  func figure(_ page: StepPage, path: String?) -> [StyledLine] {
    var lines: [StyledLine] = []
    let table = TableText(words: words, theme: theme, width: width)
    for data in page.run.observation.tables {
      if !lines.isEmpty { lines.append([]) }
      lines += table.lines(data)
    }
    if let path {
      if !lines.isEmpty { lines.append([]) }
      lines.append([StyledRun("\(own.figure): \(path)")])
    }
    return lines
  }

  /// The command that makes the step again; it is not broken, so that it can be copied.
  func again(_ command: String) -> [StyledLine] {
    [[StyledRun("\(own.again): "), StyledRun(command, .init(bold: true))]]
  }

  func simplified(_ blocks: [Block]) -> [StyledLine] {
    headed(own.simplified, prose.lines(blocks, first: "  ", rest: "  "))
  }

  func sources(_ blocks: [Block]) -> [StyledLine] {
    headed(own.sources, prose.lines(blocks, first: "  ", rest: "  "))
  }

  private func headed(_ heading: String, _ lines: [StyledLine]) -> [StyledLine] {
    [[StyledRun(heading, .init(bold: true))]] + lines
  }

  private func labelled(_ label: String, _ blocks: [Block]) -> [StyledLine] {
    prose.lines(blocks, first: "  \(label): ", rest: "  ")
  }
}
