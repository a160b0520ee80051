import Drawing
import TestSupport
import Testing

@Suite("Colours") struct ColorTests {
  @Test("have the luminance and contrast of WCAG")
  func contrast() {
    #expect(Color.white.luminance == 1)
    #expect(Color.black.luminance == 0)
    #expect(Color.white.contrast(with: .black) == 21)
    // 0x767676 is the lightest grey with 4.5:1 on white.
    #expect((4.5..<4.6).contains(Color(0x767676).contrast(with: .white)))
    #expect(Color(0x777777).contrast(with: .white) < 4.5)
  }

  @Test("can all be written on with at least 4.58:1")
  func readableInk() {
    for red in stride(from: 0.0, through: 1, by: 0.1) {
      for green in stride(from: 0.0, through: 1, by: 0.05) {
        for blue in stride(from: 0.0, through: 1, by: 0.1) {
          let color = Color(red: red, green: green, blue: blue)
          #expect(color.contrast(with: color.readableInk) > 4.58)
        }
      }
    }
  }

  @Test("are mixed in equal steps")
  func mixed() {
    #expect(Color.black.mixed(with: .white, 0) == .black)
    #expect(Color.black.mixed(with: .white, 1) == .white)
    #expect(Color.black.mixed(with: .white, 0.5) == Color(red: 0.5, green: 0.5, blue: 0.5))
  }

  @Test("of a scale run from its first to its last anchor", arguments: Theme.all)
  func scale(theme: Theme) {
    for scale in [theme.signedScale, theme.magnitudeScale] {
      #expect(scale.color(at: 0) == scale.anchors.first)
      #expect(scale.color(at: 1) == scale.anchors.last)
      #expect(scale.color(at: -3) == scale.anchors.first)
      #expect(scale.color(at: 7) == scale.anchors.last)
    }
    let middle = theme.signedScale.anchors[theme.signedScale.anchors.count / 2]
    #expect(theme.signedScale.color(ofSigned: 0, limit: 2) == middle)
    #expect(theme.signedScale.color(ofSigned: .nan, limit: 2) == middle)
    #expect(theme.signedScale.color(ofSigned: 5, limit: 0) == middle)
    #expect(theme.signedScale.color(ofSigned: -2, limit: 2) == theme.signedScale.anchors.first)
    #expect(theme.signedScale.color(ofSigned: 2, limit: 2) == theme.signedScale.anchors.last)
  }

  @Test("of a scale with one anchor or none are constant")
  func shortScales() {
    #expect(ColorScale([0xD55E00]).color(at: 0.7) == Color(0xD55E00))
    #expect(ColorScale([]).color(at: 0.7) == .black)
  }

  @Test(
    "are scaled to round limits",
    arguments: [
      (0.0, 1.0), (1, 1), (1.01, 1.5), (1.5, 1.5), (1.7, 2), (2.2, 2.5), (2.9, 3), (3.1, 4),
      (4.4, 5), (5.5, 6), (6.1, 8), (8.1, 10), (10, 10), (0.26, 0.3), (0.023, 0.025), (730, 800),
      (-3, 1), (.nan, 1), (.infinity, 1), (.leastNonzeroMagnitude, 1),
    ])
  func roundLimit(magnitude: Double, limit: Double) {
    #expect(abs(ColorScale.roundLimit(magnitude) - limit) <= 1e-12 * limit)
  }

  @Test("scale limits are never below the magnitude by more than rounding")
  func limitCovers() {
    for step in 1..<5000 {
      let magnitude = Double(step) * 0.0137
      let limit = ColorScale.roundLimit(magnitude)
      #expect(limit >= magnitude * (1 - 1e-12) && limit <= 1.7 * magnitude)
    }
  }
}
