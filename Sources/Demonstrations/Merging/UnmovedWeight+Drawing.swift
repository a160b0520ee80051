internal import Charts
internal import Drawing

/// Draws the levels around the weight, and below them what three updates do to it.
struct UnmovedWeightDrawing {
  let result: UnmovedWeightResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let notes = result.trials.map { note(on: $0, words) }
    let right =
      canvas.isCompact
      ? 0
      : (notes.flatMap { [$0.0, $0.1] }.map { canvas.width($0, small) }.max() ?? 0)
        + canvas.em(1.5)
    let shares = result.trials.map { "ρ = " + Value.settingShare($0.share).formatted(words) }
    let head = words.say(es: "la base", en: "the base")
    let left = ((shares + [head]).map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(1)
    let scale = Scale(domain: domain, from: frame.minX + left, to: frame.maxX - right)
    let rows = frame.rows([1.15] + result.trials.map { _ in 1 }, gap: canvas.em(0.2))

    // From the weight down through all rows, so that they can be compared with where it was.
    canvas.line(
      Point(scale(result.start), rows[0].midY), Point(scale(result.start), frame.maxY),
      canvas.faintStroke)
    var line = line(stretch: 1, scale: scale, on: canvas)
    line.upperLabels = labels(scale: scale, on: canvas)
    line.lowerLabels = line.levels.map { words.number($0, 3) }
    line.lowerRows = 1
    let top =
      rows[0].minY + max(line.upperHeight(on: canvas), rows[0].height * 0.42)
    line.draw(y: top, on: &canvas)
    canvas.text(head, at: Point(frame.minX, top), bold, vertical: .middle)
    canvas.dot(
      Point(scale(result.start), top), radius: canvas.preset.lineWidth * 2,
      fill: canvas.theme.color(.frozen))
    for (index, (trial, row)) in zip(result.trials, rows.dropFirst()).enumerated() {
      drawTrial(trial, label: shares[index], in: row, scale: scale, on: &canvas)
      guard right > 0 else { continue }
      let x = frame.maxX - right + canvas.em(1.5)
      let y = row.midY + canvas.em(0.35)
      let role: Role = trial.code == result.code ? .error : .merged
      canvas.text(
        notes[index].0, at: Point(x, y - canvas.lineHeight(small) / 2), small,
        color: canvas.theme.color(role), vertical: .middle)
      canvas.text(
        notes[index].1, at: Point(x, y + canvas.lineHeight(small) / 2), small,
        color: canvas.theme.secondaryInk, vertical: .middle)
    }
  }

  /// Everything that happens, and one level more on each side.
  private var domain: ClosedRange<Double> {
    let places =
      [result.start] + result.trials.flatMap { [result.start + $0.change, $0.restored] }
    let (low, high) = (places.min() ?? 0, places.max() ?? 0)
    let below = result.levels.last { $0 < low - 1e-6 } ?? low - 0.1
    let above = result.levels.first { $0 > high + 1e-6 } ?? high + 0.1
    let pad = 0.06 * (above - below)
    return (below - pad)...(above + pad)
  }

  /// The levels and thresholds of a block whose absmax has grown by a factor.
  private func line(stretch: Double, scale: Scale, on canvas: Canvas) -> NumberLine {
    func shown(_ values: [Double]) -> [Double] {
      values.map { $0 * stretch }.filter { scale.domain.contains($0) }
    }
    return NumberLine(
      scale: scale, levels: shown(result.levels), thresholds: shown(result.thresholds),
      color: canvas.theme.color(.quantized))
  }

  /// The codes of the levels, where they have room.
  private func labels(scale: Scale, on canvas: Canvas) -> [String] {
    let shown = result.levels.indices.filter { scale.domain.contains(result.levels[$0]) }
    let places = shown.map { scale(result.levels[$0]) }
    let nearest = zip(places, places.dropFirst()).map { abs($1 - $0) }.min() ?? .infinity
    guard nearest >= canvas.em(1.2) else { return [] }
    return shown.map { String($0, radix: 16, uppercase: true) }
  }

  private func note(
    on trial: UnmovedWeightResult.Trial, _ words: Words
  ) -> (String, String) {
    let isSame = trial.code == result.code
    return (
      isSame
        ? words.say(es: "vuelve al mismo nivel", en: "back to the same level")
        : words.say(es: "pasa a otro nivel", en: "on to another level"),
      words.say(
        es: "\(trial.changedInBlock) de \(result.blockCount) códigos cambian",
        en: "\(trial.changedInBlock) of \(result.blockCount) codes change")
    )
  }

  /// The levels after the update, an arrow above them to where the weight was sent, and where it is.
  private func drawTrial(
    _ trial: UnmovedWeightResult.Trial, label: String, in row: Rectangle, scale: Scale,
    on canvas: inout Canvas
  ) {
    let y = row.midY + canvas.em(0.35)
    canvas.text(
      label, at: Point(row.minX, y), canvas.style(.small, bold: true),
      color: canvas.theme.color(.update), vertical: .middle)
    line(stretch: trial.stretch, scale: scale, on: canvas).draw(y: y, on: &canvas)
    let above = y - canvas.em(0.95)
    let (from, to) = (scale(result.start), scale(result.start + trial.change))
    canvas.dot(
      Point(from, above), radius: canvas.preset.lineWidth * 1.6, fill: canvas.theme.color(.frozen))
    if abs(to - from) > canvas.preset.lineWidth * 2 {
      canvas.arrow(from: Point(from, above), to: Point(to, above), canvas.dataStroke(.update))
    }
    let role: Role = trial.code == result.code ? .error : .merged
    canvas.dot(
      Point(scale(trial.restored), y), radius: canvas.preset.lineWidth * 2.2,
      fill: canvas.theme.color(role))
  }
}
