internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the three starts of the decaying matrix as sums, and the errors in four bits as bars.
struct InformedStartsDrawing {
  let result: InformedStartsResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    guard !canvas.isCompact else {
      drawErrors(in: frame, on: &canvas)
      return
    }
    let parts = frame.columns([1.15, 1], gap: canvas.em(2.5))
    drawSums(in: parts[0], on: &canvas)
    drawErrors(in: parts[1], on: &canvas)
  }

  private func drawSums(in frame: Rectangle, on canvas: inout Canvas) {
    let base = canvas.style(.base, bold: true)
    let trial = result.trials[0]
    let rows: [(name: String, start: Initialization)] = [
      ("PiSSA", trial.pissa), ("OLoRA", trial.olora), ("LoftQ", trial.loftQ),
    ]
    let all = trial.matrix.values + rows.flatMap { $0.start.baseWeight.values }
    let limit = ColorScale.roundLimit(Double(Statistics.absoluteMaximum(all)?.value ?? 1))
    let names =
      max(
        rows.map { canvas.width($0.name, base) }.max() ?? 0,
        canvas.width("B·A ×10", canvas.style(.small))) + canvas.em(0.8)
    let sign = canvas.em(1.8)
    let head = canvas.lineHeight(base) + canvas.em(0.3)
    let gap = canvas.em(0.8)
    let side = min(
      (frame.width - names - 2 * sign) / 3, (frame.height - head - 2 * gap) / 3)
    let used = names + 3 * side + 2 * sign
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let height = head + 3 * side + 2 * gap
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let xs = [left + names, left + names + side + sign, left + names + 2 * (side + sign)]
    canvas.frozenName(
      canvas.words.say(es: "base", en: "base"), at: Point(xs[0] + side / 2, top), base,
      anchor: .middle)
    for (name, x, role) in [("B·A", xs[1], Role.update), ("W", xs[2], .original)] {
      canvas.text(
        name, at: Point(x + side / 2, top), base, color: canvas.theme.color(role),
        anchor: .middle, vertical: .top)
    }
    for (index, row) in rows.enumerated() {
      let y = top + head + Double(index) * (side + gap)
      // What LoftQ takes back is small; it is shown on a scale of its own, ten times finer.
      let isFine = row.name == "LoftQ"
      canvas.text(
        row.name, at: Point(left, y + side / 2), base, vertical: isFine ? .bottom : .middle)
      if isFine {
        canvas.text(
          "B·A ×10", at: Point(left, y + side / 2 + canvas.em(0.15)), canvas.style(.small),
          color: canvas.theme.secondaryInk, vertical: .top)
      }
      let matrices = [
        row.start.baseWeight, row.start.adapter.deltaWeight, StartTrial.sum(row.start),
      ]
      for (index, (matrix, x)) in zip(matrices, xs).enumerated() {
        canvas.paintedMap(
          matrix, limit: isFine && index == 1 ? limit / 10 : limit,
          in: Rectangle(x: x, y: y, width: side, height: side))
      }
      let isExact = trial.difference(row.start) < 1e-5
      for (string, x) in [("+", xs[0]), (isExact ? "=" : "≈", xs[1])] {
        canvas.text(
          string, at: Point(x + side + sign / 2, y + side / 2), base,
          color: canvas.theme.secondaryInk, anchor: .middle, vertical: .middle)
      }
    }
  }

  private func drawErrors(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let trials = result.trials
    let methods = InformedStartsResult.methods
    let largest = trials.flatMap { result.errors($0) }.max() ?? 0
    let gutter = (methods.map { canvas.width($0, small) }.max() ?? 0) + canvas.em(0.6)
    let right = canvas.width(words.percentage(0.888, 1), small) + canvas.em(0.5)
    let plot = frame.inset(left: gutter, right: right)
    // A line for the heading of every matrix, and one for each of its bars.
    let lines = Double(trials.count * (methods.count + 1)) + Double(trials.count - 1) * 0.5
    let title = canvas.isCompact ? 0 : canvas.lineHeight(small) + canvas.em(0.6)
    let pitch = min((frame.height - title) / lines, canvas.em(2.1))
    var y = frame.minY + max(0, (frame.height - title - lines * pitch) / 2)
    if !canvas.isCompact {
      canvas.text(
        words.say(es: "error al empezar, base en NF4", en: "error at the start, base in NF4"),
        at: Point(frame.minX, y), small, color: canvas.theme.secondaryInk, vertical: .top)
      y += title
    }
    for (name, trial) in zip(InformedStartsResult.names, trials) {
      canvas.text(
        name(words), at: Point(frame.minX, y + pitch / 2), bold, vertical: .middle)
      y += pitch
      let errors = result.errors(trial)
      let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
      for (index, error) in errors.enumerated() {
        let bar = Rectangle(
          x: plot.minX, y: y + 0.16 * pitch,
          width: largest > 0 ? plot.width * error / largest : 0, height: 0.68 * pitch)
        canvas.text(
          methods[index], at: Point(plot.minX - canvas.em(0.5), bar.midY), small,
          color: canvas.theme.secondaryInk, anchor: .end, vertical: .middle)
        canvas.fill(bar, canvas.theme.color(index == 0 ? .quantized : .update))
        canvas.text(
          words.percentage(error, 1), at: Point(bar.maxX + canvas.em(0.4), bar.midY),
          index == best ? bold : small, vertical: .middle)
        y += pitch
      }
      y += pitch / 2
    }
  }
}

extension Canvas {
  /// Paints a matrix as one image on the scale of signed values.
  ///
  /// Of a side with more cells than a page can show, cells at equal distances are painted.
  mutating func paintedMap(_ matrix: Matrix, limit: Double, in frame: Rectangle) {
    let scale = theme.signedScale
    func places(_ count: Int) -> [Int] {
      let step = (count + 767) / 768
      return Array(stride(from: 0, to: count, by: max(step, 1)))
    }
    let columns = places(matrix.columns)
    let colors = places(matrix.rows).flatMap { row in
      columns.map { scale.color(ofSigned: Double(matrix[row, $0]), limit: limit) }
    }
    add(.cells(CellGrid(frame: frame, columns: columns.count, colors: colors)))
  }
}
