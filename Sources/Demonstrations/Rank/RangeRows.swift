internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Rows with a name, the values of all seeds as dots on a line, and the median as a mark with its number.
struct RangeRows {
  struct Row {
    var name: String
    /// Stands below the name in smaller words; empty for none.
    var note: String
    var values: [Double]
    var role: Role
  }

  var rows: [Row]
  var heading: String
  var decimals = 2

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let compact = canvas.isCompact
    let base = canvas.style(compact ? .small : .base)
    let head = canvas.style(compact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    canvas.text(heading, at: Point(frame.minX, frame.minY), head, vertical: .top)
    let numbers = rows.map { words.number(Statistics.median($0.values), decimals) }
    let left =
      (rows.map { max(canvas.width($0.name, base), compact ? 0 : canvas.width($0.note, small)) }
        .max() ?? 0) + canvas.em(1)
    let right = (numbers.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.8)
    let all = rows.flatMap(\.values)
    let probe = Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: [])
    let plot = frame.inset(
      left: left, top: canvas.lineHeight(head) + canvas.em(0.5), right: right,
      bottom: probe.height(on: canvas))
    let side = PlotFrame.Side.around(all, on: canvas, height: plot.width * 0.6)
    let scale = Scale(domain: side.domain, from: plot.minX, to: plot.maxX)
    for tick in side.ticks {
      canvas.line(
        Point(scale(tick.value), plot.minY), Point(scale(tick.value), plot.maxY),
        canvas.faintStroke)
    }
    Axis(scale: scale, ticks: side.ticks).drawBelow(plot, on: &canvas)
    let width = canvas.preset.lineWidth
    let pitch = plot.height / Double(max(rows.count, 1))
    for (index, (row, number)) in zip(rows, numbers).enumerated() {
      let y = plot.minY + (Double(index) + 0.5) * pitch
      let color = canvas.theme.color(row.role)
      let hasNote = !compact && !row.note.isEmpty && pitch > 2.4 * small.size
      let offset = hasNote ? canvas.lineHeight(base) * 0.5 : 0
      canvas.text(
        row.name, at: Point(frame.minX, y - offset), base, vertical: .middle)
      if hasNote {
        canvas.text(
          row.note, at: Point(frame.minX, y + canvas.lineHeight(small) * 0.5), small,
          color: canvas.theme.secondaryInk, vertical: .middle)
      }
      canvas.line(
        Point(scale(row.values.min() ?? 0), y), Point(scale(row.values.max() ?? 0), y),
        Stroke(color.mixed(with: canvas.theme.background, 0.55), width: width))
      for value in row.values {
        canvas.dot(
          Point(scale(value), y), radius: width * 1.1,
          fill: color.mixed(with: canvas.theme.background, 0.35))
      }
      let middle = scale(Statistics.median(row.values))
      canvas.line(
        Point(middle, y - canvas.em(0.55)), Point(middle, y + canvas.em(0.55)),
        Stroke(color, width: width * 1.6))
      canvas.text(
        number, at: Point(frame.maxX, y), bold, color: color, anchor: .end, vertical: .middle)
    }
  }
}
