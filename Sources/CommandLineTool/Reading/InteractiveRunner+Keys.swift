internal import Drawing

extension InteractiveRunner {
  /// What a key said.
  enum Reply: Equatable {
    case action(RunnerAction)
    /// A digit, where a question waits for one.
    case digit(Int)
    case interrupted
  }

  /// Shows what is possible now and waits for a key that means one of it.
  ///
  /// Enter, space and the right arrow go on; the left arrow goes back. A terminal that is gone
  /// counts as quitting.
  func ask(_ actions: [RunnerAction]) -> Reply {
    let words = plain.text.words
    let prompt = actions.map { "[\($0.key(words.language))] \($0.name(words))" }
    terminal.write("\n" + painter([StyledRun(prompt.joined(separator: " · "), .init(faint: true))]))
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
        if actions.contains(.answer), character.isASCII, let digit = character.wholeNumberValue {
          return .digit(digit)
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
