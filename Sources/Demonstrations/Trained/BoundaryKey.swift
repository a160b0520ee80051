internal import Charts
internal import Drawing

/// How the points of a decision boundary look, and what their shapes mean.
struct BoundaryKey {
  let boundary: DecisionBoundary
  let colors: [Color]

  /// A row of the key: what is drawn, and what it means.
  private struct Row {
    enum Sign {
      case example(DecisionBoundary.Example)
      case cross
      case border
    }

    var sign: Sign
    var text: String
  }

  func radius(on canvas: Canvas) -> Double {
    canvas.em(boundary.drawn.count > 300 ? 0.2 : 0.26)
  }

  /// A point: its class by colour and shape, hollow if held out, crossed if the model is wrong.
  func draw(_ example: DecisionBoundary.Example, at point: Point, on canvas: inout Canvas) {
    let (fill, ink) = (colors[example.label], canvas.theme.ink)
    let radius = radius(on: canvas)
    let thin = canvas.preset.axisWidth * 0.7
    let shape = MarkerShape.ofClass(example.label)
    if example.isHeldOut {
      canvas.marker(
        shape, at: point, radius: radius, fill: canvas.theme.background,
        stroke: Stroke(fill.mixed(with: ink, 0.35), width: thin * 1.5))
    } else {
      canvas.marker(shape, at: point, radius: radius, fill: fill, stroke: Stroke(ink, width: thin))
    }
    if !example.isRight { drawCross(at: point, on: &canvas) }
  }

  private func drawCross(at point: Point, on canvas: inout Canvas) {
    let arm = radius(on: canvas) * 1.5
    canvas.cross(
      at: point, radius: arm, Stroke(canvas.theme.background, width: canvas.preset.lineWidth * 1.4))
    canvas.cross(
      at: point, radius: arm, Stroke(canvas.theme.ink, width: canvas.preset.lineWidth * 0.7))
  }

  private func rows(_ words: Words) -> [Row] {
    func example(_ label: Int, isHeldOut: Bool) -> Row.Sign {
      .example(.init(x: 0, y: 0, label: label, isHeldOut: isHeldOut, isRight: true))
    }
    var rows = boundary.classes.enumerated().map {
      Row(sign: example($0.offset, isHeldOut: false), text: $0.element)
    }
    if boundary.examples.contains(where: \.isHeldOut) {
      rows.append(
        Row(
          sign: example(0, isHeldOut: true), text: words.say(es: "apartado", en: "held out")))
    }
    let wrong = boundary.examples.count { !$0.isRight }
    if wrong > 0 {
      rows.append(
        Row(
          sign: .cross,
          text: words.say(es: "mal: ", en: "wrong: ") + words.integer(wrong)))
    }
    rows.append(
      Row(
        sign: .border,
        text: boundary.classes.count == 2
          ? "p = " + words.number(0.5, 1) : words.say(es: "frontera", en: "border")))
    return rows
  }

  private func signWidth(on canvas: Canvas) -> Double { canvas.em(1.2) }

  /// The width that the key takes, at most a given one.
  func width(on canvas: Canvas, most: Double) -> Double {
    let style = canvas.style(.small)
    let widest = rows(canvas.words).map { canvas.width($0.text, style) }.max() ?? 0
    return min(signWidth(on: canvas) + widest + 0.1, most)
  }

  /// A text as far as it fits.
  func cut(_ text: String, _ style: TextStyle, width: Double, on canvas: Canvas) -> String {
    guard canvas.width(text, style) > width else { return text }
    var text = text.prefix(200)
    while !text.isEmpty, canvas.width(text + "…", style) > width { text.removeLast() }
    return text.isEmpty ? "" : text + "…"
  }

  /// Draws as many rows as there is room for; the classes in the middle are left out first.
  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let style = canvas.style(.small)
    let pitch = canvas.lineHeight(style) * (canvas.isCompact ? 1 : 1.2)
    var rows = rows(canvas.words)
    let room = max(Int((frame.height + pitch - style.size) / pitch), 1)
    let fixed = rows.count - boundary.classes.count
    if rows.count > room {
      let kept = max(room - fixed - 1, 1)
      let hidden = boundary.classes.count - kept
      rows.removeSubrange(kept..<kept + hidden)
      rows.insert(
        Row(sign: .cross, text: "… + " + canvas.words.integer(hidden)), at: kept)
      rows = Array(rows.prefix(room))
    }
    for (index, row) in rows.enumerated() {
      let y = frame.minY + style.size / 2 + Double(index) * pitch
      let middle = Point(frame.minX + canvas.em(0.45), y)
      switch row.sign {
      case .example(let example): draw(example, at: middle, on: &canvas)
      case .cross where row.text.hasPrefix("…"): break
      case .cross: drawCross(at: middle, on: &canvas)
      case .border:
        canvas.line(
          Point(frame.minX, y), Point(frame.minX + canvas.em(0.9), y),
          Stroke(canvas.theme.ink, width: canvas.preset.lineWidth))
      }
      let left = frame.minX + signWidth(on: canvas)
      canvas.text(
        cut(row.text, style, width: frame.maxX - left, on: canvas), at: Point(left, y), style,
        color: canvas.theme.ink, vertical: .middle)
    }
  }
}
