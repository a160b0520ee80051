/// Text for LaTeX, where ten characters mean something else.
enum LaTeXText {
  static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\": "\\textbackslash{}"
      case "{", "}", "$", "&", "#", "_", "%": "\\\(character)"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "\u{202F}", "\u{A0}": "~"
      case "−": "\\ensuremath{-}"
      case "×": "\\ensuremath{\\times}"
      case "÷": "\\ensuremath{\\div}"
      case "→": "\\ensuremath{\\to}"
      case "…": "\\ldots{}"
      case "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁻":
        "\\ensuremath{^{\(plain(character))}}"
      default: String(character)
      }
    }.joined()
  }

  /// The digit or sign of a superscript character.
  private static func plain(_ character: Character) -> String {
    let raised = Array("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    let place = raised.firstIndex(of: character) ?? 10
    return place < 10 ? String(place) : "-"
  }
}
