internal import Drawing

/// A run of characters with a look.
struct StyledRun: Equatable {
  var text: String
  var look = Look()

  /// How a run looks; the colours are those of a theme.
  struct Look: Equatable {
    var bold = false
    var italic = false
    var faint = false
    /// On a backdrop without one, black or white.
    var ink: Color?
    var backdrop: Color?
  }

  init(_ text: String, _ look: Look = Look()) {
    self.text = text
    self.look = look
  }
}

/// A line of runs.
typealias StyledLine = [StyledRun]

extension StyledLine {
  /// The number of characters.
  var width: Int { reduce(0) { $0 + $1.text.count } }

  var plainText: String { map(\.text).joined() }
}

extension String {
  /// The text without the spaces that only a colour would show.
  var withoutTrailingSpaces: String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return String(self[..<end])
  }
}

/// Turns looks into the control sequences of a terminal, or leaves them out.
struct Painter {
  enum Depth: Equatable {
    /// No control sequences at all.
    case none
    /// The 256 colours of xterm.
    case indexed
    /// Red, green and blue with 8 bits each.
    case trueColor
  }

  var depth: Depth

  /// What the environment says that a terminal can show; `NO_COLOR` is honoured.
  static func depth(in environment: [String: String]) -> Depth {
    if let refusal = environment["NO_COLOR"], !refusal.isEmpty { return .none }
    let terminal = environment["TERM"] ?? ""
    if terminal.isEmpty || terminal == "dumb" { return .none }
    if ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") { return .trueColor }
    return .indexed
  }

  func callAsFunction(_ line: StyledLine) -> String {
    guard depth != .none else { return line.plainText }
    return line.map { run in
      let codes = codes(of: run.look)
      return codes.isEmpty
        ? run.text : "\u{1B}[\(codes.joined(separator: ";"))m\(run.text)\u{1B}[0m"
    }.joined()
  }

  private func codes(of look: StyledRun.Look) -> [String] {
    var codes: [String] = []
    if look.bold { codes.append("1") }
    if look.faint { codes.append("2") }
    if look.italic { codes.append("3") }
    if let ink = look.ink ?? look.backdrop.map({ shown($0).readableInk }) {
      codes.append("38;" + color(ink))
    }
    if let backdrop = look.backdrop { codes.append("48;" + color(backdrop)) }
    return codes
  }

  /// A colour as the terminal shows it.
  func shown(_ color: Color) -> Color {
    guard depth == .indexed else { return color }
    func level(_ component: Double) -> Double { Double(Self.levels[Self.level(component)]) / 255 }
    return Color(red: level(color.red), green: level(color.green), blue: level(color.blue))
  }

  /// The cube of 6 × 6 × 6 colours starts at 16; a component has these levels.
  private static let levels = [0, 95, 135, 175, 215, 255]

  /// The level that is nearest to a component.
  private static func level(_ component: Double) -> Int {
    let value = byte(component)
    return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40
  }

  private static func byte(_ component: Double) -> Int {
    Int((min(max(component, 0), 1) * 255).rounded())
  }

  private func color(_ color: Color) -> String {
    let (red, green, blue) = (color.red, color.green, color.blue)
    guard depth == .trueColor else {
      return "5;\(16 + 36 * Self.level(red) + 6 * Self.level(green) + Self.level(blue))"
    }
    return "2;\(Self.byte(red));\(Self.byte(green));\(Self.byte(blue))"
  }
}
