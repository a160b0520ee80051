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
  /// How many panels there is room for: pictures that follow each other keep their places.
  var places: Int?
  /// How many decimals are written; by default as many as fit.
  var decimals: Int?

  private var placeCount: Int { max(places ?? 0, panels.count) }

  private func titleStyle(_ canvas: Canvas) -> TextStyle {
    canvas.style(canvas.isCompact ? .small : .base, bold: true)
  }

  private func gap(_ canvas: Canvas) -> Double {
    let sign = canvas.style(.base, bold: true)
    // The same for any sign, so that rows of panels stand below each other.
    return ((operators + ["=", "+"]).map { canvas.width($0, sign) }.max() ?? 0) + canvas.em(0.8)
  }

  /// Where the matrices stand in a frame, centred below their titles; places without a panel too.
  func layout(in frame: Rectangle, on canvas: Canvas) -> [Rectangle] {
    let style = titleStyle(canvas)
    let gap = gap(canvas)
    let count = Double(placeCount)
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
    return (0..<placeCount).map {
      Rectangle(x: left + Double($0) * pitch, y: top, width: side, height: height)
    }
  }

  /// Draws the panels in a frame, and returns the rectangle of all places.
  @discardableResult
  func draw(in frame: Rectangle, on canvas: inout Canvas) -> Rectangle {
    let places = layout(in: frame, on: canvas)
    guard let first = places.first, let last = places.last else { return frame }
    let rows = Double(panels.first?.matrix.rows ?? 1)
    let columns = Double(panels.first?.matrix.columns ?? 1)
    let isLarge = rows * columns > Double(MatrixChart.largestCellCount)
    let space =
      isLarge
      ? 0 : min(canvas.preset.cellGap, first.width / columns * 0.12, first.height / rows * 0.12)
    let cellWidth = (first.width - space * (columns - 1)) / columns
    let cellHeight = (first.height - space * (rows - 1)) / rows
    // As many decimals as fit, the same in all panels.
    var charts: [MatrixChart] = []
    var labels: TextStyle?
    for dropped in 0...(decimals == nil ? 1 : 0) where labels == nil {
      charts = panels.map { panel in
        let decimals = decimals ?? (panel.limit >= 100 ? 0 : panel.limit >= 10 ? 1 : 2)
        var chart = MatrixChart(
          panel.matrix, limit: panel.limit, decimals: max(decimals - dropped, 0),
          context: canvas.context)
        chart.aspect = cellHeight / cellWidth
        return chart
      }
      labels = MatrixChart.labelStyle(for: charts, cellWidth: cellWidth, on: canvas)
    }
    for (index, (panel, chart)) in zip(panels, charts).enumerated() {
      let place = places[index]
      canvas.text(
        panel.title, at: Point(place.minX, place.minY - canvas.em(0.4)), titleStyle(canvas),
        color: canvas.theme.color(panel.role), vertical: .bottom)
      chart.draw(
        at: Point(place.minX, place.minY), cellWidth: cellWidth, gap: space, labels: labels,
        on: &canvas)
      guard index < operators.count, index + 1 < places.count else { continue }
      canvas.text(
        operators[index], at: Point(places[index + 1].minX - gap(canvas) / 2, place.midY),
        canvas.style(.base, bold: true), color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .middle)
    }
    return Rectangle(
      x: first.minX, y: first.minY, width: last.maxX - first.minX, height: first.height)
  }
}
