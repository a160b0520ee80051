public import Drawing
internal import LinearAlgebra

/// Lines of repeated measurements: every repetition thin, their median thick, and a band from the least to
/// the greatest.
public struct BandChart {
  /// One line and its repetitions, measured at the same places.
  public struct Series {
    public var name: String
    public var role: Role
    /// The places, in increasing order.
    public var x: [Double]
    /// The values of every repetition, each as long as the places.
    public var runs: [[Double]]
    /// Dashes in line widths, where they are not those of the role.
    public var dashes: [Double]?

    public init(
      name: String, role: Role, x: [Double], runs: [[Double]], dashes: [Double]? = nil
    ) {
      self.name = name
      self.role = role
      self.x = x
      self.runs = runs.filter { $0.count == x.count }
      self.dashes = dashes
    }

    /// The median of the repetitions at every place.
    public var medians: [Double] {
      x.indices.map { index in Statistics.median(runs.map { $0[index] }) }
    }
  }

  public var series: [Series]
  public var xScale: Scale
  public var yScale: Scale

  public init(series: [Series], xScale: Scale, yScale: Scale) {
    self.series = series
    self.xScale = xScale
    self.yScale = yScale
  }

  private func place(_ x: Double, _ y: Double) -> Point {
    let domain = yScale.domain
    return Point(xScale(x), yScale(min(max(y, domain.lowerBound), domain.upperBound)))
  }

  /// Draws bands, then thin lines, then medians with their names pushed apart at the right end.
  public func draw(on canvas: inout Canvas) {
    let theme = canvas.theme
    for line in series where line.runs.count > 1 && line.x.count > 1 {
      let lows = line.x.indices.map { index in line.runs.map { $0[index] }.min() ?? 0 }
      let highs = line.x.indices.map { index in line.runs.map { $0[index] }.max() ?? 0 }
      let upper = zip(line.x, highs).map { place($0, $1) }
      let lower = zip(line.x, lows).map { place($0, $1) }.reversed()
      canvas.add(
        .path(
          .polygon(upper + lower), fill: theme.background.mixed(with: theme.color(line.role), 0.12),
          stroke: nil))
    }
    for line in series where line.runs.count > 1 {
      let color = theme.background.mixed(with: theme.color(line.role), 0.45)
      for run in line.runs {
        canvas.add(
          .path(
            .polyline(zip(line.x, run).map { place($0, $1) }), fill: nil,
            stroke: Stroke(color, width: max(canvas.preset.lineWidth * 0.3, 0.5))))
      }
    }
    for line in series {
      var stroke = canvas.dataStroke(line.role)
      if let dashes = line.dashes { stroke.dashes = dashes.map { $0 * stroke.width } }
      canvas.add(
        .path(
          .polyline(zip(line.x, line.medians).map { place($0, $1) }), fill: nil, stroke: stroke))
    }
    LineNames.draw(
      series.compactMap { line in
        guard let x = line.x.last, let y = line.medians.last else { return nil }
        return (line.name, line.role, place(x, y))
      }, beside: yScale, on: &canvas)
  }
}
