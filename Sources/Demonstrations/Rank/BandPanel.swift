internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Lines through medians, each in a band from the least to the most of its seeds, with both axes and a heading.
struct BandPanel {
  struct Series {
    var name: String
    var role: Role
    /// The values of all seeds at each place.
    var points: [(x: Double, values: [Double])]
    /// Strokes and gaps in line widths, which tell lines apart in grey.
    var dashes: [Double] = []
  }

  /// A level line with a band of its own, as what the lines are compared with.
  struct Level {
    var name: String
    var role: Role
    var values: [Double]
  }

  var heading: String
  var series: [Series]
  var level: Level?
  var across: PlotFrame.Side
  var up: PlotFrame.Side
  /// Whether the lines are named at their right ends.
  var isNamed = true

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let axes = PlotFrame(
      heading: heading, across: across, up: up,
      names: isNamed ? series.map(\.name) + (level.map { [$0.name] } ?? []) : [], in: frame,
      on: &canvas)
    let plot = axes.plot
    let background = canvas.theme.background
    if let level {
      let (low, high) = (level.values.min() ?? 0, level.values.max() ?? 0)
      let corners = [(plot.minX, high), (plot.maxX, high), (plot.maxX, low), (plot.minX, low)]
      canvas.add(
        .path(
          .polygon(corners.map { Point($0, axes.place(across.domain.lowerBound, $1).y) }),
          fill: canvas.theme.color(level.role).mixed(with: background, 0.86), stroke: nil))
    }
    for line in series where line.points.contains(where: { $0.values.count > 1 }) {
      let upper = line.points.map { axes.exactPlace($0.x, $0.values.max() ?? 0) }
      let lower = line.points.map { axes.exactPlace($0.x, $0.values.min() ?? 0) }
      canvas.add(
        .path(
          .polygon(axes.belowTop(upper + lower.reversed(), isClosed: true)),
          fill: canvas.theme.color(line.role).mixed(with: background, 0.82), stroke: nil))
    }
    let width = canvas.preset.lineWidth
    if let level {
      let y = axes.place(across.domain.lowerBound, Statistics.median(level.values)).y
      canvas.line(
        Point(plot.minX, y), Point(plot.maxX, y),
        Stroke(canvas.theme.color(level.role), width: width, dashes: [5 * width, 3 * width]))
    }
    var ends: [(name: String, role: Role, end: Point)] = []
    for line in series {
      let points = line.points.map { axes.exactPlace($0.x, Statistics.median($0.values)) }
      canvas.add(
        .path(
          .polyline(axes.belowTop(points)), fill: nil,
          stroke: Stroke(
            canvas.theme.color(line.role), width: width, dashes: line.dashes.map { $0 * width })))
      for point in points where point.y >= plot.minY {
        canvas.dot(
          point, radius: width * 1.5, fill: canvas.theme.color(line.role),
          stroke: Stroke(background, width: width * 0.5))
      }
      if let last = points.last { ends.append((line.name, line.role, last)) }
    }
    if let level {
      let y = axes.place(across.domain.lowerBound, Statistics.median(level.values)).y
      ends.append((level.name, level.role, Point(plot.maxX, y)))
    }
    guard isNamed else { return }
    // Names stand in one column; a thin line leads there from one that ends before.
    for end in ends where end.end.x < plot.maxX - canvas.em(1) && end.end.y >= plot.minY {
      canvas.line(
        Point(end.end.x + width * 2, end.end.y), Point(plot.maxX, end.end.y),
        Stroke(
          canvas.theme.color(end.role).mixed(with: background, 0.45),
          width: canvas.preset.axisWidth, dashes: [1, 3].map { $0 * canvas.preset.axisWidth }))
    }
    let column = ends.map { ($0.name, $0.role, Point(max($0.end.x, plot.maxX), $0.end.y)) }
    LineNames.draw(column, beside: axes.yScale, on: &canvas)
  }
}

extension PlotFrame.Side {
  /// An axis of ranks, each as far from the next as from the one before.
  static func ranks(_ ranks: [Int], title: String) -> PlotFrame.Side {
    let (first, last) = (Double(ranks.first ?? 1), Double(ranks.last ?? 2))
    return PlotFrame.Side(
      kind: .logarithmic, domain: first...max(last, 2 * first),
      ticks: ranks.map { (Double($0), String($0)) }, title: title)
  }

  /// A linear axis that holds some values, with a little room around them.
  static func around(
    _ values: [Double], on canvas: Canvas, height: Double, title: String = ""
  ) -> PlotFrame.Side {
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    let room = max((high - low) * 0.08, high.magnitude * 0.01, 1e-6)
    let domain = (low - room)...(high + room)
    return PlotFrame.Side(
      domain: domain,
      ticks: Axis.roundTicks(
        domain, length: height, spacing: 4 * canvas.style(.small).size, words: canvas.words),
      title: title)
  }

  /// A logarithmic axis that holds some positive values, with ticks at powers of ten, and at 2 and 5 times
  /// these where they are few.
  static func logarithmic(
    _ values: [Double], title: String, words: Words, ticks: [Double]? = nil
  ) -> PlotFrame.Side {
    let positive = values.filter { $0 > 0 && $0.isFinite }
    let (low, high) = (positive.min() ?? 1, positive.max() ?? 10)
    let domain = (low / 1.12)...(max(high, low * 2) * 1.12)
    let round = (-9...9).flatMap { power in
      (high > 100 * low ? [1.0] : [1, 2, 5]).map {
        $0 * (power < 0 ? 1 / tens(-power) : tens(power))
      }
    }
    return PlotFrame.Side(
      kind: .logarithmic, domain: domain,
      ticks: (ticks ?? round).filter { domain.contains($0) }.map {
        ($0, words.numbers.significant($0, digits: 1))
      }, title: title)
  }

  private static func tens(_ power: Int) -> Double {
    (0..<power).reduce(1.0) { value, _ in value * 10 }
  }
}
