public import Drawing

/// The key of a signed colour scale: a gradient with −v, 0 and +v below it, or ±v where it is narrow.
public struct ColorBar {
  public var limit: Double
  public var decimals: Int

  public init(limit: Double, decimals: Int) {
    self.limit = limit
    self.decimals = decimals
  }

  /// The height that the key takes.
  public func height(on canvas: Canvas) -> Double {
    canvas.em(0.6) + canvas.em(0.3) + canvas.style(.small).size
  }

  /// The width that the key needs for its labels to stay apart.
  public func minimumWidth(on canvas: Canvas) -> Double {
    let widths = labels(canvas.words).map { canvas.width($0, canvas.style(.small)) }
    return 2 * max(widths[0], widths[2]) + widths[1] + canvas.em(0.8)
  }

  private func labels(_ words: Words) -> [String] {
    [words.label(-limit, decimals), "0", "+" + words.label(limit, decimals)]
  }

  /// Draws the key along the top of a frame, as wide as the frame.
  public func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let style = canvas.style(.small)
    let bar = Rectangle(x: frame.x, y: frame.y, width: frame.width, height: canvas.em(0.6))
    canvas.add(
      .gradient(
        GradientBar(frame: bar, colors: canvas.theme.signedScale.anchors, vertical: false)))
    canvas.outline(bar, Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
    let labels = self.labels(canvas.words)
    guard minimumWidth(on: canvas) <= bar.width else {
      // A bar too narrow for three labels says what its two ends are in one.
      canvas.text(
        "±" + canvas.words.label(limit, decimals), at: Point(bar.midX, bar.maxY + canvas.em(0.3)),
        style, color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
      return
    }
    let places: [(String, Double, Canvas.HorizontalAnchor)] = [
      (labels[0], bar.minX, .start), (labels[1], bar.midX, .middle), (labels[2], bar.maxX, .end),
    ]
    for (label, x, anchor) in places {
      canvas.text(
        label, at: Point(x, bar.maxY + canvas.em(0.3)), style, color: canvas.theme.secondaryInk,
        anchor: anchor, vertical: .top)
    }
  }
}
