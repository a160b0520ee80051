/// A piece of prose that stands on its own lines.
public indirect enum Block: Equatable, Sendable {
  case paragraph([Inline])
  case heading(level: Int, [Inline])
  /// A list; `start` is the first number of a numbered one.
  case list(start: Int?, [ListItem])
  case quote([Block])
  case code(info: String, String)
  case rule
}

/// An entry of a list.
public struct ListItem: Equatable, Sendable {
  public var blocks: [Block]
  /// The line on which the entry starts, in its file.
  public var line: Int

  public init(_ blocks: [Block], line: Int) {
    self.blocks = blocks
    self.line = line
  }
}

/// A piece of a line of prose.
public indirect enum Inline: Equatable, Sendable {
  case text(String)
  case emphasis([Inline])
  case strong([Inline])
  case code(String)
  case link(destination: String, [Inline])
  case lineBreak
}

extension [Inline] {
  /// The words alone, on one line.
  public var plainText: String {
    map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .emphasis(let inner), .strong(let inner), .link(_, let inner): inner.plainText
      case .lineBreak: " "
      }
    }.joined()
  }

  /// The same pieces with every run of text changed; markup stays as it is.
  public func mapText(_ change: (String) throws -> String) rethrows -> [Inline] {
    var result: [Inline] = []
    // Loops, because an error that leaves a map inside a map in a function that rethrows ends code of
    // Swift 6.3 with a crash.
    for inline in self {
      switch inline {
      case .text(let text): result.append(.text(try change(text)))
      case .code(let text): result.append(.code(try change(text)))
      case .emphasis(let inner): result.append(.emphasis(try inner.mapText(change)))
      case .strong(let inner): result.append(.strong(try inner.mapText(change)))
      case .link(let destination, let inner):
        result.append(.link(destination: destination, try inner.mapText(change)))
      case .lineBreak: result.append(.lineBreak)
      }
    }
    return result
  }
}

extension [Block] {
  /// The same blocks with every run of text changed; markup stays as it is.
  public func mapText(_ change: (String) throws -> String) rethrows -> [Block] {
    var result: [Block] = []
    for block in self {
      switch block {
      case .paragraph(let inlines): result.append(.paragraph(try inlines.mapText(change)))
      case .heading(let level, let inlines):
        result.append(.heading(level: level, try inlines.mapText(change)))
      case .list(let start, let items):
        var changed: [ListItem] = []
        for item in items {
          changed.append(ListItem(try item.blocks.mapText(change), line: item.line))
        }
        result.append(.list(start: start, changed))
      case .quote(let inner): result.append(.quote(try inner.mapText(change)))
      case .code(let info, let text): result.append(.code(info: info, try change(text)))
      case .rule: result.append(.rule)
      }
    }
    return result
  }

  /// The words of the first paragraph, on one line.
  public var firstParagraph: String? {
    for case .paragraph(let inlines) in self { return inlines.plainText }
    return nil
  }
}
