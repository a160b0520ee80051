internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Lines through the medians of several seeds, each with a band from the least to the most.
struct SeedPanel {
  /// One line.
  struct Series {
    var name: String
    var role: Role
    /// Where the points stand.
    var places: [Double]
    /// The values of all seeds at each place.
    var values: [[Double]]
    /// Lengths of strokes and gaps in line widths, to tell lines apart in grey.
    var dashes: [Double] = []

    var medians: [Point] {
      zip(places, values).map { Point($0, Statistics.median($1)) }
    }
    /// Whether there is more than one value anywhere.
    var hasBand: Bool { values.contains { $0.count > 1 } }
  }

  var heading: String
  var series: [Series]
  var across: PlotFrame.Side
  var up: PlotFrame.Side
  /// A horizontal line with its label, as what things are measured against.
  var reference: (value: Double, label: String)?
  /// Whether the lines are named at their right ends.
  var isNamed = true

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let axes = PlotFrame(
      heading: heading, across: across, up: up, names: isNamed ? series.map(\.name) : [],
      in: frame, on: &canvas)
    let plot = axes.plot
    let bands = series.filter(\.hasBand).map { line in
      (
        color: canvas.theme.color(line.role),
        upper: zip(line.places, line.values).map { axes.place($0, $1.max() ?? 0) },
        lower: zip(line.places, line.values).map { axes.place($0, $1.min() ?? 0) }
      )
    }
    for band in bands {
      canvas.add(
        .path(
          .polygon(band.upper + band.lower.reversed()),
          fill: band.color.mixed(with: canvas.theme.background, 0.85), stroke: nil))
    }
    // Their edges stay visible where bands lie on each other.
    for band in bands where bands.count > 1 {
      for edge in [band.upper, band.lower] {
        canvas.add(
          .path(
            .polyline(edge), fill: nil,
            stroke: Stroke(
              band.color.mixed(with: canvas.theme.background, 0.45),
              width: canvas.preset.axisWidth)))
      }
    }
    if let reference {
      let y = axes.place(across.domain.lowerBound, reference.value).y
      canvas.line(
        Point(plot.minX, y), Point(plot.maxX, y),
        Stroke(
          canvas.theme.rule, width: canvas.preset.axisWidth * 1.4,
          dashes: [canvas.em(0.3), canvas.em(0.25)]))
      canvas.text(
        reference.label, at: Point(plot.maxX, y - canvas.em(0.3)), canvas.style(.small),
        color: canvas.theme.secondaryInk, anchor: .end, vertical: .bottom)
    }
    let width = canvas.preset.lineWidth
    for line in series {
      let points = line.medians.map { axes.place($0.x, $0.y) }
      canvas.add(
        .path(
          .polyline(points), fill: nil,
          stroke: Stroke(
            canvas.theme.color(line.role), width: width, dashes: line.dashes.map { $0 * width })))
      for point in points where points.count <= 8 {
        canvas.dot(
          point, radius: width * 1.5, fill: canvas.theme.color(line.role),
          stroke: Stroke(canvas.theme.background, width: width * 0.5))
      }
    }
    guard isNamed else { return }
    // Only the ends, which carry the names.
    LineChart(
      series: series.compactMap { line in
        line.medians.last.map {
          .init(
            name: line.name, role: line.role,
            points: [
              Point($0.x, min(max($0.y, up.domain.lowerBound), up.domain.upperBound))
            ])
        }
      }, xScale: axes.xScale, yScale: axes.yScale
    ).draw(on: &canvas)
  }
}
