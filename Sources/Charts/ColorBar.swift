public import Drawing

/// The key of a signed colour scale: a gradient with −v, 0 and +v below it.
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

  /// Draws the key along the top of a frame, as wide as the frame.
  public func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let style = canvas.style(.small)
    let bar = Rectangle(x: frame.x, y: frame.y, width: frame.width, height: canvas.em(0.6))
    canvas.add(
      .gradient(
        GradientBar(frame: bar, colors: canvas.theme.signedScale.anchors, vertical: false)))
    canvas.outline(bar, Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
    let labels: [(String, Double, Canvas.HorizontalAnchor)] = [
      (canvas.words.number(-limit, decimals), bar.minX, .start), ("0", bar.midX, .middle),
      ("+" + canvas.words.number(limit, decimals), bar.maxX, .end),
    ]
    for (label, x, anchor) in labels {
      canvas.text(
        label, at: Point(x, bar.maxY + canvas.em(0.3)), style, color: canvas.theme.secondaryInk,
        anchor: anchor, vertical: .top)
    }
  }
}
