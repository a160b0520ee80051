/// Writes parsed prose as Markdown again: read once more, it is the same prose.
public enum MarkdownWriter {
  /// Blocks with an empty line between them.
  public static func text(_ blocks: [Block]) -> String {
    var texts: [String] = []
    var usesOtherMarks = false
    for (index, block) in blocks.enumerated() {
      // Two lists in a row are one list, unless their marks differ.
      usesOtherMarks = index > 0 && block.isList && blocks[index - 1].isList && !usesOtherMarks
      texts.append(self.block(block, usesOtherMarks: usesOtherMarks))
    }
    return texts.joined(separator: "\n\n")
  }

  /// A line of prose; characters that would become markup are escaped.
  public static func line(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): escaped(text)
      case .emphasis(let inner): "*\(line(inner))*"
      case .strong(let inner): "**\(line(inner))**"
      case .code(let text): code(text)
      case .link(let destination, let inner): "[\(line(inner))](\(address(destination)))"
      case .lineBreak: "  \n"
      }
    }.joined()
  }

  private static func block(_ block: Block, usesOtherMarks: Bool) -> String {
    switch block {
    case .paragraph(let inlines): paragraph(inlines)
    case .heading(let level, let inlines):
      String(repeating: "#", count: level) + " " + heading(inlines)
    case .list(let start, let items):
      items.enumerated().map { index, item in
        let mark =
          start.map { "\($0 + index)\(usesOtherMarks ? ")" : ".") " }
          ?? (usesOtherMarks ? "* " : "- ")
        let indent = String(repeating: " ", count: mark.count)
        return mark
          + text(item.blocks).split(separator: "\n", omittingEmptySubsequences: false)
          .enumerated().map {
            $0.offset == 0 || $0.element.isEmpty ? "\($0.element)" : indent + $0.element
          }
          .joined(separator: "\n")
      }.joined(separator: "\n")
    case .quote(let inner):
      text(inner).split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        .joined(separator: "\n")
    case .code(let info, let text): codeBlock(text, info: info)
    case .rule: "* * *"
    }
  }
}

extension Block {
  fileprivate var isList: Bool {
    if case .list = self { true } else { false }
  }
}

extension MarkdownWriter {
  private static func paragraph(_ inlines: [Inline]) -> String {
    line(inlines).split(separator: "\n", omittingEmptySubsequences: false).map(withPlainStart)
      .joined(separator: "\n")
  }

  /// A line of a paragraph whose start opens no heading, list, rule, block of code or directive.
  private static func withPlainStart(_ line: Substring) -> String {
    let line = line.drop { $0 == " " || $0 == "\t" }
    func isMark(ofLength length: Int) -> Bool {
      let next = line.dropFirst(length).first
      return next == nil || next == " " || next == "\t"
    }
    func isOnly(_ mark: Character) -> Bool { line.allSatisfy { $0 == mark || $0 == " " } }
    switch line.first {
    case "#" where isMark(ofLength: line.prefix { $0 == "#" }.count),
      "-" where isMark(ofLength: 1) || isOnly("-"), "+" where isMark(ofLength: 1),
      "=" where isOnly("="), "~" where line.hasPrefix("~~~"), ":" where line.hasPrefix(":::"):
      return "\\" + line
    default:
      let digits = line.prefix { ("0"..."9").contains($0) }
      let rest = line.dropFirst(digits.count)
      guard !digits.isEmpty, let mark = rest.first, mark == "." || mark == ")",
        isMark(ofLength: digits.count + 1)
      else { return String(line) }
      return digits + "\\" + rest
    }
  }

  /// The words of a heading, whose last number sign would otherwise close it.
  private static func heading(_ inlines: [Inline]) -> String {
    let text = line(inlines)
    return text.hasSuffix("#") ? text.dropLast() + "\\#" : text
  }

  /// A code span, with more backticks around it than it holds in a row.
  private static func code(_ text: String) -> String {
    let text = withoutLineEnds(text)
    let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
    // A span loses a space on each side where it has both.
    let isPadded =
      text.contains("`") || (text.first == " " && text.last == " " && text.contains { $0 != " " })
    return isPadded ? "\(fence) \(text) \(fence)" : fence + text + fence
  }

  private static func codeBlock(_ text: String, info: String) -> String {
    // After backticks, the info can hold none.
    let mark: Character = info.contains("`") ? "~" : "`"
    let fence = String(repeating: mark, count: max(3, longestRun(of: mark, in: text) + 1))
    return "\(fence)\(info)\n\(text)\n\(fence)"
  }

  private static func longestRun(of mark: Character, in text: String) -> Int {
    var longest = 0
    var current = 0
    for character in text {
      current = character == mark ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }

  /// The destination of a link, in angle brackets where spaces or brackets would end it.
  private static func address(_ destination: String) -> String {
    let destination = withoutLineEnds(destination)
    let isPlain = !destination.isEmpty && !destination.contains { " ()<>\\".contains($0) }
    // Only what a semicolon ends can be read as an entity.
    let marks = destination.contains(";") ? "\\<>&" : "\\<>"
    let text = destination.map { marks.contains($0) ? "\\\($0)" : String($0) }.joined()
    return isPlain ? text : "<\(text)>"
  }

  private static func escaped(_ text: String) -> String {
    withoutLineEnds(text).map { "\\`*_[]<>&".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// The text on one line, so that a value cannot start another paragraph.
  private static func withoutLineEnds(_ text: String) -> String {
    text.contains(where: \.isNewline)
      ? String(text.map { $0.isNewline ? " " : $0 }) : text
  }
}
