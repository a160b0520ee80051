internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the histograms one below the other, over one axis.
struct RandomStartsDrawing {
  let result: RandomStartsResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let name = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let reach = ColorScale.roundLimit(result.starts.map(\.reach).max() ?? 1)
    let gutter =
      (result.starts.map {
        max(canvas.width($0.name(words), name), canvas.width($0.rule, small))
      }.max() ?? 0) + canvas.em(1)
    let note = { (start: RandomStartsResult.Start) in
      "σ = " + words.numbers.significant(start.deviation, digits: 2)
    }
    let right =
      (result.starts.map { canvas.width(note($0), small) }.max() ?? 0) + canvas.em(0.8)
    let domain = -reach...reach
    let decimals = Ticks.decimals([0, reach]) + 1
    let ticks = [-reach, 0, reach].map {
      (value: $0, label: $0 == 0 ? "0" : words.label($0, decimals))
    }
    let probe = Axis(scale: Scale(domain: domain, from: 0, to: 1), ticks: ticks)
    let plot = frame.inset(left: gutter, right: right, bottom: probe.height(on: canvas))
    let scale = Scale(domain: domain, from: plot.minX, to: plot.maxX)
    let rows = plot.rows([1, 1, 1], gap: canvas.em(canvas.isCompact ? 0.3 : 0.8))
    let roles: [Role] = [.loraA, .loraA, .error]
    for ((start, row), role) in zip(zip(result.starts, rows), roles) {
      // Bins as fine as the narrowest start asks for.
      let histogram = Histogram(start.values, range: domain, bins: 121)
      HistogramChart(
        edges: histogram.edges, counts: histogram.counts, fill: canvas.theme.color(role)
      ).draw(in: row.inset(top: canvas.em(0.2)), scale: scale, on: &canvas)
      canvas.line(
        Point(row.minX, row.maxY), Point(row.maxX, row.maxY), canvas.axisStroke)
      canvas.text(
        start.name(words), at: Point(frame.minX, row.midY - canvas.em(0.15)), name,
        color: canvas.theme.color(role), vertical: .bottom)
      canvas.text(
        start.rule, at: Point(frame.minX, row.midY + canvas.em(0.15)), small,
        color: canvas.theme.secondaryInk, vertical: .top)
      canvas.text(
        note(start), at: Point(frame.maxX, row.midY), small, color: canvas.theme.secondaryInk,
        anchor: .end, vertical: .middle)
    }
    Axis(scale: scale, ticks: ticks).drawBelow(plot, on: &canvas)
  }
}
