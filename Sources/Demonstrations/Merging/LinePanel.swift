internal import Charts
internal import Drawing

/// Lines with both axes and a heading, as half of a picture or all of it.
struct LinePanel {
  typealias Side = PlotFrame.Side

  var heading: String
  var series: [LineChart.Series]
  var across: Side
  var up: Side
  /// A vertical line with its label, as where something begins.
  var rule: (value: Double, label: String)?
  /// A point that is chosen: a hollow dot in the colour of its line.
  var chosen: (point: Point, role: Role)?
  /// Whether the lines are named at their right ends.
  var isNamed = true

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    // The label of a line at the left stands clear of the highest tick's.
    let ruleGap = max(canvas.em(0.3), 0.6 * canvas.lineHeight(small))
    let ruleHead = rule == nil ? 0 : canvas.lineHeight(small) + ruleGap - canvas.em(0.3)
    let axes = PlotFrame(
      heading: heading, across: across, up: up, names: isNamed ? series.map(\.name) : [],
      head: ruleHead, in: frame, on: &canvas)
    let (plot, xScale, yScale) = (axes.plot, axes.xScale, axes.yScale)
    if let rule {
      let x = xScale(rule.value)
      canvas.line(
        Point(x, plot.minY), Point(x, plot.maxY),
        Stroke(
          canvas.theme.rule, width: canvas.preset.axisWidth,
          dashes: [canvas.em(0.3), canvas.em(0.25)]))
      canvas.text(
        rule.label,
        at: Point(
          canvas.kept(x, width: canvas.width(rule.label, small)), plot.minY - ruleGap),
        small, color: canvas.theme.secondaryInk, anchor: .middle, vertical: .bottom)
    }
    LineChart(
      series: series.map { line in
        var line = line
        if !isNamed { line.name = "" }
        return line
      }, xScale: xScale, yScale: yScale
    ).draw(on: &canvas)
    if let chosen {
      canvas.dot(
        Point(xScale(chosen.point.x), yScale(chosen.point.y)),
        radius: canvas.preset.lineWidth * 2.5, fill: canvas.theme.background,
        stroke: canvas.dataStroke(chosen.role))
    }
  }
}
