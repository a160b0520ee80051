internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws each row in a plane of its own: the row, where LoRA takes it, and where DoRA does.
struct DoraDrawing {
  let result: DoraResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let compact = canvas.isCompact
    let keyHeight = canvas.lineHeight(small) + canvas.em(0.6)
    let noteLines = compact ? 1.0 : 2.0
    let foot = noteLines * canvas.lineHeight(small) + canvas.em(0.5)
    let planes = frame.inset(top: keyHeight, bottom: foot).columns(
      [1, 1, 1], gap: canvas.em(compact ? 0.8 : 2))
    let reach = [result.weight, result.lora, result.dora].flatMap(\.rowNorms).max() ?? 1
    let radius = min(planes[0].width, planes[0].height) / 2
    let unit = radius / max(reach * 1.04, 1e-6)
    drawKey(at: Point(frame.midX, frame.minY), on: &canvas)
    for (row, plane) in planes.enumerated() {
      let center = Point(plane.midX, plane.midY)
      func tip(_ matrix: Matrix) -> Point {
        Point(
          center.x + unit * Double(matrix[row, 0]), center.y - unit * Double(matrix[row, 1]))
      }
      canvas.line(
        Point(center.x - radius, center.y), Point(center.x + radius, center.y),
        canvas.faintStroke)
      canvas.line(
        Point(center.x, center.y - radius), Point(center.x, center.y + radius),
        canvas.faintStroke)
      canvas.dot(
        center, radius: unit * Double(result.magnitude[row]),
        stroke: Stroke(
          canvas.theme.rule, width: canvas.preset.axisWidth,
          dashes: [canvas.em(0.25), canvas.em(0.2)]))
      // DoRA's wide line lies below LoRA's arrow: both point the same way.
      canvas.line(center, tip(result.dora), doraStroke(canvas))
      canvas.dot(
        tip(result.dora), radius: canvas.preset.lineWidth * 2.2, fill: canvas.theme.color(.merged))
      canvas.arrow(from: center, to: tip(result.weight), frozenStroke(canvas))
      canvas.arrow(from: center, to: tip(result.lora), loraStroke(canvas))
      let lengths = [result.weight, result.lora, result.dora].map {
        words.number($0.rowNorms[row], 2)
      }
      let top = frame.maxY - foot + canvas.em(0.5)
      canvas.runs(
        [
          (lengths[0], canvas.theme.color(.frozen)), (" → ", canvas.theme.secondaryInk),
          (lengths[1], canvas.theme.color(.update)), (" → ", canvas.theme.secondaryInk),
          (lengths[2], canvas.theme.color(.merged)),
        ], at: Point(plane.midX, top), small, anchor: .middle, vertical: .top)
      guard !compact else { continue }
      let turn = words.number(result.turn(row, result.dora), 0)
      canvas.text(
        words.say(
          es: "fila \(row + 1), giro de \(turn)°", en: "row \(row + 1), turned by \(turn)°"),
        at: Point(plane.midX, top + canvas.lineHeight(small)), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
    }
  }

  private func frozenStroke(_ canvas: Canvas) -> Stroke {
    Stroke(canvas.theme.color(.frozen), width: canvas.preset.lineWidth)
  }
  private func loraStroke(_ canvas: Canvas) -> Stroke {
    Stroke(canvas.theme.color(.update), width: canvas.preset.lineWidth * 0.9)
  }
  private func doraStroke(_ canvas: Canvas) -> Stroke {
    Stroke(
      canvas.theme.color(.merged).mixed(with: canvas.theme.background, 0.45),
      width: canvas.preset.lineWidth * 2.6)
  }

  private func drawKey(at point: Point, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let entries: [(String, Role, Stroke)] = [
      (
        canvas.isCompact ? "W₀" : canvas.words.say(es: "fila de W₀", en: "row of W₀"), .frozen,
        frozenStroke(canvas)
      ),
      (canvas.isCompact ? "LoRA" : "W₀ + ΔW (LoRA)", .update, loraStroke(canvas)),
      ("DoRA", .merged, doraStroke(canvas)),
    ]
    let sample = canvas.em(1.8)
    let widths = entries.map { sample + canvas.em(0.7) + canvas.width($0.0, small) }
    let gap = canvas.em(1.6)
    var x = point.x - (widths.reduce(0, +) + gap * 2) / 2
    for ((name, role, stroke), width) in zip(entries, widths) {
      let y = point.y + 0.4 * small.size
      if role == .merged {
        canvas.line(Point(x, y), Point(x + sample, y), stroke)
        canvas.dot(
          Point(x + sample, y), radius: canvas.preset.lineWidth * 2.2,
          fill: canvas.theme.color(role))
      } else {
        canvas.arrow(from: Point(x, y), to: Point(x + sample, y), stroke)
      }
      canvas.text(
        name, at: Point(x + sample + canvas.em(0.7), y), small, color: canvas.theme.color(role),
        vertical: .middle)
      x += width + gap
    }
  }
}
