import Drawing
import TestSupport
import Testing

@Suite("Themes") struct ThemeTests {
  /// Colours closer than this are taken for each other in different parts of a figure.
  static let smallestDistance = 10.0

  static let visions = Theme.all.flatMap { theme in Vision.allCases.map { (theme, $0) } }

  @Test("name every role and every class", arguments: Theme.all)
  func complete(theme: Theme) {
    #expect(Set(theme.roles.keys) == Set(Role.allCases))
    #expect(Set(theme.classes.keys) == Set(ValueClass.allCases))
  }

  @Test("text and rules can be read on the background and on panels", arguments: Theme.all)
  func contrast(theme: Theme) {
    for ground in [theme.background, theme.panel] {
      #expect(theme.ink.contrast(with: ground) >= 7)
      #expect(theme.secondaryInk.contrast(with: ground) >= 4.5)
      #expect(theme.rule.contrast(with: ground) >= 3)
      for role in Role.allCases {
        #expect(theme.color(role).contrast(with: ground) >= 4.5, "\(theme.name) \(role)")
      }
    }
  }

  @Test("numbers can be read on classes and on every value of the scales", arguments: Theme.all)
  func fills(theme: Theme) {
    let scales = [theme.signedScale, theme.magnitudeScale].flatMap { scale in
      (0...100).map { scale.color(at: Double($0) / 100) }
    }
    for fill in scales + ValueClass.allCases.map(theme.color) {
      #expect(fill.contrast(with: fill.readableInk) >= 4.5)
    }
  }

  @Test("roles that share a figure are told apart by everyone", arguments: visions)
  func roles(theme: Theme, vision: Vision) {
    let groups: [[Role]] = [
      [.original, .quantized, .fp4, .int4, .error], [.frozen, .loraA, .loraB, .update],
      [.update, .error], [.original, .update],
    ]
    for group in groups {
      for (first, second) in pairs(group) {
        #expect(
          vision.distance(theme.color(first), theme.color(second)) >= Self.smallestDistance,
          "\(theme.name): \(first) and \(second)")
      }
    }
  }

  @Test("classes are told apart by everyone", arguments: visions)
  func classes(theme: Theme, vision: Vision) {
    for (first, second) in pairs(ValueClass.allCases) {
      #expect(
        vision.distance(theme.color(first), theme.color(second)) >= Self.smallestDistance,
        "\(theme.name): \(first) and \(second)")
    }
  }

  @Test("the print theme is grey, and its classes differ in lightness")
  func print() {
    let colors = Array(Theme.print.roles.values) + Array(Theme.print.classes.values)
    #expect(colors.allSatisfy { $0.red == $0.green && $0.green == $0.blue })
    for (first, second) in pairs(ValueClass.allCases.map(Theme.print.color)) {
      let difference = Vision.full.lab(first)[0] - Vision.full.lab(second)[0]
      #expect(abs(difference) >= Self.smallestDistance)
    }
  }

  @Test("scales go one way in lightness from their neutral end or middle", arguments: Theme.all)
  func lightness(theme: Theme) {
    func isMonotonic(_ colors: ArraySlice<Color>) -> Bool {
      let steps = zip(colors, colors.dropFirst()).map { $1.luminance - $0.luminance }
      return steps.allSatisfy { $0 > 0 } || steps.allSatisfy { $0 < 0 }
    }
    #expect(isMonotonic(theme.magnitudeScale.anchors[...]))
    let signed = theme.signedScale.anchors
    let middle = signed.count / 2
    #expect(isMonotonic(signed[...middle]))
    #expect(isMonotonic(signed[middle...]))
  }

  @Test("lines of the compared codes differ in their dashes")
  func dashes() {
    let roles: [Role] = [.quantized, .fp4, .int4, .error]
    #expect(Set(roles.map(\.dashes)).count == roles.count)
  }

  private func pairs<Element>(_ elements: [Element]) -> [(Element, Element)] {
    elements.indices.flatMap { first in
      elements[(first + 1)...].map { (elements[first], $0) }
    }
  }
}
