internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws one plot for each optimiser, side by side, on the same scales.
struct RankScalingDrawing {
  let result: RankScalingResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let small = canvas.style(.small)
    let head = canvas.style(compact ? .small : .base, bold: true)
    let lines = RankScalingResult.Optimiser.allCases.compactMap { result.movements[$0] }
    let all = lines.flatMap { $0.plain + $0.stabilized }.filter { $0 > 0 }
    let domain = Self.range(around: all)
    let names = ["α/r", "α/√r"]
    let ticks = Self.ticks(domain, words)
    let probe = Axis(
      scale: Scale(.logarithmic, domain: domain, from: 1, to: 0), ticks: ticks)
    let rankTicks = RankScalingResult.ranks.filter { !compact || [1, 8, 64].contains($0) }.map {
      (value: Double($0), label: words.integer($0))
    }
    let below = Axis(
      scale: probe.scale, ticks: rankTicks, title: words.say(es: "rango r", en: "rank r"))
    let right = LineChart.labelWidth(names, on: canvas)
    let left = probe.width(on: canvas)
    let headHeight = canvas.lineHeight(head) + (compact ? canvas.em(0.2) : canvas.em(0.5))
    let unitHeight = compact ? 0 : canvas.lineHeight(small) + canvas.em(0.4)
    if !compact {
      canvas.text(
        words.say(
          es: "cuánto se mueve la salida en el primer paso (rango 1 = 1)",
          en: "how far the output moves in the first step (rank 1 = 1)"),
        at: Point(frame.minX, frame.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    }
    let body = frame.inset(left: left, top: unitHeight)
    let gap = canvas.em(compact ? 0.6 : 2)
    for (index, (optimiser, part)) in zip(
      RankScalingResult.Optimiser.allCases, body.columns([1, 1], gap: gap)
    ).enumerated() {
      let plot = part.inset(
        top: headHeight, right: right, bottom: below.height(on: canvas))
      let name = RankScalingResult.names[optimiser]?(words) ?? ""
      let short = optimiser == .descent ? words.say(es: "gradiente", en: "gradient") : "Adam"
      canvas.text(
        compact ? short : name, at: Point(plot.minX, part.minY), head, vertical: .top)
      let xScale = Scale(.logarithmic, domain: 1...64, from: plot.minX, to: plot.maxX)
      let yScale = Scale(.logarithmic, domain: domain, from: plot.maxY, to: plot.minY)
      var axis = Axis(scale: yScale, ticks: ticks)
      if index > 0 { axis.ticks = ticks.map { ($0.value, "") } }
      axis.drawLeft(of: plot, on: &canvas)
      Axis(scale: xScale, ticks: rankTicks, title: below.title).drawBelow(plot, on: &canvas)
      guard let lines = result.movements[optimiser] else { continue }
      func points(_ values: [Double]) -> [Point] {
        zip(RankScalingResult.ranks, values).map { Point(Double($0), max($1, domain.lowerBound)) }
      }
      LineChart(
        series: [
          .init(name: names[0], role: .update, points: points(lines.plain)),
          .init(name: names[1], role: .original, points: points(lines.stabilized)),
        ], xScale: xScale, yScale: yScale
      ).draw(on: &canvas)
    }
  }

  /// A range of values with some room, from a round number down and up.
  private static func range(around values: [Double]) -> ClosedRange<Double> {
    let (lower, upper) = (min(values.min() ?? 1, 0.5), max(values.max() ?? 1, 2))
    return (lower / 1.3)...(upper * 1.3)
  }

  private static func ticks(
    _ domain: ClosedRange<Double>, _ words: Words
  ) -> [(value: Double, label: String)] {
    [(0.001, 3), (0.01, 2), (0.1, 1), (1, 0), (10, 0), (100, 0)].filter {
      domain.contains($0.0)
    }.map { ($0.0, words.number($0.0, $0.1)) }
  }
}
