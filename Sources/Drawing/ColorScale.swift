/// A row of colours at equal distances, with straight lines between them.
public struct ColorScale: Hashable, Codable, Sendable {
  /// The colours from the lowest to the highest value.
  public var anchors: [Color]

  /// Creates a scale from numbers such as `0xD55E00`; one of them makes a scale of one colour.
  public init(_ hexadecimals: [UInt32]) { anchors = hexadecimals.map(Color.init) }

  /// The colour at a position from 0 to 1; positions outside are moved to the nearest end.
  public func color(at position: Double) -> Color {
    guard anchors.count > 1 else { return anchors.first ?? .black }
    let scaled = min(max(position.isNaN ? 0.5 : position, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(scaled), anchors.count - 2)
    return anchors[index].mixed(with: anchors[index + 1], scaled - Double(index))
  }

  /// The colour of a signed value on the scale from -limit to +limit.
  public func color(ofSigned value: Double, limit: Double) -> Color {
    color(at: limit > 0 ? (value / limit + 1) / 2 : 0.5)
  }

  /// The smallest round number that is not below a magnitude: 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 × 10ⁿ.
  ///
  /// Nothing, and what is too close to nothing for a scale, gives 1.
  public static func roundLimit(_ magnitude: Double) -> Double {
    guard magnitude > 0, magnitude.isNormal else { return 1 }
    var decade = 1.0
    while decade > magnitude { decade /= 10 }
    while decade * 10 <= magnitude { decade *= 10 }
    let steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
    return (steps.first { $0 * decade >= magnitude * (1 - 1e-12) } ?? 10) * decade
  }
}
