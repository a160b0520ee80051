internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the factors around their four products, and beside them what is wanted and what comes out.
struct CrossTermsDrawing {
  let result: CrossTermsResult

  /// Where everything stands.
  private struct Layout {
    /// The sides of a map and of a strip of factors.
    var map: Double
    var strip: Double
    var left: Double
    var gridX: [Double]
    var gridY: [Double]
    /// The left edge of the two sums; nil where there is no room for them.
    var right: Double?
  }

  private func layout(in frame: Rectangle, _ canvas: Canvas) -> Layout {
    let (side, rank) = (Double(result.pair.side), Double(result.pair.rank))
    let head = canvas.lineHeight(title(canvas))
    let line = canvas.lineHeight(canvas.style(.small))
    let near = canvas.em(0.6)
    let between = canvas.em(canvas.isCompact ? 0.9 : 1.4)
    let labels = canvas.width(name("B", 1, canvas), title(canvas)) + canvas.em(0.5)
    let hasSums = !canvas.isCompact
    let beside = hasSums ? canvas.em(4.5) : 0
    let columns = hasSums ? 3.0 : 2
    // Down: names of A, its strip, then two rows of maps with a line below each.
    let byHeight = (frame.height - head - near - 2 * line - between) / (2 * side + rank)
    let byWidth = (frame.width - labels - near - between - beside) / (columns * side + rank)
    let unit = min(byHeight, byWidth)
    let (map, strip) = (unit * side, unit * rank)
    let used = labels + strip + near + columns * map + between + beside
    let tall = head + strip + near + 2 * (map + line) + between
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - tall) / 2)
    let gridX = [0, 1].map { left + labels + strip + near + Double($0) * (map + between) }
    return Layout(
      map: map, strip: strip, left: left, gridX: gridX,
      gridY: [0, 1].map { top + head + strip + near + Double($0) * (map + line + between) },
      right: hasSums ? gridX[1] + map + beside : nil)
  }

  private func title(_ canvas: Canvas) -> TextStyle {
    canvas.style(canvas.isCompact ? .small : .base, bold: true)
  }

  /// The name of a factor, with its weight where there is room.
  private func name(_ factor: String, _ index: Int, _ canvas: Canvas) -> String {
    let digit = ["₁", "₂"][index]
    return canvas.isCompact ? factor + digit : "√w\(digit)·\(factor)\(digit)"
  }

  private static func limit(_ matrices: [Matrix]) -> Double {
    let largest = matrices.compactMap {
      Statistics.absoluteMaximum($0.values)?.value.magnitude
    }.max()
    return ColorScale.roundLimit(Double(largest ?? 1))
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let layout = layout(in: frame, canvas)
    let limit = Self.limit(result.products.flatMap { $0 } + [result.wanted, result.linear])
    drawFactors(layout, on: &canvas)
    for row in 0..<2 {
      for column in 0..<2 {
        drawProduct(row, column, layout, limit: limit, on: &canvas)
      }
    }
    if let right = layout.right { drawSums(at: right, layout, limit: limit, on: &canvas) }
  }

  private func drawFactors(_ layout: Layout, on canvas: inout Canvas) {
    let base = title(canvas)
    let limit = Self.limit(result.loraA + result.loraB)
    let near = canvas.em(0.6)
    for index in 0..<2 {
      let across = Rectangle(
        x: layout.gridX[index], y: layout.gridY[0] - near - layout.strip, width: layout.map,
        height: layout.strip)
      canvas.heatMap(result.loraA[index], in: across, limit: limit)
      canvas.text(
        name("A", index, canvas), at: Point(across.midX, across.minY - canvas.em(0.3)), base,
        color: canvas.theme.color(.loraA), anchor: .middle, vertical: .bottom)
      let down = Rectangle(
        x: layout.gridX[0] - near - layout.strip, y: layout.gridY[index], width: layout.strip,
        height: layout.map)
      canvas.heatMap(result.loraB[index], in: down, limit: limit)
      canvas.text(
        name("B", index, canvas), at: Point(layout.left, down.midY), base,
        color: canvas.theme.color(.loraB),
        vertical: .middle)
    }
  }

  private func drawProduct(
    _ row: Int, _ column: Int, _ layout: Layout, limit: Double, on canvas: inout Canvas
  ) {
    let words = canvas.words
    let isWanted = row == column
    let role: Role = isWanted ? .merged : .error
    let place = Rectangle(
      x: layout.gridX[column], y: layout.gridY[row], width: layout.map, height: layout.map)
    canvas.heatMap(result.products[row][column], in: place, limit: limit)
    let stroke = Stroke(
      canvas.theme.color(role), width: canvas.preset.lineWidth,
      dashes: isWanted ? [] : [canvas.em(0.35), canvas.em(0.2)])
    canvas.outline(place.inset(-stroke.width - canvas.preset.cellGap), stroke)
    let norm = words.number(result.products[row][column].norm, 1)
    let note =
      canvas.isCompact
      ? norm
      : isWanted
        ? words.say(es: "norma \(norm)", en: "norm \(norm)")
        : words.say(es: "intruso: \(norm)", en: "intruder: \(norm)")
    canvas.text(
      note, at: Point(place.midX, place.maxY + canvas.em(0.45)), canvas.style(.small),
      color: canvas.theme.color(role), anchor: .middle, vertical: .top)
  }

  /// The sum of the diagonal, and that of all four products.
  private func drawSums(
    at right: Double, _ layout: Layout, limit: Double, on canvas: inout Canvas
  ) {
    let words = canvas.words
    let small = canvas.style(.small)
    let error = words.percentage(result.error, 0)
    let sums: [(matrix: Matrix, note: String, role: Role)] = [
      (result.wanted, words.say(es: "la diagonal: la suma", en: "diagonal: the sum"), .merged),
      (
        result.linear, words.say(es: "los cuatro: error \(error)", en: "all four: \(error) off"),
        .error
      ),
    ]
    for (y, sum) in zip(layout.gridY, sums) {
      let place = Rectangle(x: right, y: y, width: layout.map, height: layout.map)
      canvas.heatMap(sum.matrix, in: place, limit: limit)
      canvas.text(
        sum.note,
        at: Point(
          canvas.kept(place.midX, width: canvas.width(sum.note, small)),
          place.maxY + canvas.em(0.45)), small, color: canvas.theme.color(sum.role),
        anchor: .middle, vertical: .top)
    }
    let x = (layout.gridX[1] + layout.map + right) / 2
    canvas.line(
      Point(x, layout.gridY[0]), Point(x, layout.gridY[1] + layout.map), canvas.faintStroke)
  }
}
