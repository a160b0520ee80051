internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Matrices of one shape side by side, with signs between them such as = and +.
struct MatrixPanels {
  struct Panel {
    var title: String
    var matrix: Matrix
    /// The end of its colour scale.
    var limit: Double
    var role: Role
  }

  var panels: [Panel]
  /// What stands between a panel and the next.
  var operators: [String]
  /// How many decimals are written; by default as many as the scale of each panel asks for.
  var decimals: Int?

  /// Draws the panels in a frame, centred, and returns the rectangle of the matrices.
  @discardableResult
  func draw(in frame: Rectangle, on canvas: inout Canvas) -> Rectangle {
    let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let sign = canvas.style(.base, bold: true)
    let gap = (operators.map { canvas.width($0, sign) }.max() ?? 0) + canvas.em(0.8)
    let count = Double(panels.count)
    let head = canvas.lineHeight(style) + canvas.em(0.2)
    let shape = panels.first.map { Double($0.matrix.columns) / Double(max($0.matrix.rows, 1)) } ?? 1
    let aspect = min(max(shape, 0.4), 2.5)
    let titles = panels.map { canvas.width($0.title, style) }.max() ?? 0
    let room = (frame.width - gap * (count - 1)) / count
    let side = min(room, (frame.height - head) * aspect)
    // A narrow matrix keeps room for its title.
    let pitch = min(max(side, titles), room) + gap
    let height = side / aspect
    let left = frame.minX + (frame.width - pitch * count + gap) / 2
    let top = frame.minY + head + max(0, (frame.height - head - height) / 2)
    let rows = Double(panels.first?.matrix.rows ?? 1)
    let columns = Double(panels.first?.matrix.columns ?? 1)
    let isLarge = rows * columns > Double(MatrixChart.largestCellCount)
    let space =
      isLarge ? 0 : min(canvas.preset.cellGap, side / columns * 0.12, height / rows * 0.12)
    let cellWidth = (side - space * (columns - 1)) / columns
    let cellHeight = (height - space * (rows - 1)) / rows
    let charts = panels.map { panel -> MatrixChart in
      let decimals = decimals ?? (panel.limit >= 10 ? 0 : panel.limit >= 1 ? 1 : 2)
      var chart = MatrixChart(
        panel.matrix, limit: panel.limit, decimals: decimals, context: canvas.context)
      chart.aspect = cellHeight / cellWidth
      return chart
    }
    let labels = MatrixChart.labelStyle(for: charts, cellWidth: cellWidth, on: canvas)
    for (index, (panel, chart)) in zip(panels, charts).enumerated() {
      let x = left + Double(index) * pitch
      canvas.text(
        panel.title, at: Point(x, top - canvas.em(0.4)), style,
        color: canvas.theme.color(panel.role), vertical: .bottom)
      chart.draw(
        at: Point(x, top), cellWidth: cellWidth, gap: space, labels: labels, on: &canvas)
      if index < operators.count {
        canvas.text(
          operators[index], at: Point(x + pitch - gap / 2, top + height / 2), sign,
          color: canvas.theme.secondaryInk, anchor: .middle, vertical: .middle)
      }
    }
    return Rectangle(x: left, y: top, width: pitch * count - gap, height: height)
  }
}
