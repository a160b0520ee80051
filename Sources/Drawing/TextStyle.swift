/// The two bundled typefaces.
public enum Typeface: String, Hashable, Codable, Sendable, CaseIterable {
  /// Proportional letters; numbers that stand alone have digits of equal width.
  case sans = "Lessons Sans"
  /// Letters of equal width, for codes and bytes.
  case mono = "Lessons Mono"
}

/// How a run of text looks.
public struct TextStyle: Hashable, Codable, Sendable {
  public var typeface: Typeface
  /// The size in points.
  public var size: Double
  public var bold: Bool
  public var italic: Bool

  public init(
    typeface: Typeface = .sans, size: Double, bold: Bool = false, italic: Bool = false
  ) {
    self.typeface = typeface
    self.size = size
    self.bold = bold
    self.italic = italic
  }
}

/// The room that a run of text takes, in points.
public struct TextMetrics: Hashable, Codable, Sendable {
  /// The advance from the start to the end of the run.
  public var width: Double
  /// The height of the font above the baseline.
  public var ascent: Double
  /// The depth of the font below the baseline.
  public var descent: Double

  public init(width: Double, ascent: Double, descent: Double) {
    self.width = width
    self.ascent = ascent
    self.descent = descent
  }
}

/// Something that knows how wide text is, so that a chart can be laid out before it is drawn.
public protocol TextMeasurer {
  /// Measures a run of text on one line.
  func measure(_ string: String, style: TextStyle) -> TextMetrics
}

/// A measurer that gives every character the same width: for layout tests that need no font.
public struct FixedAdvanceMeasurer: TextMeasurer, Sendable {
  /// The advance of a character, as a share of the size.
  public var advance: Double

  public init(advance: Double = 0.58) { self.advance = advance }

  public func measure(_ string: String, style: TextStyle) -> TextMetrics {
    TextMetrics(
      width: Double(string.count) * advance * style.size, ascent: 0.76 * style.size,
      descent: 0.24 * style.size)
  }
}
