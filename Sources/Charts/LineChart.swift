public import Drawing

/// Lines over a common axis, each named at its right end.
public struct LineChart {
  /// One line.
  public struct Series {
    public var name: String
    public var role: Role
    public var points: [Point]
    /// Whether the line stands behind another one: drawn thin, and its points without markers.
    public var isThin: Bool

    /// Creates a line through points whose coordinates are data.
    public init(name: String, role: Role, points: [Point], isThin: Bool = false) {
      self.name = name
      self.role = role
      self.points = points
      self.isThin = isThin
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

  /// The room that the names need right of the plot.
  public static func labelWidth(_ names: [String], on canvas: Canvas) -> Double {
    let style = canvas.style(.small, bold: true)
    return canvas.em(0.6) + (names.map { canvas.width($0, style) }.max() ?? 0)
  }

  /// The most points of a line that are marked one by one.
  public static let largestMarkedCount = 24

  /// Draws the lines, a marker at every point of short ones, and the names pushed apart at the right
  /// end.
  public func draw(on canvas: inout Canvas) {
    for line in series {
      let points = line.points.map { Point(xScale($0.x), yScale($0.y)) }
      let stroke = canvas.dataStroke(line.role, width: line.isThin ? 0.5 : 1)
      canvas.add(.path(.polyline(points), fill: nil, stroke: stroke))
      for point in points where points.count <= Self.largestMarkedCount && !line.isThin {
        canvas.dot(
          point, radius: canvas.preset.lineWidth * 1.5, fill: canvas.theme.color(line.role),
          stroke: Stroke(canvas.theme.background, width: canvas.preset.lineWidth * 0.5))
      }
    }
    LineNames.draw(
      series.compactMap { line in
        line.points.last.map { (line.name, line.role, Point(xScale($0.x), yScale($0.y))) }
      }, beside: yScale, on: &canvas)
  }

  /// Moves sorted positions as little as needed for them to be a distance apart.
  static func apart(_ positions: [Double], by distance: Double) -> [Double] {
    var groups: [(center: Double, count: Int)] = []
    for position in positions {
      groups.append((position, 1))
      while groups.count > 1 {
        let (upper, lower) = (groups[groups.count - 2], groups[groups.count - 1])
        let upperEnd = upper.center + Double(upper.count - 1) / 2 * distance
        let lowerStart = lower.center - Double(lower.count - 1) / 2 * distance
        guard lowerStart - upperEnd < distance else { break }
        let count = upper.count + lower.count
        let center =
          (upper.center * Double(upper.count) + lower.center * Double(lower.count)) / Double(count)
        groups.removeLast(2)
        groups.append((center, count))
      }
    }
    return groups.flatMap { group in
      (0..<group.count).map {
        group.center + (Double($0) - Double(group.count - 1) / 2) * distance
      }
    }
  }
}
