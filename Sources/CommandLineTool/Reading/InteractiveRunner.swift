internal import Course
internal import Demonstrations
internal import Drawing

/// Tells a lesson step by step to a person who answers with single keys.
struct InteractiveRunner {
  let plain: PlainRunner
  let pages: [StepPage]
  let terminal: any Terminal
  let painter: Painter
  let progress: ProgressFile?

  /// Pages are laid out for the window as it is now.
  var text: PageText {
    var text = plain.text
    text.width = terminal.width
    return text
  }
  private var words: Words { plain.text.words }
  private var own: RunnerWords { RunnerWords(words) }

  init(
    plain: PlainRunner, pages: [StepPage], terminal: any Terminal, painter: Painter,
    progress: ProgressFile?
  ) {
    self.plain = plain
    self.pages = pages
    self.terminal = terminal
    self.painter = painter
    self.progress = progress
  }

  /// Where a page leads.
  enum Way: Equatable {
    case next, back, quit, interrupted
    case jump(Int)
  }

  /// Tells the pages, and returns when the reader has had enough.
  ///
  /// - Returns: Whether the reader came to the end.
  /// - Throws: what a question's answer throws, and `ToolError.interrupted` on Ctrl-C.
  func run() throws -> Bool {
    terminal.begin()
    defer { terminal.end() }
    var index = try offerToResume()
    while pages.indices.contains(index) {
      progress?.remember(pages[index].run.id, of: plain.lesson.plan.id)
      switch try show(index) {
      case .next: index += 1
      case .back: index = max(index - 1, 0)
      case .jump(let other): index = other
      case .quit:
        if progress != nil { show([[StyledRun(own.saved)]]) }
        return false
      case .interrupted:
        terminal.write("\n")
        throw ToolError.interrupted
      }
    }
    progress?.remember(nil, of: plain.lesson.plan.id)
    show([[], [StyledRun(own.end, .init(bold: true))]])
    return true
  }

  private func offerToResume() throws -> Int {
    guard let id = progress?.step(of: plain.lesson.plan.id),
      let index = pages.firstIndex(where: { $0.run.id == id }), index > 0
    else { return 0 }
    show(TextWrapper.wrap([StyledRun(own.resume(at: pages[index].title))], width: text.width))
    switch ask([.yes, .no]) {
    case .action(.yes): return index
    case .interrupted: throw ToolError.interrupted
    default: return 0
    }
  }

  func show(_ lines: [StyledLine]) {
    terminal.write(lines.map { painter($0) + "\n" }.joined())
  }

  /// The bar of the way through the lesson.
  private func bar(_ index: Int) -> StyledLine {
    let cells = 20
    let filled = cells * (index + 1) / max(pages.count, 1)
    return [
      StyledRun(
        String(repeating: "▰", count: filled) + String(repeating: "▱", count: cells - filled)
          + "  \(index + 1)/\(pages.count)", .init(faint: true))
    ]
  }

  /// Tells a page from its first part on.
  private func show(_ index: Int) throws -> Way {
    let page = pages[index]
    if painter.depth != .none { terminal.write("\u{1B}[2J\u{1B}[H") }
    show([bar(index), []] + text.title(page, stepCount: plain.lesson.plan.steps.count))
    for part in PagePart.parts(of: page.elements) {
      switch part {
      case .prose(let blocks): show([[]] + text.prose(blocks))
      case .figure: show([[]] + text.figure(page, path: plain.figurePath(page)))
      case .again: show([[]] + text.again(plain.command(page)))
      case .simplified(let blocks): show([[]] + text.simplified(blocks))
      case .sources(let blocks): show([[]] + text.sources(blocks))
      case .question(let question, let hints):
        if let way = try ask(question, hints, index) { return way }
      }
    }
    while true {
      if let way = try way(of: ask([.next, .back, .figure, .list, .quit]), index) { return way }
    }
  }

  /// What a reply means on any page; `nil` where the page goes on.
  private func way(of reply: Reply, _ index: Int) throws -> Way? {
    switch reply {
    case .action(.next): return .next
    case .action(.back): return .back
    case .action(.quit): return .quit
    case .action(.figure):
      show([[StyledRun(plain.figurePath(pages[index]) ?? "—")]])
      return nil
    case .action(.list): return try list(index)
    case .interrupted: return .interrupted
    case .action, .option, .number: return nil
    }
  }

  /// Lists the steps, and goes to the one that is chosen.
  private func list(_ index: Int) throws -> Way? {
    show(
      pages.enumerated().map { number, page in
        [
          StyledRun(
            "\(number == index ? "▸" : " ") \(number + 1)  \(page.title)",
            .init(bold: number == index))
        ]
      })
    guard let reply = try readLine(prompt: "\(own.step): "), let number = Int(reply),
      pages.indices.contains(number - 1)
    else { return nil }
    return .jump(number - 1)
  }
}

extension InteractiveRunner {
  /// Asks a question until it is answered, revealed or skipped; a way off the page ends it.
  private func ask(_ question: Question, _ hints: [[Block]], _ index: Int) throws -> Way? {
    let page = pages[index]
    var truth: Value?
    if case .number(let name, _) = question.answer { truth = try plain.truth(name, page.run) }
    var options: [Question.Option] = []
    if case .options(let list) = question.answer { options = list }
    show([[]] + text.question(question))
    var shownHints = 0
    while true {
      var actions: [RunnerAction] = options.isEmpty ? [.answer] : []
      if shownHints < hints.count { actions.append(.hint) }
      actions += [.reveal, .skip, .back, .list, .quit]
      let reply = ask(actions, optionCount: options.count)
      switch reply {
      case .option(let number):
        if choose(options[number - 1], number - 1) { return nil }
      case .action(.answer):
        if try answer(question, truth, start: "") { return nil }
      case .number(let first):
        if try answer(question, truth, start: String(first)) { return nil }
      case .action(.hint):
        shownHints += 1
        show(text.hint(hints[shownHints - 1], shownHints, of: hints.count))
      case .action(.reveal):
        show(text.answer(question, truth: truth))
        return nil
      case .action(.skip):
        show([[StyledRun("  \(own.skipped)", .init(faint: true))]])
        return nil
      default:
        if let way = try way(of: reply, index) { return way }
      }
    }
  }

  /// Says what an option is worth, and returns whether it is the right one.
  private func choose(_ option: Question.Option, _ index: Int) -> Bool {
    show(
      [[StyledRun("  \(option.isRight ? own.right : own.wrong)", .init(bold: true))]]
        + text.justification(option, index))
    return option.isRight
  }

  /// Reads a number, says what it is worth, and returns whether it is right.
  private func answer(_ question: Question, _ truth: Value?, start: String) throws -> Bool {
    guard case .number(_, let tolerance) = question.answer,
      let line = try readLine(prompt: own.typeNumber, start: start), !line.isEmpty
    else { return false }
    guard let truth, let number = Question.number(from: line) else {
      show([[StyledRun("  \(own.notANumber)")]])
      return false
    }
    let isRight = Question.accepts(number, truth: truth, tolerance: tolerance)
    let verdict = isRight ? own.right : own.wrong
    var lines: [StyledLine] = [[StyledRun("  \(verdict)", .init(bold: true))]]
    if isRight { lines += text.answer(question, truth: truth) }
    show(lines)
    return isRight
  }
}
