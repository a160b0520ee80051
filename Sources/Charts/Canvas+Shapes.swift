public import Drawing

#if canImport(Glibc)
  internal import Glibc
#endif

extension Canvas {
  /// A distance in units of the preset's base text size.
  public func em(_ count: Double) -> Double { count * preset.baseSize }

  /// Whether the preset has so little room that a picture must keep to its main parts.
  public var isCompact: Bool { preset.size.width < 300 }

  /// Whether labels of every level fit along the width of the preset.
  public var isRoomy: Bool { preset.size.width >= 30 * preset.baseSize && preset.size.width > 400 }

  public mutating func fill(_ frame: Rectangle, _ color: Color, cornerRadius: Double = 0) {
    add(.rectangle(frame, cornerRadius: cornerRadius, fill: color, stroke: nil))
  }

  /// Draws the outline of a rectangle, with the line inside its edges.
  public mutating func outline(_ frame: Rectangle, _ stroke: Stroke, cornerRadius: Double = 0) {
    add(
      .rectangle(
        frame.inset(stroke.width / 2), cornerRadius: cornerRadius, fill: nil, stroke: stroke))
  }

  public mutating func line(_ start: Point, _ end: Point, _ stroke: Stroke) {
    add(.path(.polyline([start, end]), fill: nil, stroke: stroke))
  }

  public mutating func dot(
    _ center: Point, radius: Double, fill: Color? = nil, stroke: Stroke? = nil
  ) {
    add(.circle(center: center, radius: radius, fill: fill, stroke: stroke))
  }

  /// Draws a straight arrow whose tip is at the end.
  public mutating func arrow(from start: Point, to end: Point, _ stroke: Stroke) {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return }
    let (ux, uy) = (dx / length, dy / length)
    let head = min(stroke.width * 4.5, length)
    let base = Point(end.x - ux * head, end.y - uy * head)
    line(start, Point(base.x + ux * head * 0.3, base.y + uy * head * 0.3), stroke)
    let half = head * 0.42
    add(
      .path(
        .polygon([
          end, Point(base.x - uy * half, base.y + ux * half),
          Point(base.x + uy * half, base.y - ux * half),
        ]), fill: stroke.color, stroke: nil))
  }

  /// Draws a square bracket along the top of a range, open towards the bottom.
  public mutating func bracket(fromX start: Double, toX end: Double, y: Double, _ stroke: Stroke) {
    let depth = em(0.3)
    add(
      .path(
        .polyline([
          Point(start, y + depth), Point(start, y), Point(end, y), Point(end, y + depth),
        ]), fill: nil, stroke: stroke))
  }

  /// The stroke of axes and outlines.
  public var axisStroke: Stroke { Stroke(theme.rule, width: preset.axisWidth) }
  /// The stroke of lines that may be overlooked.
  public var faintStroke: Stroke { Stroke(theme.faint, width: preset.axisWidth) }

  /// The stroke of data of a role, with the dashes that tell it apart in grey.
  public func dataStroke(_ role: Role, width factor: Double = 1) -> Stroke {
    let width = preset.lineWidth * factor
    return Stroke(theme.color(role), width: width, dashes: role.dashes.map { $0 * width })
  }

  /// Adds the marks of a closure as a named group.
  public mutating func group(_ id: String, _ draw: (inout Canvas) -> Void) {
    var inner = Canvas(context)
    draw(&inner)
    add(.group(id: id, inner.marks))
  }
}
