internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// Draws the weights as a matrix, the sorted groups beside it, and the kept values below them.
struct TwelveToFourDrawing {
  let result: TwelveToFourResult

  init(_ result: TwelveToFourResult) { self.result = result }

  /// Whether every weight can be drawn as a cell of its group.
  private var drawsMembers: Bool {
    result.count <= 48 && result.levels <= 6 && (result.groups.map(\.count).max() ?? 0) <= 8
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    if drawsMembers {
      drawCells(on: &canvas, in: frame)
    } else {
      drawShares(on: &canvas, in: frame)
    }
  }

  private func cell(_ value: Float, _ canvas: Canvas) -> MatrixChart.Cell {
    MatrixChart.Cell(
      label: canvas.words.number(Double(value), result.decimals),
      fill: canvas.theme.color(result.classes[value]))
  }

  private func drawCells(on canvas: inout Canvas, in frame: Rectangle) {
    let head = canvas.lineHeight(canvas.style(.base))
    let legend = legendHeight(canvas)
    var matrix = MatrixChart(
      rows: result.matrix.rows, columns: result.matrix.columns,
      cells: result.matrix.values.map { self.cell($0, canvas) })
    let depth = result.groups.map(\.count).max() ?? 1
    let arrowHeight = canvas.em(1.4)
    let middle = canvas.em(canvas.isCompact ? 2 : 3.4)
    let note = canvas.isCompact ? 0 : canvas.em(5.2)
    let groupGap = canvas.em(canvas.isCompact ? 0.35 : 0.7)
    let gap = canvas.preset.cellGap
    let columns = Double(result.matrix.columns + result.levels)
    let width =
      (frame.width - middle - note - groupGap * Double(result.levels - 1)
        - gap * Double(result.matrix.columns - 1)) / columns
    let height =
      (frame.height - head - canvas.em(0.3) - arrowHeight - legend - canvas.em(0.8)
        - gap * Double(depth)) / Double(max(depth + 1, result.matrix.rows))
    // Cells are a little wider than high where that makes room for their numbers.
    let cell = min(width, height * 1.25, canvas.em(4.2))
    let aspect = min(height / cell, 1)
    let cellHeight = cell * aspect
    matrix.aspect = aspect
    let labels = MatrixChart.labelStyle(for: [matrix], cellWidth: cell, on: canvas)

    let groupsWidth = Double(result.levels) * cell + Double(result.levels - 1) * groupGap
    let matrixSize = matrix.size(cellWidth: cell, gap: gap)
    let title = canvas.words.say(es: "\(result.count) pesos", en: "\(result.count) weights")
    // A narrow matrix leaves room for its title.
    let titleWidth = canvas.width(title, canvas.style(.base, bold: true)) + canvas.em(0.8)
    let matrixRoom = max(matrixSize.width + middle, titleWidth)
    let used = matrixRoom + groupsWidth + note
    let left = frame.minX + (frame.width - used) / 2
    let top = frame.minY + head + canvas.em(0.3)

    // The matrix as it is.
    canvas.text(
      title, at: Point(left, frame.minY), canvas.style(.base, bold: true), vertical: .top)
    let matrixFrame = matrix.draw(
      at: Point(left, top), cellWidth: cell, labels: labels, on: &canvas)
    drawLegend(
      result.before, at: Point(left, matrixFrame.maxY + canvas.em(0.8)), on: &canvas)
    let arrowY = top + Double(depth) * cellHeight / 2
    canvas.arrow(
      from: Point(matrixFrame.maxX + middle * 0.18, arrowY),
      to: Point(matrixFrame.maxX + middle * 0.82, arrowY),
      Stroke(canvas.theme.rule, width: canvas.preset.lineWidth))

    // The groups, sorted downwards, and below each the value that stands for it.
    let start = left + matrixRoom
    canvas.text(
      canvas.words.say(
        es: "ordenados en \(result.levels) grupos", en: "sorted into \(result.levels) groups"),
      at: Point(start, frame.minY), canvas.style(.base, bold: true), vertical: .top)
    let keptTop = top + Double(depth) * (cellHeight + gap) - gap + arrowHeight
    for (index, members) in result.groups.enumerated() {
      let x = start + Double(index) * (cell + groupGap)
      var stack = MatrixChart(
        rows: members.count, columns: 1, cells: members.map { self.cell($0, canvas) })
      stack.aspect = aspect
      let frame = stack.draw(at: Point(x, top), cellWidth: cell, labels: labels, on: &canvas)
      canvas.arrow(
        from: Point(frame.midX, keptTop - arrowHeight + canvas.em(0.25)),
        to: Point(frame.midX, keptTop - canvas.em(0.25)),
        Stroke(canvas.theme.rule, width: canvas.preset.lineWidth * 0.8))
      var kept = MatrixChart(
        rows: 1, columns: 1, cells: [self.cell(result.code.representatives[index], canvas)])
      kept.aspect = aspect
      kept.draw(at: Point(x, keptTop), cellWidth: cell, labels: labels, on: &canvas)
    }
    drawLegend(
      result.after, at: Point(start, keptTop + cellHeight + canvas.em(0.8)), on: &canvas)
    if !result.lost.isEmpty {
      drawLost(
        stackX: start + Double(result.levels - 1) * (cell + groupGap), top: top,
        cell: Size(width: cell, height: cellHeight), gap: gap, keptTop: keptTop, note: note > 0,
        on: &canvas)
    }
  }

