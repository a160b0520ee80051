public import Drawing

/// The key of a signed colour scale: a gradient with −v, 0 and +v beside it.
public struct ColorBar {
  public var limit: Double
  public var decimals: Int

  public init(limit: Double, decimals: Int) {
    self.limit = limit
    self.decimals = decimals
  }

  /// The texts at the bottom, the middle and the top.
  func labels(_ words: Words) -> [String] {
    [words.number(-limit, decimals), "0", "+" + words.number(limit, decimals)]
  }

  /// The width that a vertical bar takes with its labels.
  public func width(on canvas: Canvas) -> Double {
    let style = canvas.style(.small)
    return canvas.em(0.7) + canvas.em(0.35)
      + (labels(canvas.words).map { canvas.width($0, style) }.max() ?? 0)
  }

  /// Draws a vertical bar along the left edge of a frame.
  public func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let style = canvas.style(.small)
    let bar = Rectangle(x: frame.x, y: frame.y, width: canvas.em(0.7), height: frame.height)
    canvas.add(
      .gradient(
        GradientBar(frame: bar, colors: canvas.theme.signedScale.anchors, vertical: true)))
    canvas.outline(bar, Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
    let inset = Canvas.capHeight / 2 * style.size
    let places = [bar.maxY - inset, bar.midY, bar.minY + inset]
    for (label, y) in zip(labels(canvas.words), places) {
      canvas.text(
        label, at: Point(bar.maxX + canvas.em(0.35), y), style, color: canvas.theme.secondaryInk,
        vertical: .middle)
    }
  }
}
