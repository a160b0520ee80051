internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws codes, dequantized weight and product above, the adapter's branch below, and their sum on the right.
struct FourBitForwardDrawing {
  let result: FourBitForwardResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let layer = result.layer
    let compact = canvas.isCompact
    let inputLimit = Self.limit([result.entry, layer.adapter.loraA, result.bottleneck])
    let outputLimit = Self.limit([
      result.baseOutput, result.branch, result.scaledBranch, result.output,
    ])
    let codes = MatrixStation(
      name: words(canvas).say(es: "4 bits", en: "4 bits"), role: .quantized,
      chart: .codes(layer, canvas.context), isFrozen: true)
    func station(
      _ name: String, _ role: Role, _ matrix: Matrix, _ limit: Double, _ decimals: Int
    ) -> MatrixStation {
      MatrixStation(
        name: name, role: role,
        chart: MatrixChart(matrix, limit: limit, decimals: decimals, context: canvas.context))
    }
    let stations = [
      station("x", .original, result.entry.transposed, inputLimit, 1), codes,
      station("Ŵ₀", .quantized, layer.restored, layer.limit, layer.decimals),
      station("Ŵ₀x", .quantized, result.baseOutput.transposed, outputLimit, result.decimals),
      station("A", .loraA, layer.adapter.loraA, inputLimit, 1),
      station("Ax", .loraA, result.bottleneck.transposed, inputLimit, 2),
      station("B", .loraB, layer.adapter.loraB, layer.limit, layer.toy.loraBDecimals),
      station("BAx", .update, result.branch.transposed, outputLimit, result.decimals),
      station("y", .merged, result.output.transposed, outputLimit, result.decimals),
    ]
    let gap = min(canvas.preset.cellGap, 1.5)
    let arrow = canvas.em(compact ? 0.9 : 1.8)
    let scaling =
      "× "
      + canvas.words.number(
        layer.adapter.scaling, layer.adapter.scaling == layer.adapter.scaling.rounded() ? 0 : 2)
    let small = canvas.style(.small)
    let boxWidth = canvas.width(scaling, small) + canvas.em(0.7)
    let head = canvas.lineHeight(MatrixStation.style(canvas))
    let foot = compact ? 0 : canvas.lineHeight(small) + canvas.em(0.3)
    let between = canvas.em(compact ? 0.6 : 1.2)
    let (rows, columns, rank) = (
      Double(layer.exact.rows), Double(layer.exact.columns), Double(layer.adapter.rank)
    )
    let tallest = max(rows, columns)
    // Above: codes, weight, product; below: A, neck, B, branch. Cells are as wide as the wider allows.
    let lower = columns + 1 + rank + 1
    let upper = 2 * columns + 1
    let fixed = max(2 * arrow, 3.5 * arrow + boxWidth) + 4.2 * arrow
    let cell = min(
      (frame.width - fixed) / (max(lower, upper) + 2) - gap,
      (frame.height - 2 * (head + foot) - between) / (rows + max(rows, rank)) - gap,
      frame.height / tallest - gap - head / tallest, canvas.em(3.4))
    let pitch = cell + gap
    func length(_ count: Double) -> Double { count * pitch - gap }
    let middleWidth = max(
      2 * length(columns) + length(1) + 2 * arrow,
      length(columns) + 2 * length(1) + length(rank) + 3.5 * arrow + boxWidth)
    let used = 2 * length(1) + middleWidth + 4.2 * arrow
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let lowerRows = max(rows, rank)
    let height = 2 * (head + foot) + length(rows) + length(lowerRows) + between
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let upperY = top + head + length(rows) / 2
    let lowerY = top + 2 * head + foot + length(rows) + between + length(lowerRows) / 2
    let middle = (upperY + lowerY) / 2
    let start = left + length(1) + arrow * 1.2
    let outputX = left + used - length(1)
    let neckX = start + length(columns) + arrow
    let upX = neckX + length(1) + arrow
    let branchX = upX + length(rank) + arrow
    let places: [(Double, Double)] = [
      (left, middle), (start, upperY), (start + length(columns) + arrow, upperY),
      (start + 2 * (length(columns) + arrow), upperY), (start, lowerY), (neckX, lowerY),
      (upX, lowerY), (branchX, lowerY), (outputX, middle),
    ]
    let labels = MatrixChart.labelStyle(for: stations.map(\.chart), cellWidth: cell, on: canvas)
    let frames = zip(stations, places).map { station, place in
      station.draw(
        at: Point(place.0, place.1), cell: cell, gap: gap, labels: labels, on: &canvas)
    }
    drawFlow(
      frames,
      box: Rectangle(
        x: branchX + length(1) + arrow / 2, y: lowerY - canvas.em(1), width: boxWidth,
        height: canvas.em(2)), scaling: scaling, on: &canvas)
    guard !compact else { return }
    drawNotes(frames, on: &canvas)
  }

  private func words(_ canvas: Canvas) -> Words { canvas.words }

  static func limit(_ matrices: [Matrix]) -> Double {
    ColorScale.roundLimit(
      Double(Statistics.absoluteMaximum(matrices.flatMap(\.values))?.value.magnitude ?? 1))
  }

  /// Says below the codes what else is stored, and below A and B in how many bits they are.
  private func drawNotes(_ frames: [Rectangle], on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    let absmax = words.number(Double(result.layer.absmax), result.layer.decimals)
    canvas.text(
      "absmax " + absmax, at: Point(frames[1].midX, frames[1].maxY + canvas.em(0.4)), small,
      color: canvas.theme.color(.quantized), anchor: .middle, vertical: .top)
    for index in [2, 4, 6] {
      canvas.text(
        words.say(es: "32 bits", en: "32 bits"),
        at: Point(frames[index].midX, frames[index].maxY + canvas.em(0.4)), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
    }
  }

  private func drawFlow(
    _ frames: [Rectangle], box: Rectangle, scaling: String, on canvas: inout Canvas
  ) {
    let stroke = Stroke(canvas.theme.rule, width: canvas.preset.lineWidth * 0.8)
    let pad = canvas.em(0.25)
    let (entry, output) = (frames[0], frames[8])
    func level(_ from: Rectangle, _ to: Rectangle, dashes: [Double] = []) {
      canvas.arrow(
        from: Point(from.maxX + pad, from.midY), to: Point(to.minX - pad, from.midY),
        Stroke(stroke.color, width: stroke.width, dashes: dashes))
    }
    for (target, side) in [(frames[1], -1.0), (frames[4], 1.0)] {
      canvas.arrow(
        from: Point(entry.maxX + pad, entry.midY + side * pad),
        to: Point(target.minX - pad, target.midY), stroke)
    }
    for (from, to) in [(1, 2), (2, 3), (4, 5), (5, 6), (6, 7)] { level(frames[from], frames[to]) }
    let branch = frames[7]
    canvas.line(Point(branch.maxX + pad, branch.midY), Point(box.minX, branch.midY), stroke)
    canvas.fill(box, canvas.theme.panel, cornerRadius: canvas.em(0.3))
    canvas.outline(
      box, Stroke(canvas.theme.color(.update), width: canvas.preset.axisWidth * 1.6),
      cornerRadius: canvas.em(0.3))
    canvas.text(
      scaling, at: box.center, canvas.style(.small), color: canvas.theme.color(.update),
      anchor: .middle, vertical: .middle, box: box, backdrop: canvas.theme.panel)
    // The sum: a circle before the output.
    let radius = canvas.em(0.55)
    let plus = Point(output.minX - canvas.em(canvas.isCompact ? 1 : 1.7), output.midY)
    for (from, side) in [
      (Point(frames[3].maxX + pad, frames[3].midY), -1.0), (Point(box.maxX, box.midY), 1.0),
    ] {
      canvas.add(.path(.polyline([from, Point(plus.x, from.y)]), fill: nil, stroke: stroke))
      canvas.arrow(
        from: Point(plus.x, from.y), to: Point(plus.x, plus.y + side * radius), stroke)
    }
    let ink = Stroke(canvas.theme.ink, width: canvas.preset.axisWidth * 1.4)
    canvas.dot(plus, radius: radius, fill: canvas.theme.background, stroke: ink)
    let half = radius * 0.55
    canvas.line(Point(plus.x - half, plus.y), Point(plus.x + half, plus.y), ink)
    canvas.line(Point(plus.x, plus.y - half), Point(plus.x, plus.y + half), ink)
    canvas.line(
      Point(plus.x + radius, plus.y), Point(output.minX - pad, plus.y), stroke)
  }
}

