internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws what is kept in four columns.
///
/// The weight stands above; below it stand the factors of the adapter, or one weight enlarged. Both
/// pictures have the same places and scales, so that boxes are seen to go.
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

  /// Where everything stands: as if both pictures were one.
  private struct Places {
    let gap: Double
    /// The width and the height of a cell; cells may be lower than wide, so that numbers have room.
    let width: Double
    let height: Double
    let left: Double
    /// From a column to the next.
    let stride: Double
    let top: Double
    let weightTop: Double
    let loraATop: Double
    let loraBTop: Double
    /// Where the boxes end, and where the sum below them does.
    let end: Double
    let bottom: Double

    init(of result: TrainingBoxesResult, names: [String], in frame: Rectangle, on canvas: Canvas) {
      let bold = canvas.style(.small, bold: true)
      let rows = Double(result.original.rows)
      let rank = Double(result.rank)
      let widest = max(Double(result.original.columns), rank)
      let kinds = Double(names.count)
      let head = canvas.lineHeight(bold) + canvas.em(0.2)
      let foot = canvas.lineHeight(bold) + canvas.em(canvas.isCompact ? 0.4 : 0.8)
      let between = canvas.em(canvas.isCompact ? 0.5 : 0.8)
      let apart = canvas.em(canvas.isCompact ? 0.8 : 1.6)
      let label = canvas.em(1.8)
      gap = canvas.preset.cellGap
      let most = min(
        (frame.width - label - apart * (kinds - 1)) / (kinds * widest) - gap, canvas.em(3.2))
      height = min(
        (frame.height - head - foot - 2 * between) / (2 * rows + rank) - gap, most)
      width = min(most, height * 1.7)
      // Narrow matrices keep room for the names above them.
      let nameWidth = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.6)
      let across = widest * (width + gap)
      stride = max(across - gap + apart, min(nameWidth, (frame.width - label) / kinds))
      let used = label + stride * (kinds - 1) + across
      left = frame.minX + max(0, (frame.width - used) / 2) + label
      let pitch = height + gap
      let whole = head + (2 * rows + rank) * pitch + 2 * between + foot
      top = frame.minY + max(0, (frame.height - whole) / 2)
      weightTop = top + head
      loraATop = weightTop + rows * pitch + between
      loraBTop = loraATop + rank * pitch + between
      end = loraBTop + rows * pitch
      bottom = top + whole
    }

    func middle(_ top: Double, rows: Int) -> Double { top + Double(rows) * (height + gap) / 2 }
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let scales = Kept.allCases.map { kind in
      ColumnScale([result.weight, result.loraA, result.loraB].map { $0.matrix(kind) })
    }
    let names = zip(Kept.allCases, scales).map { kind, scale in
      (canvas.isCompact ? kind.symbol : kind.name(canvas.words)) + scale.suffix
    }
    let places = Places(of: result, names: names, in: frame, on: canvas)
    drawMatrices(scales, at: places, on: &canvas)
    for (index, name) in names.enumerated() {
      canvas.text(
        name, at: Point(places.left + Double(index) * places.stride, places.top),
        canvas.style(.small, bold: true), vertical: .top)
    }
    let rows = result.original.rows
    let weightMiddle = places.middle(places.weightTop, rows: rows)
    let rowNames: [(String, Double, Role)] =
      result.isFrozen
      ? [
        ("W₀", weightMiddle, .frozen),
        ("A", places.middle(places.loraATop, rows: result.rank), .loraA),
        ("B", places.middle(places.loraBTop, rows: rows), .loraB),
      ] : [("W", weightMiddle, .original)]
    for (name, y, role) in rowNames {
      canvas.text(
        name, at: Point(places.left - canvas.em(0.5), y), canvas.style(.base, bold: true),
        color: canvas.theme.color(role), anchor: .end, vertical: .middle)
    }
    if !result.isFrozen {
      drawOneWeight(
        left: places.left, stride: places.stride,
        in: Rectangle(
          x: frame.minX, y: places.loraATop, width: frame.width,
          height: places.end - places.loraATop), on: &canvas)
    }
    drawTotal(at: Point(places.left, places.bottom), on: &canvas)
  }

  private func drawMatrices(
    _ scales: [ColumnScale], at places: Places, on canvas: inout Canvas
  ) {
    var charts: [(chart: MatrixChart, origin: Point, isGone: Bool)] = []
    for (index, (kind, scale)) in zip(Kept.allCases, scales).enumerated() {
      let x = places.left + Double(index) * places.stride
      let context = canvas.context
      func add(_ matrix: Matrix, _ y: Double, isGone: Bool = false) {
        var chart = MatrixChart(
          Matrix(
            rows: matrix.rows, columns: matrix.columns,
            values: matrix.values.map { $0 / scale.divisor }), limit: scale.limit,
          decimals: scale.decimals, context: context)
        chart.aspect = places.height / places.width
        charts.append((chart, Point(x, y), isGone))
      }
      if result.isFrozen {
        // The value is the one before training; of the rest only the places are left.
        add(result.original, places.weightTop, isGone: kind != .value)
        add(result.loraA.matrix(kind), places.loraATop)
        add(result.loraB.matrix(kind), places.loraBTop)
      } else {
        add(result.weight.matrix(kind), places.weightTop)
      }
    }
    let labels = MatrixChart.labelStyle(
      for: charts.filter { !$0.isGone }.map(\.chart), cellWidth: places.width, on: canvas)
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    for (chart, origin, isGone) in charts {
      if isGone {
        drawGone(chart, at: origin, cell: places.width, on: &canvas)
        continue
      }
      chart.draw(
        at: origin, cellWidth: places.width, gap: places.gap, labels: labels, on: &canvas)
      if !result.isFrozen {
        canvas.outline(
          chart.frame(
            row: result.pointed / chart.columns, column: result.pointed % chart.columns,
            origin: origin, cellWidth: places.width, gap: places.gap
          ).inset(-stroke.width), stroke)
      }
    }
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
