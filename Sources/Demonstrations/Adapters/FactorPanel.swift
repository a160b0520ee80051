internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Two factors in the shape of an L: B on the left, A above, and in the corner what they make.
///
/// The rows of the corner are those of B, and its columns those of A.
struct FactorPanel {
  var loraA: MatrixChart
  var loraB: MatrixChart
  var corner: MatrixChart?

  /// How cells are spaced.
  struct Spacing {
    var cell: Double
    var gap: Double
    /// The empty room between the factors and the corner.
    var apart: Double

    var pitch: Double { cell + gap }
    func length(_ count: Int) -> Double { Double(count) * pitch - gap }
  }

  /// The place of the corner, below A and right of B, where the panel's top left corner is at an origin.
  func cornerFrame(at origin: Point, _ spacing: Spacing) -> Rectangle {
    Rectangle(
      x: origin.x + spacing.length(loraB.columns) + spacing.apart,
      y: origin.y + spacing.length(loraA.rows) + spacing.apart,
      width: spacing.length(loraA.columns), height: spacing.length(loraB.rows))
  }

  func size(_ spacing: Spacing) -> Size {
    let corner = cornerFrame(at: Point(0, 0), spacing)
    return Size(width: corner.maxX, height: corner.maxY)
  }

  /// The largest cell with which the panel fits into a size.
  func cell(fitting size: Size, gap: Double, apart: Double) -> Double {
    let across = Double(loraB.columns + loraA.columns)
    let down = Double(loraA.rows + loraB.rows)
    return min(
      (size.width - apart - gap * (across - 2)) / across,
      (size.height - apart - gap * (down - 2)) / down)
  }

  /// Draws the matrices, and returns the place of the corner.
  @discardableResult
  func draw(
    at origin: Point, _ spacing: Spacing, labels: TextStyle?, on canvas: inout Canvas
  ) -> Rectangle {
    let frame = cornerFrame(at: origin, spacing)
    let places: [(MatrixChart?, Point)] = [
      (loraB, Point(origin.x, frame.minY)), (loraA, Point(frame.minX, origin.y)),
      (corner, Point(frame.minX, frame.minY)),
    ]
    for case (let chart?, let place) in places {
      let frame = chart.draw(
        at: place, cellWidth: spacing.cell, gap: spacing.gap, labels: labels, on: &canvas)
      canvas.edge(frame)
    }
    return frame
  }
}

extension Canvas {
  /// Draws a thin line around a matrix: in some themes its palest cells are as the page.
  mutating func edge(_ frame: Rectangle) {
    let width = preset.axisWidth
    outline(frame.inset(-width), Stroke(theme.rule, width: width))
  }

  /// Draws a closed padlock, the sign of a frozen weight, with its middle at a point.
  mutating func lock(at center: Point, height: Double, color: Color) {
    let width = 0.72 * height
    let body = Rectangle(
      x: center.x - width / 2, y: center.y - 0.08 * height, width: width, height: 0.58 * height)
    fill(body, color, cornerRadius: 0.08 * height)
    let (left, right) = (center.x - 0.24 * height, center.x + 0.24 * height)
    let (top, foot) = (center.y - 0.5 * height + 0.06 * height, body.minY)
    let bend = 0.3 * height
    add(
      .path(
        Path([
          .move(Point(left, foot)), .line(Point(left, top + 0.2 * height)),
          .curve(
            Point(right, top + 0.2 * height), control1: Point(left, top + 0.2 * height - bend),
            control2: Point(right, top + 0.2 * height - bend)),
          .line(Point(right, foot)),
        ]), fill: nil, stroke: Stroke(color, width: 0.12 * height)))
  }

  /// Draws a name with its padlock, and returns the rectangle of the name.
  @discardableResult
  mutating func frozenName(
    _ name: String, at point: Point, _ style: TextStyle, anchor: HorizontalAnchor = .start,
    vertical: VerticalAnchor = .top
  ) -> Rectangle {
    let room = 1.0 * style.size
    let width = width(name, style) + room
    let left =
      switch anchor {
      case .start: point.x
      case .middle: point.x - width / 2
      case .end: point.x - width
      }
    let ink = text(
      name, at: Point(left, point.y), style, color: theme.color(.frozen), vertical: vertical)
    lock(
      at: Point(ink.maxX + 0.6 * style.size, ink.minY + 0.4 * style.size), height: 0.8 * style.size,
      color: theme.color(.frozen))
    return ink
  }
}

/// A matrix as rows of a table, with the colours of its scale.
func coloredRows(_ matrix: Matrix, limit: Double, decimals: Int) -> [[DataTable.Cell]] {
  (0..<matrix.rows).map { row in
    (0..<matrix.columns).map { column in
      let value = Double(matrix[row, column])
      return .init(
        .number(value, decimals: decimals), shade: .signed(limit > 0 ? value / limit : 0))
    }
  }
}
