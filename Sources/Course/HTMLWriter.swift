/// Writes parsed prose as HTML; every character of a text or a value is escaped.
public enum HTMLWriter {
  /// Blocks, a line each.
  public static func text(_ blocks: [Block]) -> String {
    blocks.map(block).joined(separator: "\n")
  }

  /// A line of prose.
  public static func line(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): escaped(text)
      case .emphasis(let inner): "<em>\(line(inner))</em>"
      case .strong(let inner): "<strong>\(line(inner))</strong>"
      case .code(let text): "<code>\(escaped(text))</code>"
      case .link(let destination, let inner):
        LinkAddress.isAllowed(destination)
          ? "<a href=\"\(escaped(destination))\">\(line(inner))</a>" : line(inner)
      case .lineBreak: "<br/>"
      }
    }.joined()
  }

  private static func block(_ block: Block) -> String {
    switch block {
    case .paragraph(let inlines): return "<p>\(line(inlines))</p>"
    case .heading(let level, let inlines):
      // Headings of prose stand below the title of a lesson and that of a step.
      let level = min(max(level, 1) + 2, 6)
      return "<h\(level)>\(line(inlines))</h\(level)>"
    case .list(let start, let items):
      // An entry that is one paragraph needs none of its own.
      let entries = items.map { item in
        if item.blocks.count == 1, case .paragraph(let inlines) = item.blocks[0] {
          return "<li>\(line(inlines))</li>"
        }
        return "<li>\(text(item.blocks))</li>"
      }.joined(separator: "\n")
      guard let start else { return "<ul>\n\(entries)\n</ul>" }
      return "<ol\(start == 1 ? "" : " start=\"\(start)\"")>\n\(entries)\n</ol>"
    case .quote(let inner): return "<blockquote>\n\(text(inner))\n</blockquote>"
    case .code(_, let text): return "<pre><code>\(escaped(text))\n</code></pre>"
    case .rule: return "<hr/>"
    }
  }

  /// A text for use between tags and in double quotes.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
