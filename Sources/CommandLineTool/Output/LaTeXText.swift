/// Text for LaTeX, where ten characters mean something else and those of formulas have names.
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
        "\\ensuremath{^{\(digit(character))}}"
      default: mathematics[character].map { "\\ensuremath{\($0)}" } ?? String(character)
      }
    }.joined()
  }

  /// Text for an `alt` key, which is read aloud and not set: no commands but for what must be escaped.
  static func plain(_ text: String) -> String {
    text.map { character in
      switch character {
      case "\\", "{", "}", "~", "^": " "
      case "$", "&", "#", "_", "%": "\\\(character)"
      case "\u{202F}", "\u{A0}": " "
      case "−": "-"
      case "×": "x"
      case "÷": "/"
      case "→": "->"
      case "…": "..."
      case "ᵀ": "T"
      default:
        raised.contains(character)
          ? digit(character)
          : lowered.firstIndex(of: character).map(String.init) ?? String(character)
      }
    }.joined()
  }

  /// Characters of formulas that are not set up in every LaTeX.
  private static let mathematics: [Character: String] = {
    var commands: [Character: String] = [
      "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\varepsilon",
      "η": "\\eta", "θ": "\\theta", "λ": "\\lambda", "μ": "\\mu", "π": "\\pi", "ρ": "\\rho",
      "σ": "\\sigma", "τ": "\\tau", "φ": "\\varphi", "Δ": "\\Delta", "Σ": "\\Sigma",
      "Φ": "\\Phi", "√": "\\surd", "ᵀ": "^{\\mathsf{T}}", "·": "\\cdot", "≈": "\\approx",
      "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "±": "\\pm", "∈": "\\in", "∞": "\\infty",
      "‖": "\\Vert",
    ]
    for (digit, character) in lowered.enumerated() { commands[character] = "_{\(digit)}" }
    return commands
  }()

  private static let lowered = Array("₀₁₂₃₄₅₆₇₈₉")
  private static let raised = Array("⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

  /// The digit or sign of a superscript character.
  private static func digit(_ character: Character) -> String {
    let place = raised.firstIndex(of: character) ?? 10
    return place < 10 ? String(place) : "-"
  }
}