/// A matrix at its place in a picture, with its name above.
struct MatrixStation {
  var name: String
  var role: Role
  var chart: MatrixChart
  var isFrozen = false

  static func style(_ canvas: Canvas) -> TextStyle {
    canvas.style(canvas.isCompact ? .small : .base, bold: true)
  }

  /// Draws the matrix with its left edge and its middle line at a point, and returns its rectangle.
  func draw(
    at point: Point, cell: Double, gap: Double, labels: TextStyle?, on canvas: inout Canvas
  ) -> Rectangle {
    let size = chart.size(cellWidth: cell, gap: gap)
    let box = Rectangle(
      x: point.x, y: point.y - size.height / 2, width: size.width, height: size.height)
    chart.draw(at: Point(box.x, box.y), cellWidth: cell, gap: gap, labels: labels, on: &canvas)
    canvas.edge(box)
    let place = Point(box.midX, box.minY - canvas.em(0.3))
    if isFrozen {
      canvas.frozenName(
        name, at: place, Self.style(canvas), anchor: .middle, vertical: .bottom)
    } else {
      canvas.text(
        name, at: place, Self.style(canvas), color: canvas.theme.color(role), anchor: .middle,
        vertical: .bottom)
    }
    return box
  }
}

extension MatrixChart {
  /// The codes of a small layer as hexadecimal digits, all on one pale colour: they are no numbers yet.
  static func codes(_ layer: FourBitLayer, _ context: FigureContext) -> MatrixChart {
    let fill = context.theme.color(.quantized).mixed(with: context.theme.background, 0.8)
    return MatrixChart(
      rows: layer.exact.rows, columns: layer.exact.columns,
      cells: layer.codes.indices.map { Cell(label: layer.digit($0), fill: fill) })
  }
}
