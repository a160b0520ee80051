internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws W₀, the product in the shape of an L, and the sum, with cells of one size.
struct MergedMatrixDrawing {
  let result: MergedMatrixResult

  private var layer: SmallLayer { result.layer }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let (rows, columns) = (Double(layer.weight.rows), Double(layer.weight.columns))
    let rank = Double(layer.adapter.rank)
    let sign = canvas.em(canvas.isCompact ? 1 : 1.6)
    let factor = scalingText(words)
    let box = canvas.width(factor, base) + canvas.em(0.6)
    let aside = canvas.em(0.35)
    let apart = canvas.em(canvas.isCompact ? 0.4 : 0.6)
    let head = canvas.lineHeight(base) + canvas.em(0.2)
    let foot = canvas.isCompact ? canvas.lineHeight(small) : 2 * canvas.lineHeight(small)
    // Across: W₀, a plus sign, the scaling, B beside the product, an equals sign, W.
    let fixed = 2 * sign + box + aside + apart
    let width = frame.width - fixed
    let height = frame.height - head - apart - foot - canvas.em(0.6)
    var cell = Size(width: width / (3 * columns + rank), height: height / (rows + rank))
    // Cells are square unless the matrix is very long or very wide.
    let shape = columns / rows
    let aspect = shape > 3 ? shape / 3 : shape < 1 / 3.0 ? shape * 3 : 1
    cell.width = min(cell.width, cell.height / aspect, canvas.em(3.4))
    cell.height = cell.width * aspect
    let gap =
      cell.width * columns > 60 * canvas.preset.cellGap
      ? min(canvas.preset.cellGap, 0.12 * min(cell.width, cell.height)) : 0

    let used = fixed + cell.width * (3 * columns + rank)
    let tall = head + apart + foot + canvas.em(0.6) + cell.height * (rows + rank)
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top =
      frame.minY + head + rank * cell.height + apart
      + max(0, (frame.height - tall) / 2)
    let middle = top + rows * cell.height / 2
    let limit = layer.limit
    func chart(_ matrix: Matrix) -> MatrixChart {
      var chart = MatrixChart(
        matrix, limit: limit, decimals: layer.decimals, context: canvas.context)
      chart.aspect = (cell.height - gap) / (cell.width - gap)
      return chart
    }
    let side = columns * cell.width
    let inner =
      left + side + sign + box + aside + rank * cell.width + apart
    let right = inner + side + sign
    let places: [(matrix: Matrix, origin: Point, title: String, role: Role)] = [
      (layer.weight, Point(left, top), "W₀", .frozen),
      (layer.adapter.loraB, Point(inner - apart - rank * cell.width, top), "B", .loraB),
      (layer.adapter.loraA, Point(inner, top - apart - rank * cell.height), "A", .loraA),
      (layer.product, Point(inner, top), "", .update),
      (layer.merged.weight, Point(right, top), "W", .merged),
    ]
    let charts = places.map { chart($0.matrix) }
    let labels = MatrixChart.labelStyle(
      for: charts, cellWidth: cell.width - gap, on: canvas)
    for (chart, place) in zip(charts, places) {
      chart.draw(
        at: place.origin, cellWidth: cell.width - gap, gap: gap, labels: labels, on: &canvas)
      guard !place.title.isEmpty else { continue }
      canvas.text(
        place.title, at: Point(place.origin.x, place.origin.y - canvas.em(0.35)), base,
        color: canvas.theme.color(place.role), vertical: .bottom)
    }
    for (text, x) in [("+", left + side + sign / 2), ("=", inner + side + sign / 2)] {
      canvas.text(
        text, at: Point(x, middle), canvas.style(.base, bold: true),
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .middle)
    }
    // The scaling stands in a box of its own; it is never folded into the product.
    let frameOfScaling = Rectangle(
      x: left + side + sign, y: middle - canvas.em(0.8), width: box, height: canvas.em(1.6))
    canvas.outline(
      frameOfScaling, Stroke(canvas.theme.rule, width: canvas.preset.axisWidth),
      cornerRadius: canvas.em(0.25))
    canvas.text(
      factor, at: frameOfScaling.center, base, color: canvas.theme.color(.update),
      anchor: .middle, vertical: .middle, box: frameOfScaling)
    if labels != nil { drawPointed(at: [left, inner, right], top: top, cell, gap, on: &canvas) }
    drawCounts(
      at: [left, inner, right], y: top + rows * cell.height + canvas.em(0.5), side: side,
      on: &canvas)
  }

  private func scalingText(_ words: Words) -> String {
    Value.setting(layer.adapter.scaling).formatted(words) + " ×"
  }

  /// Outlines the entry that the prose follows.
  private func drawPointed(
    at lefts: [Double], top: Double, _ cell: Size, _ gap: Double, on canvas: inout Canvas
  ) {
    let index = result.pointed
    let (row, column) = (index / layer.weight.columns, index % layer.weight.columns)
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    for left in lefts {
      let frame = Rectangle(
        x: left + Double(column) * cell.width, y: top + Double(row) * cell.height,
        width: cell.width - gap, height: cell.height - gap)
      canvas.outline(frame.inset(-stroke.width), stroke)
    }
  }

  /// The bytes below each part.
  private func drawCounts(
    at lefts: [Double], y: Double, side: Double, on canvas: inout Canvas
  ) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bytes = MergedMatrixResult.bytesPerNumber
    let entries = [
      (result.base, Role.frozen), (result.factors, .update), (layer.merged.weight.count, .merged),
    ]
    let texts = entries.map { count, _ in
      (
        words.say(es: "\(words.integer(count)) números", en: "\(words.integer(count)) numbers"),
        "\(words.integer(count * bytes)) bytes"
      )
    }
    // One row in small pictures, where two would take the room of a row of cells.
    let lines = texts.map { canvas.isCompact ? [$0.1] : [$0.0, $0.1] }
    for ((left, entry), lines) in zip(zip(lefts, entries), lines) {
      for (index, line) in lines.enumerated() {
        let width = canvas.width(line, small)
        canvas.text(
          line,
          at: Point(
            canvas.kept(left + side / 2, width: width), y + Double(index) * canvas.lineHeight(small)
          ),
          small, color: canvas.theme.color(entry.1), anchor: .middle, vertical: .top)
      }
    }
  }
}
