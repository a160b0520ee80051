internal import Charts
internal import Drawing

/// A heading, both axes, and the room for names at the right: what every panel of lines stands in.
struct PlotFrame {
  /// One axis: how numbers are spaced, and which of them are written.
  struct Side {
    var kind = Scale.Kind.linear
    var domain: ClosedRange<Double>
    var ticks: [(value: Double, label: String)]
    var title = ""
  }

  let plot: Rectangle
  let xScale, yScale: Scale

  /// Draws heading and axes.
  ///
  /// - Parameters:
  ///   - heading: What the values are.
  ///   - headingColor: The colour of the heading; ink if not said.
  ///   - across: The axis below.
  ///   - up: The axis at the left.
  ///   - names: The names of lines that need room at the right.
  ///   - head: Room above the plot for a label.
  ///   - frame: What all of it fits into.
  ///   - canvas: Where it is drawn.
  init(
    heading: String, headingColor: Color? = nil, across: Side, up: Side, names: [String],
    head: Double = 0, in frame: Rectangle, on canvas: inout Canvas
  ) {
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    canvas.text(
      heading, at: Point(frame.minX, frame.minY), base, color: headingColor, vertical: .top)
    let probe = Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: up.ticks)
    let below = Axis(scale: probe.scale, ticks: across.ticks, title: across.title)
    plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(base) + canvas.em(0.5) + head,
      right: names.isEmpty ? canvas.em(0.8) : LineChart.labelWidth(names, on: canvas),
      bottom: below.height(on: canvas))
    xScale = Scale(across.kind, domain: across.domain, from: plot.minX, to: plot.maxX)
    yScale = Scale(up.kind, domain: up.domain, from: plot.maxY, to: plot.minY)
    Axis(scale: yScale, ticks: up.ticks).drawLeft(of: plot, on: &canvas)
    Axis(scale: xScale, ticks: across.ticks, title: across.title).drawBelow(plot, on: &canvas)
  }

  /// The place of a point, moved to the edge where its value is off the axis.
  func place(_ x: Double, _ y: Double) -> Point {
    let domain = yScale.domain
    return Point(xScale(x), yScale(min(max(y, domain.lowerBound), domain.upperBound)))
  }

  /// The place of a point, in the plot or out of it.
  func exactPlace(_ x: Double, _ y: Double) -> Point { Point(xScale(x), yScale(y)) }

  /// The part of a line or an area that is not above the plot; between leaving it and coming back it follows
  /// the edge.
  func belowTop(_ points: [Point], isClosed: Bool = false) -> [Point] {
    let top = plot.minY
    var kept: [Point] = []
    for (index, point) in points.enumerated() {
      if index > 0 || isClosed {
        let before = points[index > 0 ? index - 1 : points.count - 1]
        if (before.y < top) != (point.y < top) {
          let share = (top - before.y) / (point.y - before.y)
          kept.append(Point(before.x + share * (point.x - before.x), top))
        }
      }
      if point.y >= top { kept.append(point) }
    }
    return kept
  }
}
