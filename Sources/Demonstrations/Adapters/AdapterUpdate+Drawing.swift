internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws W₀, the scaling, the product in the shape of an L, and the sum, with their rows on one line.
struct AdapterUpdateDrawing {
  let result: AdapterUpdateResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let toy = result.toy
    let words = canvas.words
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    let context = canvas.context
    let limit = toy.limit
    func chart(_ matrix: Matrix, _ decimals: Int) -> MatrixChart {
      MatrixChart(matrix, limit: limit, decimals: decimals, context: context)
    }
    let weight = chart(toy.weight, toy.decimals)
    let merged = chart(toy.merged, toy.decimals)
    let panel = FactorPanel(
      loraA: MatrixChart(
        toy.adapter.loraA, limit: toy.loraALimit, decimals: ToyAdapter.factorDecimals,
        context: context),
      loraB: chart(toy.adapter.loraB, toy.loraBDecimals), corner: chart(toy.product, toy.decimals))

    // On two lines, so that the cells keep their room.
    let scaling = ["α/r", "= " + result.scalingText(words)]
    let boxWidth =
      (scaling.map { canvas.width($0, small) }.max() ?? 0) + canvas.em(canvas.isRoomy ? 0.7 : 0.5)
    let sign = canvas.em(canvas.isRoomy ? 1.3 : 0.95)
    let apart = canvas.em(0.35)
    let gap = canvas.isRoomy ? canvas.preset.cellGap : 0.75
    let columns = toy.weight.columns
    let rows = toy.weight.rows
    let across = Double(3 * columns + toy.rank)
    let fixed = 3 * sign + boxWidth + apart
    // Below: the names of the matrices, and the cell that is spelled out.
    let foot = 2 * canvas.lineHeight(base) + canvas.lineHeight(small) + canvas.em(0.9)
    let down = Double(rows + toy.rank)
    let cell = min(
      (frame.width - fixed) / across - gap, (frame.height - foot - apart) / down - gap,
      canvas.em(3.4))
    let spacing = FactorPanel.Spacing(cell: cell, gap: gap, apart: apart)
    let side = spacing.length(columns)
    let panelSize = panel.size(spacing)
    let used = 2 * side + 3 * sign + boxWidth + panelSize.width
    let height = panelSize.height + foot
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - height) / 2)

    // A chart whose numbers would not fit leaves all charts without.
    let labels = MatrixChart.labelStyle(
      for: [weight, merged, panel.loraA, panel.loraB] + [panel.corner].compactMap { $0 },
      cellWidth: cell, on: canvas)
    let boxX = left + side + sign
    let panelX = boxX + boxWidth + sign
    let corner = panel.draw(at: Point(panelX, top), spacing, labels: labels, on: &canvas)
    let mergedX = corner.maxX + sign
    for (chart, x) in [(weight, left), (merged, mergedX)] {
      let frame = chart.draw(
        at: Point(x, corner.minY), cellWidth: cell, gap: gap, labels: labels, on: &canvas)
      canvas.edge(frame)
    }

    // The signs between the matrices, and the scaling as a box of its own.
    let middle = corner.midY
    for (string, x) in [
      ("+", left + side + sign / 2), ("·", boxX + boxWidth + sign / 2),
      ("=", corner.maxX + sign / 2),
    ] {
      canvas.text(
        string, at: Point(x, middle), base, color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .middle)
    }
    let box = Rectangle(
      x: boxX, y: middle - canvas.em(1.4), width: boxWidth, height: canvas.em(2.8))
    canvas.fill(box, canvas.theme.panel, cornerRadius: canvas.em(0.3))
    canvas.outline(
      box, Stroke(canvas.theme.color(.update), width: canvas.preset.axisWidth * 1.6),
      cornerRadius: canvas.em(0.3))
    for (line, side) in zip(scaling, [-0.5, 0.5]) {
      canvas.text(
        line, at: Point(box.midX, box.midY + side * canvas.lineHeight(small)), small,
        color: canvas.theme.color(.update), anchor: .middle, vertical: .middle, box: box,
        backdrop: canvas.theme.panel)
    }

    drawOutlines(
      weightAt: Point(left, corner.minY), panelAt: Point(panelX, top), corner: corner,
      mergedAt: Point(mergedX, corner.minY), spacing, on: &canvas)
    drawNames(
      weightX: left + side / 2, panelX: panelX, corner: corner, mergedX: mergedX + side / 2,
      spacing, panelTop: top, on: &canvas)
    drawCell(
      below: corner.maxY + canvas.em(0.5) + canvas.lineHeight(base) + canvas.lineHeight(small),
      around: left + used / 2, in: frame, on: &canvas)
  }

  /// Outlines the cell that is spelled out, and the row and the column that make it.
  private func drawOutlines(
    weightAt weight: Point, panelAt panel: Point, corner: Rectangle, mergedAt merged: Point,
    _ spacing: FactorPanel.Spacing, on canvas: inout Canvas
  ) {
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    let (row, column) = (Double(result.pointed.row), Double(result.pointed.column))
    let factor = spacing.length(result.toy.rank)
    func box(_ origin: Point, width: Double, height: Double) -> Rectangle {
      Rectangle(x: origin.x, y: origin.y, width: width, height: height)
    }
    let across = column * spacing.pitch
    let down = row * spacing.pitch
    for frame in [
      box(Point(weight.x + across, weight.y + down), width: spacing.cell, height: spacing.cell),
      box(Point(panel.x, corner.minY + down), width: factor, height: spacing.cell),
      box(Point(corner.minX + across, panel.y), width: spacing.cell, height: factor),
      box(
        Point(corner.minX + across, corner.minY + down), width: spacing.cell, height: spacing.cell),
      box(Point(merged.x + across, merged.y + down), width: spacing.cell, height: spacing.cell),
    ] {
      canvas.outline(frame.inset(-stroke.width * 0.8), stroke)
    }
  }

  private func drawNames(
    weightX: Double, panelX: Double, corner: Rectangle, mergedX: Double,
    _ spacing: FactorPanel.Spacing, panelTop: Double, on canvas: inout Canvas
  ) {
    let toy = result.toy
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    let y = corner.maxY + canvas.em(0.5)
    let factor = spacing.length(toy.rank)
    let shape = "\(toy.weight.rows)×\(toy.weight.columns)"
    canvas.frozenName("W₀", at: Point(weightX + 0.5 * base.size, y), base, anchor: .middle)
    for (name, x, role) in [
      ("B", panelX + factor / 2, Role.loraB), ("B·A", corner.midX, .update),
      ("W", mergedX, .merged),
    ] {
      canvas.text(
        name, at: Point(x, y), base, color: canvas.theme.color(role), anchor: .middle,
        vertical: .top)
    }
    // In a flat A there is room for its name alone.
    let hasShape = !canvas.isCompact && factor > canvas.lineHeight(base) + canvas.lineHeight(small)
    let nameX = corner.minX - canvas.em(0.5)
    canvas.text(
      "A", at: Point(nameX, panelTop + factor / 2), base, color: canvas.theme.color(.loraA),
      anchor: .end, vertical: hasShape ? .bottom : .middle)
    if hasShape {
      canvas.text(
        "\(toy.rank)×\(toy.weight.columns)",
        at: Point(nameX, panelTop + factor / 2 + canvas.em(0.1)), small,
        color: canvas.theme.secondaryInk, anchor: .end, vertical: .top)
    }
    guard !canvas.isCompact else { return }
    let below = y + canvas.lineHeight(base)
    for (text, x) in [
      (shape, weightX), ("\(toy.weight.rows)×\(toy.rank)", panelX + factor / 2),
      (shape, corner.midX), (shape, mergedX),
    ] {
      canvas.text(
        text, at: Point(x, below), small, color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .top)
    }
  }

  /// Spells out the pointed cell in the colours of its parts, where the line has room.
  private func drawCell(
    below y: Double, around x: Double, in frame: Rectangle, on canvas: inout Canvas
  ) {
    let words = canvas.words
    let toy = result.toy
    let (row, column) = result.pointed
    func number(_ matrix: Matrix) -> String {
      words.number(Double(matrix[row, column]), toy.exactDecimals)
    }
    let theme = canvas.theme
    var long: [(string: String, color: Color)] = [
      (number(toy.weight), theme.color(.frozen)),
      (" + \(result.scalingText(words)) × (", theme.color(.update)),
    ]
    for (index, factors) in result.terms(words).enumerated() {
      if index > 0 { long.append((" + ", theme.color(.update))) }
      long += [
        (factors.loraB, theme.color(.loraB)), (" × ", theme.color(.update)),
        (factors.loraA, theme.color(.loraA)),
      ]
    }
    long += [
      (")", theme.color(.update)), (" = " + number(toy.merged), theme.color(.merged)),
    ]
    let short: [(string: String, color: Color)] = [
      (number(toy.weight), theme.color(.frozen)),
      (" + \(result.scalingText(words)) × \(number(toy.product))", theme.color(.update)),
      (" = " + number(toy.merged), theme.color(.merged)),
    ]
    for runs in [long, short] {
      for style in [canvas.style(.base), canvas.style(.small)] {
        let width = runs.reduce(0) { $0 + canvas.width($1.string, style) }
        guard width <= frame.width else { continue }
        let middle = min(max(x, frame.minX + width / 2), frame.maxX - width / 2)
        canvas.runs(
          runs, at: Point(middle, y + canvas.em(0.4)), style, anchor: .middle, vertical: .top)
        return
      }
    }
  }
}
