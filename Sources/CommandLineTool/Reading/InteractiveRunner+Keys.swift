internal import Drawing

extension InteractiveRunner {
  /// What a key said.
  enum Reply: Equatable {
    case action(RunnerAction)
    /// The number of an option, counted from 1.
    case option(Int)
    /// The first character of a number.
    case number(Character)
    case interrupted
  }

  /// Shows what is possible now and waits for a key that means one of it.
  ///
  /// Enter, space and the right arrow go on; the left arrow goes back. A terminal that is gone
  /// counts as quitting.
  ///
  /// - Parameters:
  ///   - actions: What letters can do.
  ///   - optionCount: How many options digits choose among.
  /// - Returns: What the key said.
  func ask(_ actions: [RunnerAction], optionCount: Int = 0) -> Reply {
    let words = plain.text.words
    var items = actions.map { "[\($0.key(words.language))] \($0.name(words))" }
    if optionCount > 0 {
      items.insert("[1–\(optionCount)] \(RunnerAction.answer.name(words))", at: 0)
    }
    // An item is not broken between its key and its name.
    let prompt = items.map { $0.split(separator: " ").joined(separator: "\u{A0}") }
      .joined(separator: " · ")
    let lines = TextWrapper.wrap([StyledRun(prompt, .init(faint: true))], width: text.width)
    terminal.write("\n" + lines.map { painter($0) }.joined(separator: "\n"))
    defer { terminal.write("\n") }
    while true {
      switch terminal.readKey() {
      case .interrupt: return .interrupted
      case .end: return .action(actions.contains(.no) ? .no : .quit)
      case .enter, .right, .character(" "):
        for action in [RunnerAction.next, .yes] where actions.contains(action) {
          return .action(action)
        }
      case .left where actions.contains(.back): return .action(.back)
      case .character(let character):
        let letter = Character(character.lowercased())
        if let action = actions.first(where: { $0.key(words.language) == letter }) {
          return .action(action)
        }
        if let digit = character.wholeNumberValue, (1...max(optionCount, 1)).contains(digit),
          optionCount > 0
        {
          return .option(digit)
        }
        if actions.contains(.answer), "0123456789-.,".contains(character) {
          return .number(character)
        }
      case .escape, .backspace, .left: continue
      }
    }
  }

  /// Reads a line with its own editing; `nil` where the reader cancels it.
  ///
  /// - Throws: `ToolError.interrupted` on Ctrl-C.
  func readLine(prompt: String, start: String = "") throws(ToolError) -> String? {
    var line = start
    terminal.write(prompt + start)
    defer { terminal.write("\n") }
    while true {
      switch terminal.readKey() {
      case .enter: return line
      case .escape, .end: return nil
      case .interrupt: throw .interrupted
      case .backspace:
        guard line.popLast() != nil else { continue }
        terminal.write("\u{8} \u{8}")
      case .character(let character):
        guard line.count < 40 else { continue }
        line.append(character)
        terminal.write(String(character))
      case .left, .right: continue
      }
    }
  }
}
