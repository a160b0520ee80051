internal import Charts
internal import Drawing

/// Lines over seeds with both axes and a heading, as part of a picture or all of it.
struct SeedSides {
  typealias Side = PlotFrame.Side

  var heading: String
  var headingRole: Role?
  var series: [BandChart.Series]
  var across: Side
  var up: Side
  /// A vertical line with its label, as where a rank is the true one.
  var rule: (value: Double, label: String)?
  /// A horizontal line to compare with, and its label.
  var level: (value: Double, label: String, role: Role)?
  /// Names of lines that end before the others, where they begin, just above.
  var labels: [(point: Point, text: String, role: Role)] = []
  /// Points that stand out, such as the one that was chosen.
  var dots: [(point: Point, role: Role)] = []
  /// The names that the right margin is kept for: of all panels of a picture, so that they are equal.
  var reservedNames: [String]?

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let axes = PlotFrame(
      heading: heading, headingColor: headingRole.map { canvas.theme.color($0) }, across: across,
      up: up, names: (reservedNames ?? series.map(\.name)).filter { !$0.isEmpty },
      head: rule == nil ? 0 : canvas.lineHeight(small), in: frame, on: &canvas)
    let (plot, xScale, yScale) = (axes.plot, axes.xScale, axes.yScale)
    let dashes = [canvas.em(0.3), canvas.em(0.25)]
    if let rule {
      let x = xScale(rule.value)
      canvas.line(
        Point(x, plot.minY), Point(x, plot.maxY),
        Stroke(canvas.theme.rule, width: canvas.preset.axisWidth, dashes: dashes))
      let width = canvas.width(rule.label, small)
      let middle = min(max(x, plot.minX + width / 2), frame.maxX - width / 2)
      canvas.text(
        rule.label, at: Point(middle, plot.minY - canvas.em(0.3)), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .bottom)
    }
    if let level {
      let y = yScale(min(max(level.value, up.domain.lowerBound), up.domain.upperBound))
      let color = canvas.theme.color(level.role)
      canvas.line(
        Point(plot.minX, y), Point(plot.maxX, y),
        Stroke(color, width: canvas.preset.lineWidth * 0.7, dashes: dashes))
      canvas.text(
        level.label, at: Point(plot.maxX, y - canvas.em(0.3)), canvas.style(.small, bold: true),
        color: color, anchor: .end, vertical: .bottom)
    }
    BandChart(series: series, xScale: xScale, yScale: yScale).draw(on: &canvas)
    for (point, text, role) in labels {
      canvas.text(
        text, at: Point(xScale(point.x) + canvas.em(0.4), yScale(point.y) - canvas.em(0.2)),
        canvas.style(.small, bold: true), color: canvas.theme.color(role), vertical: .bottom)
    }
    for (point, role) in dots {
      canvas.dot(
        Point(xScale(point.x), yScale(point.y)), radius: canvas.preset.lineWidth * 2.2,
        fill: canvas.theme.background,
        stroke: Stroke(canvas.theme.color(role), width: canvas.preset.lineWidth))
    }
  }

  /// Shares from 0 to 100 %.
  static func shares(_ words: Words) -> Side {
    Side(
      domain: 0...1,
      ticks: [0, 0.25, 0.5, 0.75, 1].map { (value: $0, label: words.percentage($0, 0)) })
  }

  /// Powers of ten as percentages, from one that is at or below a smallest number up to at least 1.
  ///
  /// What is below the floor is drawn on it, and its label says so.
  static func percentages(
    from least: Double, to most: Double = 1, floor: Double = 1e-9, _ words: Words
  ) -> Side {
    var low = 1.0
    while low > max(least, floor) * 1.001 { low /= 10 }
    var high = 1.0
    while high < min(most, 1e6) { high *= 10 }
    var ticks: [(value: Double, label: String)] = []
    var tick = low
    while tick < high * 1.001 {
      let decimals = tick >= 0.0099 ? 0 : tick >= 0.00099 ? 1 : tick >= 0.000099 ? 2 : 3
      let isFloor = ticks.isEmpty && least < low
      ticks.append((tick, (isFloor ? "≤ " : "") + words.percentage(tick, decimals)))
      tick *= 10
    }
    return Side(kind: .logarithmic, domain: low...high, ticks: ticks)
  }
}
