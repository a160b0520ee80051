internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the weight with both strips beside it, and a table of ranks.
struct RealAdapterDrawing {
  let result: RealAdapterResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let small = canvas.style(.small)
    let base = canvas.style(compact ? .small : .base, bold: true)
    let count = result.count
    var table = TableChart(
      head: [
        words.say(es: "rango", en: "rank"), words.say(es: "números", en: "numbers"),
        words.say(es: "parte", en: "share"),
      ],
      rows: result.ranks.map { rank in
        [
          words.integer(rank), words.integer(count.factors(rank)),
          words.percentage(Double(count.factors(rank)) / Double(count.full), 1),
        ]
      }, alignments: [.right, .right, .right])
    if let own = result.ranks.firstIndex(of: result.rank) {
      table.boldRows = [own]
      table.rowColors = [own: canvas.theme.color(.update)]
    }
    let style = compact ? small : canvas.style(.base)
    let tableWidth = table.minimumWidth(style, on: canvas) + canvas.em(compact ? 0 : 2)
    let between = canvas.em(compact ? 1 : 3)
    let apart = canvas.em(0.5)
    let nameHeight = canvas.lineHeight(base)
    let nameWidth = canvas.width("B", base) + canvas.em(0.4)

    // One length for a row and for a column, so that the strips are as thin as they are.
    let rows = Double(count.rows)
    let columns = Double(count.columns)
    let rank = Double(result.rank)
    let room = Size(
      width: frame.width - tableWidth - between - apart - nameWidth,
      height: frame.height - apart - 2 * nameHeight)
    let longest = max(rows, columns)
    // A very long matrix is stretched to a readable shape.
    let stretchX = max(1, longest / columns / 6)
    let stretchY = max(1, longest / rows / 6)
    let cell = min(
      room.width / ((columns + rank) * stretchX), room.height / ((rows + rank) * stretchY),
      canvas.em(3) / min(stretchX, stretchY))
    let (cellX, cellY) = (cell * stretchX, cell * stretchY)
    let used = nameWidth + rank * cellX + apart + columns * cellX + between + tableWidth
    let height = nameHeight * 2 + rank * cellY + apart + rows * cellY
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let weightFrame = Rectangle(
      x: left + nameWidth + rank * cellX + apart, y: top + nameHeight + rank * cellY + apart,
      width: columns * cellX, height: rows * cellY)
    let stripA = Rectangle(
      x: weightFrame.x, y: top + nameHeight, width: weightFrame.width, height: rank * cellY)
    let stripB = Rectangle(
      x: left + nameWidth, y: weightFrame.y, width: rank * cellX, height: weightFrame.height)
    for (matrix, place) in [
      (result.weights.matrix, weightFrame), (result.adapter.loraA, stripA),
      (result.adapter.loraB, stripB),
    ] {
      canvas.paintedMap(matrix, limit: Self.limit(of: matrix), in: place)
    }
    canvas.text(
      "A", at: Point(stripA.midX, stripA.minY - canvas.em(0.3)), base,
      color: canvas.theme.color(.loraA), anchor: .middle, vertical: .bottom)
    canvas.text(
      "B", at: Point(stripB.minX - canvas.em(0.4), stripB.midY), base,
      color: canvas.theme.color(.loraB), anchor: .end, vertical: .middle)
    canvas.frozenName(
      "W₀ \(count.rows)×\(count.columns)",
      at: Point(
        canvas.kept(
          weightFrame.midX,
          width: canvas.width("W₀ \(count.rows)×\(count.columns)", base) + base.size),
        weightFrame.maxY + canvas.em(0.3)), base, anchor: .middle)
    let tableHeight = table.height(style)
    let tableFrame = Rectangle(
      x: weightFrame.maxX + between, y: max(frame.minY, weightFrame.midY - tableHeight / 2),
      width: tableWidth, height: tableHeight)
    table.draw(in: tableFrame, style, on: &canvas)
  }

  /// Three standard deviations, so that a few large numbers do not pale the rest.
  private static func limit(of matrix: Matrix) -> Double {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    let deviation = Statistics.standardDeviation(matrix.values)
    return ColorScale.roundLimit(deviation > 0 ? min(largest, 3 * deviation) : largest)
  }
}
