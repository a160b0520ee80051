/// All marks in painting order, with groups opened.
package func flattened(_ marks: [Mark]) -> [Mark] {
  marks.flatMap { mark -> [Mark] in
    if case .group(_, let inner) = mark { flattened(inner) } else { [mark] }
  }
}

extension Mark {
  /// The rectangle around the points of the mark; not a number where one of them is none.
  package var bounds: Rectangle {
    switch self {
    case .rectangle(let frame, _, _, _): frame
    case .circle(let center, let radius, _, _):
      Rectangle(
        x: center.x - radius, y: center.y - radius, width: 2 * radius, height: 2 * radius)
    case .path(let path, _, _): Rectangle(around: path.points)
    case .text(let text): text.inkBounds
    case .cells(let grid): grid.frame
    case .gradient(let bar): bar.frame
    case .group(_, let inner):
      Rectangle(
        around: inner.map(\.bounds).flatMap { [Point($0.minX, $0.minY), Point($0.maxX, $0.maxY)] })
    }
  }

  /// What the mark is, for reports.
  package var kind: String {
    switch self {
    case .rectangle: "rectangle"
    case .circle: "circle"
    case .path: "path"
    case .text(let text): "text “\(text.string)”"
    case .cells: "grid of cells"
    case .gradient: "gradient"
    case .group(let id, _): "group \(id)"
    }
  }

  /// The colour that the mark paints at a point; nil where it leaves what was there.
  package func color(at point: Point) -> Color? {
    switch self {
    case .rectangle(let frame, _, let fill, _): frame.contains(point) ? fill : nil
    case .circle(let center, let radius, let fill, _):
      (point.x - center.x) * (point.x - center.x) + (point.y - center.y) * (point.y - center.y)
        <= radius * radius ? fill : nil
    case .path(let path, let fill, _): path.contains(point) ? fill : nil
    case .cells(let grid): grid.frame.contains(point) ? grid.colors.first : nil
    case .gradient, .text, .group: nil
    }
  }
}

extension Rectangle {
  init(around points: [Point]) {
    // The sum keeps what is not a number where minimum and maximum may lose it.
    let origin = points.reduce(0.0) { $0 + $1.x + $1.y } * 0
    let (left, right) = (points.map(\.x).min() ?? .nan, points.map(\.x).max() ?? .nan)
    let (top, bottom) = (points.map(\.y).min() ?? .nan, points.map(\.y).max() ?? .nan)
    self.init(x: left + origin, y: top, width: right - left, height: bottom - top)
  }

  func contains(_ point: Point) -> Bool {
    contains(Rectangle(x: point.x, y: point.y, width: 0, height: 0))
  }

  /// The edges to a tenth of a point, for reports.
  package var shown: String {
    func short(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
    return "x \(short(minX))…\(short(maxX)) y \(short(minY))…\(short(maxY))"
  }
}

extension Path {
  package var points: [Point] {
    elements.flatMap { element -> [Point] in
      switch element {
      case .move(let point), .line(let point): [point]
      case .curve(let point, let first, let second): [first, second, point]
      case .close: []
      }
    }
  }

  /// Whether a point is inside the polygon of the path, by counting the sides to its right.
  func contains(_ point: Point) -> Bool {
    let points = points
    return !zip(points, points.dropFirst() + points.prefix(1)).count { start, end in
      guard (start.y > point.y) != (end.y > point.y) else { return false }
      let x = start.x + (point.y - start.y) / (end.y - start.y) * (end.x - start.x)
      return x > point.x
    }.isMultiple(of: 2)
  }
}
