internal import Course
internal import Drawing

/// Lays prose out as lines of text.
struct ProseText {
  var width: Int
  var theme: Theme

  /// Blocks with an empty line between them.
  func lines(_ blocks: [Block]) -> [StyledLine] {
    lines(blocks, first: "", rest: "")
  }

  /// Blocks with a prefix on the first line and another on the rest, such as a list's mark.
  func lines(_ blocks: [Block], first: String, rest: String, tight: Bool = false) -> [StyledLine] {
    var lines: [StyledLine] = []
    for (index, block) in blocks.enumerated() {
      if index > 0, !tight { lines.append([]) }
      lines += self.lines(block, first: index == 0 ? first : rest, rest: rest)
    }
    return lines
  }

  private func lines(_ block: Block, first: String, rest: String) -> [StyledLine] {
    switch block {
    case .paragraph(let inlines):
      return TextWrapper.wrap(runs(inlines), width: width, first: first, rest: rest)
    case .heading(_, let inlines):
      return TextWrapper.wrap(
        runs(inlines, .init(bold: true)), width: width, first: first, rest: rest)
    case .list(let start, let items):
      // A list whose entries are single paragraphs is set tight.
      let isTight = items.allSatisfy { $0.blocks.count == 1 }
      var lines: [StyledLine] = []
      for (index, item) in items.enumerated() {
        if index > 0, !isTight { lines.append([]) }
        let mark = start.map { "\($0 + index). " } ?? "• "
        let indent = String(repeating: " ", count: mark.count)
        lines += self.lines(
          item.blocks, first: (index == 0 ? first : rest) + mark, rest: rest + indent)
      }
      return lines
    case .quote(let blocks):
      return lines(blocks, first: first + "│ ", rest: rest + "│ ")
    case .code(_, let text):
      return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
        [StyledRun(($0.offset == 0 ? first : rest) + "    " + $0.element)]
      }
    case .rule:
      return [[StyledRun(first + String(repeating: "─", count: min(width, 20)))]]
    }
  }

  /// Pieces of a line as runs.
  func runs(_ inlines: [Inline], _ look: StyledRun.Look = .init()) -> StyledLine {
    inlines.flatMap { inline -> StyledLine in
      switch inline {
      case .text(let text): return [StyledRun(text, look)]
      case .emphasis(let inner):
        var look = look
        look.italic = true
        return runs(inner, look)
      case .strong(let inner):
        var look = look
        look.bold = true
        return runs(inner, look)
      case .code(let text):
        var look = look
        // No colour of its own: the colours of a course mean something.
        look.bold = true
        return [StyledRun(text.replacingSpaces(), look)]
      case .link(let destination, let inner):
        let words = runs(inner, look)
        return words.plainText == destination
          ? words : words + [StyledRun(" (\(destination))", look)]
      case .lineBreak: return [StyledRun("\n", look)]
      }
    }
  }
}

extension String {
  /// Code does not break at its spaces.
  fileprivate func replacingSpaces() -> String {
    String(map { $0 == " " ? "\u{A0}" : $0 })
  }
}
