internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws what is kept in four columns: the weight above, and below it the factors of the adapter or
/// the rule of each column. Both pictures have the same places and scales.
struct TrainingBoxesDrawing {
  let result: TrainingBoxesResult

  /// How the numbers of a column are written: as they are, or divided by a power of ten.
  private struct ColumnScale {
    let exponent: Int
    let divisor: Float
    let limit: Double
    let decimals: Int

    init(_ matrices: [Matrix]) {
      let largest = matrices.flatMap(\.values).reduce(0) { max($0, $1.magnitude) }
      var exponent = 0
      var divisor: Float = 1
      if largest > 0, !(0.095..<100).contains(largest) {
        while largest / divisor >= 10 { (exponent, divisor) = (exponent + 1, divisor * 10) }
        while largest / divisor < 1 { (exponent, divisor) = (exponent - 1, divisor / 10) }
      }
      self.exponent = exponent
      self.divisor = divisor
      limit = ColorScale.roundLimit(Double(largest / divisor))
      decimals = largest / divisor >= 10 ? 1 : 2
    }

    var suffix: String {
      exponent == 0 ? "" : " ×10" + NumberFormat.superscript(exponent)
    }
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let bold = canvas.style(.small, bold: true)
    let small = canvas.style(.small)
    let gap = canvas.preset.cellGap
    let (rows, columns) = (Double(result.original.rows), Double(result.original.columns))
    let rank = Double(result.rank)
    let scales = Kept.allCases.map { kind in
      ColumnScale([result.weight, result.loraA, result.loraB].map { $0.matrix(kind) })
    }
    let label = canvas.em(1.8)
    let head = canvas.lineHeight(bold) + canvas.em(0.2)
    let foot = canvas.lineHeight(small) + canvas.em(canvas.isCompact ? 0.4 : 0.8)
    let between = canvas.em(canvas.isCompact ? 0.5 : 0.8)
    let apart = canvas.em(canvas.isCompact ? 0.8 : 1.6)
    let kinds = Double(Kept.allCases.count)
    let widest = max(columns, rank)
    let cell = min(
      (frame.width - label - apart * (kinds - 1)) / (kinds * widest) - gap, canvas.em(3.2))
    // Cells may be lower than wide, so that their numbers have room.
    let cellHeight = min(
      (frame.height - head - foot - 2 * between) / (2 * rows + rank) - gap, cell)
    let width = min(cell, cellHeight * 1.7)
    let pitch = cellHeight + gap
    let across = width + gap
    // Narrow matrices keep room for the names above them.
    let names = zip(Kept.allCases, scales).map { kind, scale in
      (canvas.isCompact ? kind.symbol : kind.name(words)) + scale.suffix
    }
    let nameWidth = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.6)
    let stride = max(
      widest * across - gap + apart, min(nameWidth, (frame.width - label) / kinds))
    let used = label + stride * (kinds - 1) + max(widest * across, 0)
    let left = frame.minX + max(0, (frame.width - used) / 2) + label
    let height = head + (2 * rows + rank) * pitch + 2 * between + foot
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let weightTop = top + head
    let loraATop = weightTop + rows * pitch + between
    let loraBTop = loraATop + rank * pitch + between

