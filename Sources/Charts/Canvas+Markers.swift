public import Drawing

/// The shape of a point in the plane, by which classes are told apart without colours.
public enum MarkerShape: CaseIterable, Sendable {
  case circle, triangle, square, diamond

  /// The shape of a class, counted from 0; they begin again after the last one.
  public static func ofClass(_ index: Int) -> MarkerShape {
    allCases[index % allCases.count]
  }
}

extension Canvas {
  /// Draws a marker whose area is about that of a circle of the radius.
  public mutating func marker(
    _ shape: MarkerShape, at center: Point, radius: Double, fill: Color? = nil,
    stroke: Stroke? = nil
  ) {
    func corners(_ offsets: [(Double, Double)]) -> [Point] {
      offsets.map { Point(center.x + $0.0 * radius, center.y + $0.1 * radius) }
    }
    let points =
      switch shape {
      case .circle: [Point]()
      case .triangle: corners([(0, -1.25), (1.15, 0.8), (-1.15, 0.8)])
      case .square: corners([(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)])
      case .diamond: corners([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
      }
    guard shape != .circle else {
      dot(center, radius: radius, fill: fill, stroke: stroke)
      return
    }
    add(.path(.polygon(points), fill: fill, stroke: stroke))
  }

  /// Draws a diagonal cross.
  public mutating func cross(at center: Point, radius: Double, _ stroke: Stroke) {
    for sign in [-1.0, 1] {
      line(
        Point(center.x - radius, center.y - sign * radius),
        Point(center.x + radius, center.y + sign * radius), stroke)
    }
  }
}
