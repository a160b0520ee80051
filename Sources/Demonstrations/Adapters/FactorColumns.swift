internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Three pairs of factors side by side, each with a title above and measurements below.
///
/// Every picture of it has the same places and one colour scale, so that two of them can be compared.
struct FactorColumns {
  struct Column {
    var title: String
    var loraA: Matrix
    var loraB: Matrix
    var corner: Matrix
  }

  /// A measurement of every column.
  struct Row {
    var label: String
    var values: [String]
    var role: Role
    /// Whether small pictures have it too.
    var isEssential = true
  }

  var columns: [Column]
  var rows: [Row]
  /// What the factors and the corner are called.
  var names: (loraA: String, loraB: String, corner: String)
  var decimals = 2

  /// The end of the colour scale of all columns.
  var limit: Double {
    let all = columns.flatMap { $0.loraA.values + $0.loraB.values + $0.corner.values }
    return ColorScale.roundLimit(Double(Statistics.absoluteMaximum(all)?.value ?? 1))
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let compact = canvas.isCompact
    let base = canvas.style(compact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let shown = rows.filter { !compact || $0.isEssential }
    let context = canvas.context
    let limit = limit
    let panels = columns.map { column in
      func chart(_ matrix: Matrix) -> MatrixChart {
        MatrixChart(matrix, limit: limit, decimals: decimals, context: context)
      }
      return FactorPanel(
        loraA: chart(column.loraA), loraB: chart(column.loraB), corner: chart(column.corner))
    }
    let gutter = (shown.map { canvas.width($0.label, small) }.max() ?? 0) + canvas.em(1)
    let between = canvas.em(compact ? 0.8 : 2)
    let head = canvas.lineHeight(base) + canvas.em(0.3)
    let nameHeight = canvas.lineHeight(small) + canvas.em(0.3)
    let rowHeight = canvas.lineHeight(small) + canvas.em(compact ? 0.1 : 0.3)
    let foot = nameHeight + canvas.em(0.5) + rowHeight * Double(shown.count)
    let gap = min(canvas.preset.cellGap, 1.5)
    let apart = canvas.em(0.4)
    let room = Size(
      width: (frame.width - gutter - between * Double(columns.count - 1))
        / Double(columns.count), height: frame.height - head - foot)
    let cell = min(
      panels.map { $0.cell(fitting: room, gap: gap, apart: apart) }.min() ?? 0, canvas.em(2.6))
    let spacing = FactorPanel.Spacing(cell: cell, gap: gap, apart: apart)
    let size = panels.first?.size(spacing) ?? room
    let used = gutter + size.width * Double(columns.count) + between * Double(columns.count - 1)
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - head - size.height - foot) / 2)
    let charts = panels.flatMap { [$0.loraA, $0.loraB] + [$0.corner].compactMap { $0 } }
    let labels = MatrixChart.labelStyle(for: charts, cellWidth: cell, on: canvas)
    let firstRow = top + head + size.height + nameHeight + canvas.em(0.5)

    for (index, row) in shown.enumerated() {
      let y = firstRow + Double(index) * rowHeight
      canvas.line(
        Point(left, y - canvas.em(0.15)), Point(left + used, y - canvas.em(0.15)),
        canvas.faintStroke)
      canvas.text(
        row.label, at: Point(left, y + rowHeight * 0.45), small,
        color: canvas.theme.secondaryInk, vertical: .middle)
    }
    for (index, (column, panel)) in zip(columns, panels).enumerated() {
      let x = left + gutter + Double(index) * (size.width + between)
      canvas.text(
        column.title, at: Point(x + size.width / 2, top), base, anchor: .middle, vertical: .top)
      let corner = panel.draw(
        at: Point(x, top + head), spacing, labels: labels, on: &canvas)
      let factor = spacing.length(panel.loraB.columns)
      let y = corner.maxY + canvas.em(0.3)
      canvas.text(
        names.loraB, at: Point(x + factor / 2, y), small, color: canvas.theme.color(.loraB),
        anchor: .middle, vertical: .top)
      canvas.text(
        names.corner, at: Point(corner.midX, y), small, color: canvas.theme.color(.update),
        anchor: .middle, vertical: .top)
      canvas.text(
        names.loraA, at: Point(corner.minX - canvas.em(0.4), top + head + factor / 2), small,
        color: canvas.theme.color(.loraA), anchor: .end, vertical: .middle)
      for (line, row) in shown.enumerated() {
        canvas.text(
          row.values[index],
          at: Point(x + size.width / 2, firstRow + (Double(line) + 0.45) * rowHeight),
          canvas.style(.small, bold: true), color: canvas.theme.color(row.role), anchor: .middle,
          vertical: .middle)
      }
    }
  }
}