    var charts: [(chart: MatrixChart, origin: Point, isGone: Bool)] = []
    for (index, (kind, scale)) in zip(Kept.allCases, scales).enumerated() {
      let x = left + Double(index) * stride
      func chart(_ kept: KeptNumbers) -> MatrixChart {
        let matrix = kept.matrix(kind)
        var chart = MatrixChart(
          Matrix(
            rows: matrix.rows, columns: matrix.columns,
            values: matrix.values.map { $0 / scale.divisor }), limit: scale.limit,
          decimals: scale.decimals, context: canvas.context)
        chart.aspect = cellHeight / width
        return chart
      }
      if result.isFrozen, kind == .value {
        let frozen = KeptNumbers(
          value: result.original, gradient: result.original, moments: result.weight.moments)
        charts.append((chart(frozen), Point(x, weightTop), false))
      } else {
        charts.append((chart(result.weight), Point(x, weightTop), result.isFrozen))
      }
      if result.isFrozen {
        charts.append((chart(result.loraA), Point(x, loraATop), false))
        charts.append((chart(result.loraB), Point(x, loraBTop), false))
      }
      canvas.text(names[index], at: Point(x, top), bold, vertical: .top)
    }
    let labels = MatrixChart.labelStyle(for: charts.map(\.chart), cellWidth: width, on: canvas)
    for (chart, origin, isGone) in charts {
      if isGone {
        drawGone(chart, at: origin, cell: width, on: &canvas)
      } else {
        chart.draw(at: origin, cellWidth: width, gap: gap, labels: labels, on: &canvas)
      }
    }
    var rowNames: [(String, Double, Role)] = [
      (
        result.isFrozen ? "W₀" : "W", weightTop + rows * pitch / 2,
        result.isFrozen ? .frozen : .original
      )
    ]
    if result.isFrozen {
      rowNames.append(("A", loraATop + rank * pitch / 2, .loraA))
      rowNames.append(("B", loraBTop + rows * pitch / 2, .loraB))
    }
    for (name, y, role) in rowNames {
      canvas.text(
        name, at: Point(left - canvas.em(0.5), y), canvas.style(.base, bold: true),
        color: canvas.theme.color(role), anchor: .end, vertical: .middle)
    }
    if !result.isFrozen {
      let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
      for (chart, origin, _) in charts {
        canvas.outline(
          chart.frame(
            row: result.pointed / chart.columns, column: result.pointed % chart.columns,
            origin: origin, cellWidth: width, gap: gap
          ).inset(-stroke.width), stroke)
      }
      drawOneWeight(
        left: left, stride: stride,
        in: Rectangle(
          x: frame.minX, y: loraATop, width: frame.width, height: top + height - foot - loraATop),
        on: &canvas)
    }
    drawTotal(at: Point(left, top + height), on: &canvas)
  }

  /// Boxes that were there while the matrix was trained: their outlines alone.
  private func drawGone(
    _ chart: MatrixChart, at origin: Point, cell: Double, on canvas: inout Canvas
  ) {
    let line = canvas.preset.axisWidth
    let stroke = Stroke(canvas.theme.rule, width: line, dashes: [2.5 * line, 2.5 * line])
    for row in 0..<chart.rows {
      for column in 0..<chart.columns {
        canvas.outline(
          chart.frame(
            row: row, column: column, origin: origin, cellWidth: cell,
            gap: canvas.preset.cellGap), stroke)
      }
    }
  }

  /// The four numbers of one weight, enlarged, each with its rule and its size.
  private func drawOneWeight(
    left: Double, stride: Double, in area: Rectangle, on canvas: inout Canvas
  ) {
    let words = canvas.words
    let small = canvas.style(.small)
    let rule = result.rule
    let (beta1, rest1) = (words.number(rule.beta1, 1), words.number(1 - rule.beta1, 1))
    let (beta2, rest2) = (words.number(rule.beta2, 3), words.number(1 - rule.beta2, 3))
    let rules = [
      words.say(es: "w − paso", en: "w − step"), "g = eᵀ x", "\(beta1) m + \(rest1) g",
      "\(beta2) v + \(rest2) g²",
    ]
    let hasRules = rules.allSatisfy { canvas.width($0, small) < stride - canvas.em(0.4) }
    let line = canvas.lineHeight(small)
    let lines = hasRules && !canvas.isCompact ? 2.0 : 1
    let width = min(stride - canvas.em(canvas.isCompact ? 0.4 : 1), area.width - left + area.minX)
    let height = min(canvas.em(canvas.isCompact ? 1.8 : 2.6), area.height - lines * line)
    let top = area.minY + max(0, (area.height - height - lines * line - canvas.em(0.3)) / 2)
    for (index, kind) in Kept.allCases.enumerated() {
      let x = left + Double(index) * stride
      let box = Rectangle(x: x, y: top, width: width, height: height)
      let value = result.weight.matrix(kind).values[result.pointed]
      let text = "\(kind.symbol) = " + words.numbers.significant(Double(value), digits: 3)
      canvas.fill(box, canvas.theme.panel)
      canvas.outline(box, Stroke(canvas.theme.ink, width: canvas.preset.axisWidth * 1.6))
      let style = [Canvas.TextSize.base, .small].map { canvas.style($0, bold: !canvas.isCompact) }
        .first { canvas.width(text, $0) < box.width * 0.92 }
      if let style {
        canvas.text(
          text, at: box.center, style, anchor: .middle, vertical: .middle, box: box,
          backdrop: canvas.theme.panel)
      }
      let bytes = "\(TrainingBoxesResult.bytesOfNumber) bytes"
      for (row, note) in ((lines > 1 ? [rules[index]] : []) + [bytes]).enumerated() {
        canvas.text(
          note, at: Point(x, box.maxY + canvas.em(0.3) + Double(row) * line), small,
          color: canvas.theme.secondaryInk, vertical: .top)
      }
    }
  }

  private func drawTotal(at point: Point, on canvas: inout Canvas) {
    let words = canvas.words
    let sum =
      result.isFrozen
      ? "\(result.count) + \(result.kinds) × \(result.adapter) = \(result.frozenNumbers)"
      : "\(result.kinds) × \(result.count) = \(result.numbers)"
    let bytes = TrainingBoxesResult.bytesOfNumber
    let note =
      result.isFrozen
      ? words.say(es: "; antes, \(result.numbers)", en: "; before, \(result.numbers)")
      : words.say(
        es: ", \(bytes * result.numbers) bytes", en: ", \(bytes * result.numbers) bytes")
    canvas.text(
      sum + words.say(es: " números", en: " numbers") + note, at: point,
      canvas.style(canvas.isCompact ? .small : .base),
      color: result.isFrozen && !result.saves ? canvas.theme.color(.error) : canvas.theme.ink,
      vertical: .bottom)
  }
}
