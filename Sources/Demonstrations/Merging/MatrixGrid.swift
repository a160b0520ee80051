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
    /// Whether the map is framed in the colour of its role.
    var isFramed = false
  }

  var columns: Int
  /// The panels row by row; nil leaves a place empty.
  var panels: [Panel?]
  /// What stands right of a panel, by its index.
  var signs: [Int: String] = [:]
  /// The end of the one colour scale.
  var limit: Double

  /// Draws the grid in the middle of a frame, and returns the rectangles of the maps.
  @discardableResult
  func draw(in frame: Rectangle, on canvas: inout Canvas) -> [Rectangle?] {
    guard let first = panels.compactMap({ $0 }).first else { return [] }
    let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let rows = Double((panels.count + columns - 1) / columns)
    let head = canvas.lineHeight(style) + canvas.em(0.1)
    let noted = panels.contains { $0?.note.isEmpty == false }
    let foot = noted ? canvas.lineHeight(small) + canvas.em(0.15) : 0
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
    return panels.enumerated().map { index, panel in
      guard let panel else { return nil }
      let (row, column) = (index / columns, index % columns)
      let origin = Point(
        left + Double(column) * (place + gap.width) + (place - side.width) / 2,
        top + Double(row) * (side.height + head + foot + gap.height) + head)
      let map = Rectangle(
        x: origin.x, y: origin.y, width: side.width, height: side.height)
      draw(panel, in: map, title: style, on: &canvas)
      if let sign = signs[index] {
        canvas.text(
          sign, at: Point(map.midX + (place + gap.width) / 2, map.midY),
          canvas.style(.base, bold: true), color: canvas.theme.secondaryInk, anchor: .middle,
          vertical: .middle)
      }
      return map
    }
  }

  private func draw(
    _ panel: Panel, in map: Rectangle, title: TextStyle, on canvas: inout Canvas
  ) {
    let small = canvas.style(.small)
    let (rows, columns) = (Double(panel.matrix.rows), Double(panel.matrix.columns))
    let isLarge = panel.matrix.count > MatrixChart.largestCellCount
    let space =
      isLarge
      ? 0 : min(canvas.preset.cellGap, 0.12 * map.width / columns, 0.12 * map.height / rows)
    let cell = Size(
      width: (map.width - space * (columns - 1)) / columns,
      height: (map.height - space * (rows - 1)) / rows)
    var chart = MatrixChart(
      panel.matrix, limit: limit, decimals: limit >= 10 ? 0 : limit >= 1 ? 1 : 2,
      context: canvas.context)
    chart.aspect = cell.height / cell.width
    chart.draw(at: Point(map.x, map.y), cellWidth: cell.width, gap: space, labels: nil, on: &canvas)
    if panel.isFramed {
      let stroke = Stroke(canvas.theme.color(panel.role), width: canvas.preset.lineWidth)
      canvas.outline(map.inset(-stroke.width - canvas.preset.cellGap), stroke)
    }
    canvas.text(
      panel.title, at: Point(map.midX, map.minY - canvas.em(0.35)), title,
      color: canvas.theme.color(panel.role), anchor: .middle, vertical: .bottom)
    canvas.text(
      panel.note, at: Point(map.midX, map.maxY + canvas.em(0.3)), small,
      color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
  }
}