  /// Outlines the largest weight and the value that took its place.
  private func drawLost(
    stackX: Double, top: Double, cell: Size, gap: Double, keptTop: Double, note: Bool,
    on canvas: inout Canvas
  ) {
    guard result.lost.contains(result.classes[result.largest.value]) else { return }
    let last = result.groups[result.levels - 1].count - 1
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    let y = top + Double(last) * (cell.height + gap)
    let lost = Rectangle(x: stackX, y: y, width: cell.width, height: cell.height)
    canvas.outline(lost.inset(-stroke.width), stroke)
    guard note else { return }
    let x = stackX + cell.width + canvas.em(0.6)
    let style = canvas.style(.small)
    canvas.text(
      canvas.words.say(es: "se pierde", en: "is lost"), at: Point(x, lost.midY),
      canvas.style(.base, bold: true), color: canvas.theme.color(.error), vertical: .middle)
    canvas.text(
      canvas.words.say(es: "se guarda", en: "is kept"), at: Point(x, keptTop + cell.height / 2),
      style,
      color: canvas.theme.secondaryInk, vertical: .middle)
  }

  private func legendHeight(_ canvas: Canvas) -> Double {
    canvas.lineHeight(canvas.style(.small)) * 2
  }

  /// Counts of the classes, two in a row, each with a chip of its colour.
  private func drawLegend(
    _ counts: [Int], at origin: Point, on canvas: inout Canvas
  ) {
    let style = canvas.style(.small)
    let chip = style.size * 0.8
    let entries = zip(counts, ValueClass.allCases).map {
      (ValueClasses.counted($0, $1, canvas.words), $1, $0 > 0)
    }
    let column =
      (entries.map { canvas.width($0.0, style) }.max() ?? 0) + chip + canvas.em(1.1)
    for (index, (label, valueClass, present)) in entries.enumerated() {
      let x = origin.x + Double(index % 2) * column
      let y = origin.y + Double(index / 2) * canvas.lineHeight(style)
      let box = Rectangle(x: x, y: y, width: chip, height: chip)
      canvas.fill(box, canvas.theme.color(valueClass))
      canvas.outline(box, Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
      canvas.text(
        label, at: Point(x + chip + canvas.em(0.35), box.midY), style,
        color: present ? canvas.theme.ink : canvas.theme.color(.error), vertical: .middle)
    }
  }

  /// Many weights: the matrix by class, and the mix of classes in each group as a column.
  private func drawShares(on canvas: inout Canvas, in frame: Rectangle) {
    let head = canvas.lineHeight(canvas.style(.base))
    let legend = legendHeight(canvas) + canvas.em(0.8)
    let panels = frame.columns([1, 1], gap: canvas.em(2))
    let matrix = MatrixChart(
      rows: result.matrix.rows, columns: result.matrix.columns,
      cells: result.matrix.values.map {
        MatrixChart.Cell(fill: canvas.theme.color(result.classes[$0]))
      })
    let room = panels[0].inset(top: head + canvas.em(0.3), bottom: legend)
    let cell = min(matrix.cellWidth(fitting: room.size, gap: 0), canvas.em(4))
    let gap =
      result.count > MatrixChart.largestCellCount ? 0 : min(canvas.preset.cellGap, cell * 0.12)
    let width =
      (cell * Double(matrix.columns) - gap * Double(matrix.columns - 1)) / Double(matrix.columns)
    canvas.text(
      canvas.words.say(
        es: "\(canvas.words.integer(result.count)) pesos",
        en: "\(canvas.words.integer(result.count)) weights"),
      at: Point(panels[0].minX, frame.minY), canvas.style(.base, bold: true), vertical: .top)
    let drawn = matrix.draw(
      at: Point(room.minX, room.minY), cellWidth: width, labels: nil, on: &canvas)
    drawLegend(
      result.before, at: Point(room.minX, drawn.maxY + canvas.em(0.8)), on: &canvas)

    canvas.text(
      canvas.words.say(
        es: "ordenados en \(result.levels) grupos", en: "sorted into \(result.levels) groups"),
      at: Point(panels[1].minX, frame.minY), canvas.style(.base, bold: true), vertical: .top)
    let plot = panels[1].inset(top: head + canvas.em(0.3), bottom: legend)
    let keptSize = min(plot.width / Double(result.levels) * 0.86, canvas.em(2.6))
    let bars = plot.inset(bottom: keptSize + canvas.em(0.9))
    let kept = result.code.representatives.map { value in
      MatrixChart(rows: 1, columns: 1, cells: [self.cell(value, canvas)])
    }
    let labels = MatrixChart.labelStyle(for: kept, cellWidth: keptSize, on: canvas)
    for (index, column) in bars.columns(
      Array(repeating: 1, count: result.levels), gap: canvas.em(0.3)
    ).enumerated() {
      var y = column.minY
      let counts = result.classes.counts(result.groups[index])
      for (valueClass, count) in zip(ValueClass.allCases, counts) where count > 0 {
        let height = column.height * Double(count) / Double(result.groups[index].count)
        canvas.fill(
          Rectangle(x: column.x, y: y, width: column.width, height: height),
          canvas.theme.color(valueClass))
        y += height
      }
      kept[index].draw(
        at: Point(column.midX - keptSize / 2, column.maxY + canvas.em(0.9)), cellWidth: keptSize,
        labels: labels, on: &canvas)
    }
    drawLegend(
      result.after, at: Point(plot.minX, plot.maxY + canvas.em(0.8)), on: &canvas)
  }
}
