public import Drawing

/// Points of several kinds, told apart by colour and by shape, and the front of those that nothing beats.
public struct ScatterChart {
  /// The form of a mark.
  public enum Shape: Sendable, CaseIterable {
    case circle, square, triangle, diamond, downTriangle
  }

  /// Points of one kind.
  public struct Series {
    public var name: String
    public var role: Role
    public var shape: Shape
    public var points: [Point]
    /// Whether marks are outlines.
    public var isHollow: Bool

    public init(
      name: String, role: Role, shape: Shape, points: [Point], isHollow: Bool = false
    ) {
      self.name = name
      self.role = role
      self.shape = shape
      self.points = points
      self.isHollow = isHollow
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

  /// The points that no other beats in one coordinate without losing in the other, larger being better,
  /// from left to right; of equal points one.
  public static func front(of points: [Point]) -> [Point] {
    var front: [Point] = []
    for point in points.sorted(by: { $0.x != $1.x ? $0.x > $1.x : $0.y > $1.y })
    where point.y > front.last?.y ?? -.infinity {
      front.append(point)
    }
    return front.reversed()
  }

  /// The width of a mark.
  public static func markSize(on canvas: Canvas) -> Double { canvas.preset.lineWidth * 3.4 }

  /// Draws the line of the front below the marks: no point lies above and right of it.
  public func drawFront(_ front: [Point], _ stroke: Stroke, on canvas: inout Canvas) {
    var corners: [Point] = []
    for point in front {
      let place = Point(xScale(point.x), yScale(point.y))
      if let last = corners.last { corners.append(Point(last.x, place.y)) }
      corners.append(place)
    }
    guard let first = corners.first, let last = corners.last else { return }
    let start = Point(xScale(xScale.domain.lowerBound), first.y)
    let end = Point(last.x, yScale(yScale.domain.lowerBound))
    canvas.add(.path(.polyline([start] + corners + [end]), fill: nil, stroke: stroke))
  }

  public func draw(on canvas: inout Canvas) {
    for kind in series {
      for point in kind.points {
        Self.mark(
          at: Point(xScale(point.x), yScale(point.y)), kind.shape, canvas.theme.color(kind.role),
          isHollow: kind.isHollow, on: &canvas)
      }
    }
  }

  /// Draws one mark, as in a key.
  public static func mark(
    at center: Point, _ shape: Shape, _ color: Color, isHollow: Bool, on canvas: inout Canvas
  ) {
    let radius = markSize(on: canvas) / 2
    let line = canvas.preset.lineWidth
    let ring = Stroke(
      isHollow ? color : canvas.theme.background, width: max(line * (isHollow ? 0.6 : 0.4), 0.5))
    let fill = isHollow ? canvas.theme.background : color
    if shape == .circle {
      canvas.dot(center, radius: radius, fill: fill, stroke: ring)
      return
    }
    canvas.add(
      .path(
        .polygon(
          corners(of: shape).map {
            Point(center.x + $0.x * radius, center.y + $0.y * radius)
          }), fill: fill, stroke: ring))
  }

  /// The corners around the middle, in radii: all shapes look about as large as the circle.
  private static func corners(of shape: Shape) -> [Point] {
    switch shape {
    case .circle: []
    case .square: [Point(-0.9, -0.9), Point(0.9, -0.9), Point(0.9, 0.9), Point(-0.9, 0.9)]
    case .triangle: [Point(0, -1.25), Point(1.15, 0.8), Point(-1.15, 0.8)]
    case .downTriangle: [Point(0, 1.25), Point(1.15, -0.8), Point(-1.15, -0.8)]
    case .diamond: [Point(0, -1.3), Point(1.3, 0), Point(0, 1.3), Point(-1.3, 0)]
    }
  }

  /// The width of a key of all names.
  public func keyWidth(on canvas: Canvas) -> Double {
    let style = canvas.style(.small)
    return Self.markSize(on: canvas) + canvas.em(0.5)
      + (series.map { canvas.width($0.name, style) }.max() ?? 0)
  }

  /// Draws a key of all names, one below the other.
  public func drawKey(at corner: Point, on canvas: inout Canvas) {
    let style = canvas.style(.small)
    let size = Self.markSize(on: canvas)
    for (index, kind) in series.enumerated() {
      let y = corner.y + (Double(index) + 0.5) * canvas.lineHeight(style) * 1.1
      Self.mark(
        at: Point(corner.x + size / 2, y), kind.shape, canvas.theme.color(kind.role),
        isHollow: kind.isHollow, on: &canvas)
      canvas.text(
        kind.name, at: Point(corner.x + size + canvas.em(0.5), y), style,
        color: canvas.theme.color(kind.role), vertical: .middle)
    }
  }

  /// The height of the key.
  public func keyHeight(on canvas: Canvas) -> Double {
    Double(series.count) * canvas.lineHeight(canvas.style(.small)) * 1.1
  }
}
