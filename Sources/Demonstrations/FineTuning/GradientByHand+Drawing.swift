internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the way forward on the left, and the way back as a product in the shape of an L on the right.
struct GradientByHandDrawing {
  let result: GradientByHandResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let example = result.example
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    let (rows, columns) = (Double(example.weight.rows), Double(example.weight.columns))
    // Where there is little room the error stands for output and answer too.
    let answers: [(name: String, matrix: Matrix, role: Role)] =
      (canvas.isCompact
        ? []
        : [
          ("y", example.output.transposed, .original), ("t", example.target.transposed, .original),
        ]) + [("e", result.errors, .error)]
    let gap = canvas.preset.cellGap
    let apart = canvas.em(0.7)
    let middle = canvas.em(canvas.isCompact ? 1.8 : 4)
    let label = canvas.em(1.4)
    let head = canvas.lineHeight(base) + canvas.em(0.5)
    let foot = canvas.lineHeight(small) + canvas.em(0.6)
    let cellsAcross = 2 * columns + Double(answers.count) + 1
    let cell = min(
      (frame.width - middle - 2 * apart - label) / cellsAcross - gap,
      (frame.height - head - foot - apart) / (rows + 1) - gap, canvas.em(4))
    let pitch = cell + gap
    let used = cellsAcross * pitch + 2 * apart + middle + label
    let height = head + (rows + 1) * pitch + apart + foot
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let inputTop = top + head
    let gridTop = inputTop + pitch + apart

    let weightLeft = left + label
    let answersLeft = weightLeft + columns * pitch + apart
    let errorLeft = answersLeft + Double(answers.count) * pitch + middle
    let gradientLeft = errorLeft + pitch + apart
    func chart(_ matrix: Matrix, _ limit: Double, _ decimals: Int) -> MatrixChart {
      MatrixChart(matrix, limit: limit, decimals: decimals, context: canvas.context)
    }
    let weightDecimals = decimalsNeeded(example.weight.values)
    let errorDecimals = result.errorDecimals
    let placed: [(MatrixChart, Point)] =
      [
        (chart(example.input, result.inputLimit, 1), Point(weightLeft, inputTop)),
        (chart(example.weight, result.limit, weightDecimals), Point(weightLeft, gridTop)),
        (chart(result.errors, result.limit, errorDecimals), Point(errorLeft, gridTop)),
        (chart(example.input, result.inputLimit, 1), Point(gradientLeft, inputTop)),
        (chart(result.gradient, result.limit, result.decimals), Point(gradientLeft, gridTop)),
      ]
      + answers.enumerated().map { index, answer in
        (
          chart(
            answer.matrix, result.limit,
            index == answers.count - 1 ? errorDecimals : result.decimals),
          Point(answersLeft + Double(index) * pitch, gridTop)
        )
      }
    let labels = MatrixChart.labelStyle(for: placed.map(\.0), cellWidth: cell, on: canvas)
    for (chart, origin) in placed {
      chart.draw(at: origin, cellWidth: cell, gap: gap, labels: labels, on: &canvas)
    }

    // What each part is called.
    let titles = [
      (words.say(es: "adelante: y = x Wᵀ", en: "forward: y = x Wᵀ"), weightLeft),
      (words.say(es: "atrás: dW = eᵀ x", en: "back: dW = eᵀ x"), errorLeft),
    ]
    let titleStyle =
      canvas.width(titles[0].0, base) + canvas.em(0.5) < errorLeft - weightLeft ? base : small
    for (title, x) in titles {
      canvas.text(title, at: Point(x, top), titleStyle, vertical: .top)
    }
    for (name, y) in [("x", inputTop + cell / 2), ("W", gridTop + rows * pitch / 2)] {
      canvas.text(
        name, at: Point(weightLeft - canvas.em(0.4), y), base, anchor: .end, vertical: .middle)
    }
    for (index, answer) in answers.enumerated() {
      canvas.text(
        answer.name,
        at: Point(answersLeft + (Double(index) + 0.5) * pitch - gap / 2, gridTop - canvas.em(0.3)),
        base, color: canvas.theme.color(answer.role), anchor: .middle, vertical: .bottom)
    }
    canvas.text(
      "e", at: Point(errorLeft + cell / 2, gridTop - canvas.em(0.3)), base,
      color: canvas.theme.color(.error), anchor: .middle, vertical: .bottom)

    // The weight that the arithmetic below is about.
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    let (row, column) = (Double(result.pointed.row), Double(result.pointed.column))
    for corner in [
      Point(errorLeft, gridTop + row * pitch), Point(gradientLeft + column * pitch, inputTop),
      Point(gradientLeft + column * pitch, gridTop + row * pitch),
    ] {
      canvas.outline(
        Rectangle(x: corner.x, y: corner.y, width: cell, height: cell).inset(-stroke.width), stroke)
    }
    let bottom = gridTop + rows * pitch + canvas.em(0.6)
    canvas.text(
      result.product(words), at: Point(errorLeft, bottom),
      canvas.isCompact ? small : canvas.style(.base), vertical: .top)
    if !canvas.isCompact {
      canvas.text(
        "e = y − t", at: Point(answersLeft, bottom), canvas.style(.base),
        color: canvas.theme.color(.error), vertical: .top)
    }
  }
}
