#if canImport(Glibc)
  internal import Glibc
#endif

/// An opaque colour in the sRGB space, with components from 0 to 1.
public struct Color: Hashable, Codable, Sendable {
  public var red: Double
  public var green: Double
  public var blue: Double

  public init(red: Double, green: Double, blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Creates a colour from a number such as `0xD55E00`.
  public init(_ hexadecimal: UInt32) {
    self.init(
      red: Double((hexadecimal >> 16) & 0xFF) / 255, green: Double((hexadecimal >> 8) & 0xFF) / 255,
      blue: Double(hexadecimal & 0xFF) / 255)
  }

  public static let black = Color(0x000000)
  public static let white = Color(0xFFFFFF)

  /// The relative luminance of WCAG 2.2, from 0 (black) to 1 (white).
  public var luminance: Double {
    func linear(_ component: Double) -> Double {
      component <= 0.04045 ? component / 12.92 : pow((component + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The contrast ratio of WCAG 2.2 between two colours, from 1 to 21.
  public func contrast(with other: Color) -> Double {
    let (lighter, darker) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)
  }

  /// Black or white, whichever can be read better on this colour; the ratio is never under 4.58.
  public var readableInk: Color {
    contrast(with: .black) >= contrast(with: .white) ? .black : .white
  }

  /// The colour moved towards another one; an amount of 0 changes nothing, 1 gives the other.
  public func mixed(with other: Color, _ amount: Double) -> Color {
    Color(
      red: red + (other.red - red) * amount, green: green + (other.green - green) * amount,
      blue: blue + (other.blue - blue) * amount)
  }
}
