/// Breaks runs into lines at spaces; spaces that do not break stay where they are.
enum TextWrapper {
  /// Lines of at most a width; a longer word gets a line of its own.
  static func wrap(_ runs: StyledLine, width: Int) -> [StyledLine] {
    var lines: [StyledLine] = [[]]
    var used = 0
    var word: StyledLine = []
    var space: StyledRun?
    func flush() {
      guard !word.isEmpty else { return }
      let length = word.width
      if used > 0, used + (space == nil ? 0 : 1) + length > width {
        lines.append([])
        used = 0
      } else if let space, used > 0 {
        append(space)
        used += 1
      }
      for run in word { append(run) }
      used += length
      word = []
      space = nil
    }
    func append(_ run: StyledRun) {
      let last = lines.count - 1
      if let before = lines[last].last, before.look == run.look {
        lines[last][lines[last].count - 1].text += run.text
      } else {
        lines[last].append(run)
      }
    }
    for run in runs {
      for character in run.text {
        switch character {
        case "\n":
          flush()
          lines.append([])
          used = 0
          space = nil
        case " ":
          flush()
          space = StyledRun(" ", run.look)
        default:
          if let last = word.last, last.look == run.look {
            word[word.count - 1].text.append(character)
          } else {
            word.append(StyledRun(String(character), run.look))
          }
        }
      }
    }
    flush()
    return lines
  }

  /// Lines with a first prefix on the first one and another on the rest.
  static func wrap(
    _ runs: StyledLine, width: Int, first: String, rest: String
  ) -> [StyledLine] {
    let lines = wrap(runs, width: max(width - max(first.count, rest.count), 20))
    return lines.enumerated().map { index, line in
      let prefix = index == 0 ? first : rest
      return prefix.isEmpty || line.isEmpty ? line : [StyledRun(prefix)] + line
    }
  }
}
