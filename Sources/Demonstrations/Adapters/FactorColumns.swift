internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Three pairs of factors side by side, each with a title above and measurements below.
///
/// Every picture of it has the same places and one colour scale, so that two of them can be compared.
struct FactorColumns {
  struct Column {
    var title: String
    /// The title where there is little room.
    var shortTitle: String
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

  /// The labels that any picture of the group has at the left; they give all of them one margin.
  static func labels(_ words: Words) -> [String] {
    [
      words.say(es: "la salida cambia", en: "output changes"),
      words.say(es: "pérdida, paso 200", en: "loss, step 200"),
    ]
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
    let margin = compact ? shown.map(\.label) : shown.map(\.label) + Self.labels(canvas.words)
    let gutter = (margin.map { canvas.width($0, small) }.max() ?? 0) + canvas.em(1)
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
    if !compact {
      let key = ColorBar(limit: limit, decimals: Ticks.decimals([0, limit]))
      key.draw(
        in: Rectangle(
          x: left, y: top + head + (size.height - key.height(on: canvas)) / 2,
          width: gutter - canvas.em(2.5), height: 0), on: &canvas)
    }

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
        compact ? column.shortTitle : column.title, at: Point(x + size.width / 2, top), base,
        anchor: .middle, vertical: .top)
      let corner = panel.draw(
        at: Point(x, top + head), spacing, labels: labels, on: &canvas)
      let factor = spacing.length(panel.loraB.columns)
      drawZeros(column, at: Point(x, top + head), corner, factor, on: &canvas)
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

  /// Writes one zero over each matrix that is exactly zero.
  private func drawZeros(
    _ column: Column, at origin: Point, _ corner: Rectangle, _ factor: Double,
    on canvas: inout Canvas
  ) {
    let zero = canvas.theme.signedScale.color(ofSigned: 0, limit: 1)
    let style = canvas.style(.base, bold: true)
    for (matrix, center) in [
      (column.loraA, Point(corner.midX, origin.y + factor / 2)),
      (column.loraB, Point(origin.x + factor / 2, corner.midY)),
      (column.corner, corner.center),
    ] where matrix.values.allSatisfy({ $0 == 0 }) {
      // No gap between cells crosses the number.
      canvas.fill(
        Rectangle(
          x: center.x - canvas.em(0.5), y: center.y - canvas.em(0.6), width: canvas.em(1),
          height: canvas.em(1.2)), zero)
      canvas.text(
        "0", at: center, style, color: zero.readableInk, anchor: .middle, vertical: .middle,
        backdrop: zero)
    }
  }
}
