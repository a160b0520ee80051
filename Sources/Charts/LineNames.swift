public import Drawing

/// The names of lines at their right ends, in the colours of the lines.
public enum LineNames {
  /// Draws the names, pushed apart, and between the ends of the axis: none meets what stands above or below.
  public static func draw(
    _ ends: [(name: String, role: Role, end: Point)], beside scale: Scale, on canvas: inout Canvas
  ) {
    let style = canvas.style(.small, bold: true)
    let height = canvas.lineHeight(style)
    let ends = ends.filter { !$0.name.isEmpty }.sorted { $0.end.y < $1.end.y }
    let top = min(scale.start, scale.end) + height / 2
    let bottom = max(scale.start, scale.end) - height / 2
    var places = LineChart.apart(ends.map(\.end.y), by: height)
    // Only those that are in the way of one at an end give way to it.
    var limit = bottom
    for index in places.indices.reversed() {
      places[index] = min(places[index], limit)
      limit = places[index] - height
    }
    limit = top
    for index in places.indices {
      places[index] = max(places[index], limit)
      limit = places[index] + height
    }
    for (line, y) in zip(ends, places) {
      canvas.text(
        line.name, at: Point(line.end.x + canvas.em(0.6), y), style,
        color: canvas.theme.color(line.role), vertical: .middle)
    }
  }
}
