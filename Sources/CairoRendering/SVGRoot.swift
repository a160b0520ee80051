internal import Drawing

/// What every SVG of a figure begins with: its size, its language and its words.
struct SVGRoot {
  let figure: Figure
  /// What all identifiers in the file begin with.
  let prefix: String
  let metadata: FigureMetadata

  init(figure: Figure, metadata: FigureMetadata) {
    self.figure = figure
    prefix = Self.identifier(figure.id)
    self.metadata = metadata
  }

  /// The opening tag of the document with title, description and origin.
  var openingTag: String {
    let (width, height) = (Self.number(figure.size.width), Self.number(figure.size.height))
    let language = Self.escaped(figure.language)
    let origin = [metadata.software, metadata.command].compactMap { $0 }.joined(separator: ": ")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \
      id="\(prefix)" width="\(width)pt" height="\(height)pt" viewBox="0 0 \(width) \(height)" \
      version="1.1" role="img" aria-labelledby="\(prefix)-title \(prefix)-desc" \
      lang="\(language)" xml:lang="\(language)">
      <title id="\(prefix)-title">\(Self.escaped(figure.title))</title>
      <desc id="\(prefix)-desc">\(Self.escaped(figure.alternativeText))</desc>
      <metadata>\(Self.escaped(origin))</metadata>
      """
  }

  /// The opening tag of a named group.
  func groupTag(_ id: String) -> String {
    #"<g id="\#(prefix)-group-\#(Self.identifier(id))">"#
  }

  /// A name with what an identifier may not hold replaced by hyphens, beginning with a letter.
  private static func identifier(_ name: String) -> String {
    let kept = name.map { character in
      character.isASCII && (character.isLetter || character.isNumber || character == "_")
        ? character : "-"
    }
    return kept.first?.isLetter == true ? String(kept) : "figure-" + String(kept)
  }

  /// A text for use between tags and in quotes, without the characters that XML forbids.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A length without needless decimals.
  private static func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : "\(value)"
  }
}
