internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Heat maps of one shape in rows and columns, all with cells of one size.
struct MatrixGrid {
  struct Panel {
    var title: String
    /// Written below; empty for none.
    var note = ""
    var matrix: Matrix
    var role: Role
    /// The end of its colour scale, where it has one of its own.
    var limit: Double? = nil
  }

  var columns: Int
  /// The panels row by row; nil leaves a place empty.
  var panels: [Panel?]
  /// What stands right of a panel, by its index.
  var signs: [Int: String] = [:]
  /// The end of the one colour scale.
  var limit: Double
  /// The decimals of the values in the cells, where these are written.
  var decimals: Int? = nil

  /// Draws the grid in the middle of a frame, and returns the rectangles of the maps.
  @discardableResult
  func draw(in frame: Rectangle, on canvas: inout Canvas) -> [Rectangle?] {
    guard let first = panels.compactMap({ $0 }).first else { return [] }
    let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let rows = Double((panels.count + columns - 1) / columns)
    let head = canvas.lineHeight(style) + canvas.em(0.1)
    let noted = panels.contains { $0?.note.isEmpty == false }
    let foot = noted ? canvas.lineHeight(small) + canvas.em(0.3) : 0
    let gap = Size(width: canvas.em(canvas.isCompact ? 1.1 : 2), height: canvas.em(0.7))
    let room = Size(
      width: (frame.width - gap.width * Double(columns - 1)) / Double(columns),
      height: (frame.height - gap.height * (rows - 1)) / rows - head - foot)
    let shape = Double(first.matrix.columns) / Double(first.matrix.rows)
    let aspect = min(max(shape, 0.5), 2)
    let side = Size(
      width: min(room.width, room.height * aspect), height: min(room.height, room.width / aspect))
    // Narrow maps keep room for what is written above and below them.
    let text =
      panels.compactMap { $0 }.map {
        max(canvas.width($0.title, style), canvas.width($0.note, small))
      }.max() ?? 0
    let place = min(max(side.width, text), room.width)
    let used = Size(
      width: place * Double(columns) + gap.width * Double(columns - 1),
      height: (side.height + head + foot) * rows + gap.height * (rows - 1))
    let left = frame.minX + max(0, (frame.width - used.width) / 2)
    let top = frame.minY + max(0, (frame.height - used.height) / 2)
    let space = Canvas.cellSpace(of: first.matrix, in: side, canvas.preset)
    let charts = panels.map { panel in
      panel.map { self.chart(of: $0, side: side, space: space, canvas) }
    }
    let cellWidth =
      (side.width - space * Double(first.matrix.columns - 1)) / Double(first.matrix.columns)
    let labels =
      decimals == nil
      ? nil
      : MatrixChart.labelStyle(for: charts.compactMap { $0 }, cellWidth: cellWidth, on: canvas)
    return panels.indices.map { index in
      guard let panel = panels[index], let chart = charts[index] else { return nil }
      let (row, column) = (index / columns, index % columns)
      let origin = Point(
        left + Double(column) * (place + gap.width) + (place - side.width) / 2,
        top + Double(row) * (side.height + head + foot + gap.height) + head)
      let map = Rectangle(
        x: origin.x, y: origin.y, width: side.width, height: side.height)
      chart.draw(at: origin, cellWidth: cellWidth, gap: space, labels: labels, on: &canvas)
      canvas.text(
        panel.title, at: Point(map.midX, map.minY - canvas.em(0.35)), style,
        color: canvas.theme.color(panel.role), anchor: .middle, vertical: .bottom)
      canvas.text(
        panel.note, at: Point(map.midX, map.maxY + canvas.em(0.45)), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
      if let sign = signs[index] {
        canvas.text(
          sign, at: Point(map.midX + (place + gap.width) / 2, map.midY),
          canvas.style(.base, bold: true), color: canvas.theme.secondaryInk, anchor: .middle,
          vertical: .middle)
      }
      return map
    }
  }

  private func chart(
    of panel: Panel, side: Size, space: Double, _ canvas: Canvas
  ) -> MatrixChart {
    var chart = MatrixChart(
      panel.matrix, limit: panel.limit ?? limit, decimals: decimals ?? 0, context: canvas.context)
    // Nothing at all is not the same as little.
    for index in chart.labels.indices where panel.matrix.values[index] == 0 {
      chart.labels[index] = "0"
    }
    let (rows, columns) = (Double(panel.matrix.rows), Double(panel.matrix.columns))
    chart.aspect =
      (side.height - space * (rows - 1)) / rows / ((side.width - space * (columns - 1)) / columns)
    return chart
  }
}

extension Canvas {
  /// The gap between the cells of a matrix that fills a size; none between very small ones.
  static func cellSpace(of matrix: Matrix, in size: Size, _ preset: Preset) -> Double {
    matrix.count > MatrixChart.largestCellCount
      ? 0
      : min(
        preset.cellGap, 0.12 * size.width / Double(matrix.columns),
        0.12 * size.height / Double(matrix.rows))
  }

  /// Draws a matrix without its values, filling a rectangle, on the scale from -limit to +limit.
  mutating func heatMap(_ matrix: Matrix, in map: Rectangle, limit: Double) {
    let (rows, columns) = (Double(matrix.rows), Double(matrix.columns))
    let space = Self.cellSpace(of: matrix, in: map.size, preset)
    let cell = Size(
      width: (map.width - space * (columns - 1)) / columns,
      height: (map.height - space * (rows - 1)) / rows)
    var chart = MatrixChart(matrix, limit: limit, decimals: 0, context: context)
    chart.aspect = cell.height / cell.width
    chart.draw(
      at: Point(map.x, map.y), cellWidth: cell.width, gap: space, labels: nil, on: &self)
  }
}
