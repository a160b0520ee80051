/// Writes parsed prose as Markdown again.
public enum MarkdownWriter {
  /// Blocks with an empty line between them.
  public static func text(_ blocks: [Block]) -> String {
    blocks.map(block).joined(separator: "\n\n")
  }

  /// A line of prose; characters that would become markup are escaped.
  public static func line(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): escaped(text)
      case .emphasis(let inner): "*\(line(inner))*"
      case .strong(let inner): "**\(line(inner))**"
      case .code(let text): code(text)
      case .link(let destination, let inner): "[\(line(inner))](\(destination))"
      case .lineBreak: "  \n"
      }
    }.joined()
  }

  private static func block(_ block: Block) -> String {
    switch block {
    case .paragraph(let inlines): line(inlines)
    case .heading(let level, let inlines):
      String(repeating: "#", count: level) + " " + line(inlines)
    case .list(let start, let items):
      items.enumerated().map { index, item in
        let mark = start.map { "\($0 + index). " } ?? "- "
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
    case .code(let info, let text): "```\(info)\n\(text)\n```"
    case .rule: "* * *"
    }
  }

  /// A code span, with more backticks around it than it holds in a row.
  private static func code(_ text: String) -> String {
    var longest = 0
    var current = 0
    for character in text {
      current = character == "`" ? current + 1 : 0
      longest = max(longest, current)
    }
    let fence = String(repeating: "`", count: longest + 1)
    return longest > 0 ? "\(fence) \(text) \(fence)" : fence + text + fence
  }

  private static func escaped(_ text: String) -> String {
    text.map { "\\`*_[]<>".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
