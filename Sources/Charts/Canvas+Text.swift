public import Drawing

extension Canvas {
  /// The sizes of text that a preset has.
  public enum TextSize: Sendable {
    case small, base, title
  }

  /// Which part of a run stands at the given x.
  public enum HorizontalAnchor: Sendable {
    case start, middle, end
  }

  /// Which part of a run stands at the given y; `middle` centres capitals and digits.
  public enum VerticalAnchor: Sendable {
    case top, middle, baseline, bottom
  }

  /// The height of capitals and digits, as a share of the size.
  public static let capHeight = 0.727

  /// A text style in one of the sizes of the preset.
  public func style(
    _ size: TextSize, bold: Bool = false, italic: Bool = false, typeface: Typeface = .sans
  ) -> TextStyle {
    let points =
      switch size {
      case .small: preset.smallSize
      case .base: preset.baseSize
      case .title: preset.titleSize
      }
    return TextStyle(typeface: typeface, size: points, bold: bold, italic: italic)
  }

  /// The width of a run of text in points.
  public func width(_ string: String, _ style: TextStyle) -> Double {
    context.measurer.measure(string, style: style).width
  }

  /// The distance between baselines of consecutive lines.
  public func lineHeight(_ style: TextStyle) -> Double { 1.25 * style.size }

  /// The middle nearest to a wanted one with which something of a width stays on the page.
  ///
  /// It may enter the empty border, but not all of it.
  public func kept(_ middle: Double, width: Double) -> Double {
    let edge = preset.margin / 4 + width / 2
    return max(min(middle, preset.size.width - edge), edge)
  }

  /// Adds a run of text and returns the rectangle of its ink.
  ///
  /// The box is a rectangle that the run must not leave, and the backdrop the colour behind it where
  /// that is not the background: both are for tests of the finished figure.
  @discardableResult
  public mutating func text(
    _ string: String, at point: Point, _ style: TextStyle, color: Color? = nil,
    anchor: HorizontalAnchor = .start, vertical: VerticalAnchor = .baseline,
    box: Rectangle? = nil, backdrop: Color? = nil
  ) -> Rectangle {
    guard !string.isEmpty else { return Rectangle(x: point.x, y: point.y, width: 0, height: 0) }
    let metrics = context.measurer.measure(string, style: style)
    let x =
      switch anchor {
      case .start: point.x
      case .middle: point.x - metrics.width / 2
      case .end: point.x - metrics.width
      }
    let y =
      switch vertical {
      case .top: point.y + 0.76 * style.size
      case .middle: point.y + Self.capHeight / 2 * style.size
      case .baseline: point.y
      case .bottom: point.y - 0.21 * style.size
      }
    let mark = TextMark(
      string, style: style, color: color ?? theme.ink, origin: Point(x, y), metrics: metrics,
      box: box, backdrop: backdrop)
    add(.text(mark))
    return mark.inkBounds
  }

  /// Adds runs of different colours on one line, with the whole anchored at a point.
  @discardableResult
  public mutating func runs(
    _ runs: [(string: String, color: Color)], at point: Point, _ style: TextStyle,
    anchor: HorizontalAnchor = .start, vertical: VerticalAnchor = .baseline, box: Rectangle? = nil
  ) -> Rectangle {
    let widths = runs.map { width($0.string, style) }
    let total = widths.reduce(0, +)
    var x =
      switch anchor {
      case .start: point.x
      case .middle: point.x - total / 2
      case .end: point.x - total
      }
    var bounds = Rectangle(x: x, y: point.y, width: 0, height: 0)
    for (run, width) in zip(runs, widths) {
      let ink = text(
        run.string, at: Point(x, point.y), style, color: run.color, vertical: vertical, box: box)
      bounds = Rectangle(
        x: bounds.x, y: ink.y, width: ink.maxX - bounds.x, height: ink.height)
      x += width
    }
    return bounds
  }

  /// Breaks text into lines no wider than a width; a single word that is wider stays whole.
  public func wrapped(_ string: String, _ style: TextStyle, width: Double) -> [String] {
    var lines: [String] = []
    for word in string.split(separator: " ") {
      if let last = lines.last, self.width("\(last) \(word)", style) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Adds lines of text one below the other and returns the height that they take.
  @discardableResult
  public mutating func paragraph(
    _ string: String, in frame: Rectangle, _ style: TextStyle, color: Color? = nil,
    anchor: HorizontalAnchor = .start
  ) -> Double {
    let lines = wrapped(string, style, width: frame.width)
    let x =
      switch anchor {
      case .start: frame.minX
      case .middle: frame.midX
      case .end: frame.maxX
      }
    for (index, line) in lines.enumerated() {
      text(
        line, at: Point(x, frame.minY + Double(index) * lineHeight(style)), style, color: color,
        anchor: anchor, vertical: .top, box: frame)
    }
    return Double(lines.count) * lineHeight(style)
  }
}
