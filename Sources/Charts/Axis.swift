public import Drawing

/// A horizontal or vertical axis with ticks and labels.
public struct Axis {
  public var scale: Scale
  public var ticks: [(value: Double, label: String)]
  /// What the axis measures, with its unit.
  public var title: String

  public init(scale: Scale, ticks: [(value: Double, label: String)], title: String = "") {
    self.scale = scale
    self.ticks = ticks
    self.title = title
  }

  /// Round ticks for a linear scale, as many as the labels leave room for.
  public static func roundTicks(
    _ domain: ClosedRange<Double>, length: Double, spacing: Double, words: Words
  ) -> [(value: Double, label: String)] {
    let count = max(min(Int(length / spacing), 9), 2)
    let ticks = Ticks.linear(domain, count: count)
    let decimals = Ticks.decimals(ticks)
    return ticks.map { ($0, words.label($0, decimals)) }
  }

  /// The height that a horizontal axis takes below its line.
  public func height(on canvas: Canvas) -> Double {
    let small = canvas.style(.small)
    return tickLength(canvas) + canvas.em(0.25) + small.size
      + (title.isEmpty ? 0 : canvas.lineHeight(small))
  }

  /// The width that a vertical axis takes left of its line; its title stands above the plot.
  public func width(on canvas: Canvas) -> Double {
    let small = canvas.style(.small)
    return tickLength(canvas) + canvas.em(0.3)
      + (ticks.map { canvas.width($0.label, small) }.max() ?? 0)
  }

  private func tickLength(_ canvas: Canvas) -> Double { canvas.em(0.28) }

  /// Draws the axis below a plot: line, ticks, labels and a centred title.
  public func drawBelow(_ plot: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    canvas.line(Point(plot.minX, plot.maxY), Point(plot.maxX, plot.maxY), canvas.axisStroke)
    var labelEnd = -Double.infinity
    for tick in ticks {
      let x = scale(tick.value)
      canvas.line(
        Point(x, plot.maxY), Point(x, plot.maxY + tickLength(canvas)), canvas.axisStroke)
      let half = canvas.width(tick.label, small) / 2
      let middle = canvas.kept(x, width: 2 * half)
      guard middle - half > labelEnd else { continue }
      canvas.text(
        tick.label, at: Point(middle, plot.maxY + tickLength(canvas) + canvas.em(0.25)), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
      labelEnd = middle + half + canvas.em(0.3)
    }
    if !title.isEmpty {
      canvas.text(
        title,
        at: Point(
          canvas.kept(plot.midX, width: canvas.width(title, small)),
          plot.maxY + tickLength(canvas) + canvas.em(0.25) + canvas.lineHeight(small)),
        small, color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
    }
  }

  /// Draws the labels left of a plot and grid lines across it; the title stands above the labels.
  public func drawLeft(of plot: Rectangle, on canvas: inout Canvas, grid: Bool = true) {
    let small = canvas.style(.small)
    for tick in ticks {
      let y = scale(tick.value)
      if grid { canvas.line(Point(plot.minX, y), Point(plot.maxX, y), canvas.faintStroke) }
      canvas.text(
        tick.label, at: Point(plot.minX - canvas.em(0.4), y), small,
        color: canvas.theme.secondaryInk, anchor: .end, vertical: .middle)
    }
    if !title.isEmpty {
      canvas.text(
        title, at: Point(plot.minX - width(on: canvas), plot.minY - canvas.em(0.55)), small,
        color: canvas.theme.secondaryInk, vertical: .bottom)
    }
  }
}
