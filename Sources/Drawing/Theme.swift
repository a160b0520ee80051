/// What a colour stands for; each means one thing through the whole course.
public enum Role: String, Hashable, Codable, Sendable, CaseIterable {
  /// Numbers as they are before anything is done to them.
  case original
  /// The frozen base weight W₀.
  case frozen
  /// The factors of an adapter, and their product ΔW.
  case loraA, loraB, update
  /// A weight with its adapter merged in.
  case merged
  /// A quantized weight Ŵ, and the NF4 code that the course is about.
  case quantized
  /// The codes that NF4 is compared with.
  case fp4, int4
  /// What is lost.
  case error
}

/// The four value classes of the article's picture of twelve parameters.
public enum ValueClass: String, Hashable, Codable, Sendable, CaseIterable {
  case green, blue, yellow, pink
}

/// A set of colours that go together, with their contrast tested.
public struct Theme: Hashable, Codable, Sendable {
  public var name: String
  public var background: Color
  /// Text; at least 7:1 on the background.
  public var ink: Color
  /// Secondary text; at least 4.5:1.
  public var secondaryInk: Color
  /// Axes and outlines that carry meaning; at least 3:1.
  public var rule: Color
  /// Grid lines and fills that may be overlooked.
  public var faint: Color
  /// Panels behind marks, close to the background.
  public var panel: Color
  /// Colours of the roles; at least 4.5:1, so that they can colour words.
  public var roles: [Role: Color]
  /// Fills of the value classes; numbers are written on them.
  public var classes: [ValueClass: Color]
  /// Fills for signed values, from -v through 0 to +v.
  public var signedScale: ColorScale
  /// Fills for magnitudes, from 0 up.
  public var magnitudeScale: ColorScale

  /// The colour of a role.
  public func color(_ role: Role) -> Color { roles[role] ?? ink }

  /// The fill of a value class.
  public func color(_ valueClass: ValueClass) -> Color { classes[valueClass] ?? panel }
}

extension Theme {
  /// Dark on white, for projectors and pages.
  public static let light = Theme(
    name: "light", background: .white, ink: Color(0x14181F), secondaryInk: Color(0x565D68),
    rule: Color(0x7A828E), faint: Color(0xDDE1E6), panel: Color(0xF3F5F7),
    roles: [
      .original: Color(0x14181F), .frozen: Color(0x666C75), .loraA: Color(0x007A90),
      .loraB: Color(0xA83864), .update: Color(0x684200), .merged: Color(0x2B3F8C),
      .quantized: Color(0x0069A8), .fp4: Color(0x6248B8), .int4: Color(0x2C7A3F),
      .error: Color(0xC04400),
    ],
    classes: [
      .green: Color(0x4DB380), .blue: Color(0x3F7FD0), .yellow: Color(0xF3CC4B),
      .pink: Color(0xF39AC2),
    ],
    signedScale: ColorScale([
      0x67001F, 0xB2182B, 0xD6604D, 0xF4A582, 0xFDDBC7, 0xF7F7F7, 0xD1E5F0, 0x92C5DE, 0x4393C3,
      0x2166AC, 0x053061,
    ]),
    magnitudeScale: ColorScale([0xF2F6FA, 0xC9DDEE, 0x8DB9DC, 0x4A8FC4, 0x1F66A5, 0x0B3C73]))

  /// Light on near-black, for dark slides and dark pages.
  public static let dark = Theme(
    name: "dark", background: Color(0x14171C), ink: Color(0xF2F4F7), secondaryInk: Color(0xAEB6C2),
    rule: Color(0x808A98), faint: Color(0x333A44), panel: Color(0x1E232B),
    roles: [
      .original: Color(0xF2F4F7), .frozen: Color(0xA9B0BA), .loraA: Color(0x60D3DC),
      .loraB: Color(0xE47C9F), .update: Color(0xF4C044), .merged: Color(0x9DB2FF),
      .quantized: Color(0x5CB6F2), .fp4: Color(0xBC82D0), .int4: Color(0x74CC86),
      .error: Color(0xFF8A47),
    ],
    classes: [
      .green: Color(0x3FA673), .blue: Color(0x3F7FD0), .yellow: Color(0xE5BE3F),
      .pink: Color(0xE886B2),
    ],
    signedScale: ColorScale([
      0xFFADAD, 0xC9625C, 0x7D341E, 0x3A1A10, 0x201D1F, 0x15303F, 0x286886, 0x5A8FC8, 0x9EB0FF,
    ]),
    magnitudeScale: ColorScale([0x1B222B, 0x1B3C56, 0x1F5F8C, 0x2F86BD, 0x62B0E3, 0xBFE0F8]))

  /// Greys alone, for photocopies and for readers who see no colours.
  public static let print = Theme(
    name: "print", background: .white, ink: .black, secondaryInk: Color(0x4A4A4A),
    rule: Color(0x6E6E6E), faint: Color(0xD6D6D6), panel: Color(0xF2F2F2),
    roles: [
      .original: .black, .frozen: Color(0x6E6E6E), .loraA: Color(0x383838),
      .loraB: Color(0x525252), .update: Color(0x1F1F1F), .merged: Color(0x2A2A2A),
      .quantized: Color(0x1F1F1F), .fp4: Color(0x525252), .int4: Color(0x6E6E6E),
      .error: Color(0x383838),
    ],
    classes: [
      .green: Color(0xA6A6A6), .blue: Color(0x5F5F5F), .yellow: Color(0xE8E8E8),
      .pink: Color(0xCBCBCB),
    ],
    signedScale: ColorScale([0xFFFFFF, 0xBFBFBF, 0x808080, 0x484848, 0x101010]),
    magnitudeScale: ColorScale([0xFFFFFF, 0xC4C4C4, 0x868686, 0x4A4A4A, 0x101010]))

  /// All themes, in the order in which they are listed to a user.
  public static let all = [light, dark, print]
}

extension Role {
  /// Dashes that tell lines apart where colours cannot: lengths of strokes and gaps in line widths.
  public var dashes: [Double] {
    switch self {
    case .fp4: [4, 2]
    case .int4: [1.2, 1.8]
    case .error: [5, 1.5, 1.2, 1.5]
    case .original, .frozen, .loraA, .loraB, .update, .merged, .quantized: []
    }
  }
}
