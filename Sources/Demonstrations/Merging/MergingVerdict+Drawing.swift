internal import Charts
internal import Drawing

/// Draws a row for every way: bytes before and after as bars, and whether each promise is kept.
struct MergingVerdictDrawing {
  let result: MergingVerdictResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let outcomes = result.outcomes
    let names = outcomes.map { $0.way.name(words) }
    let left = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.8)
    let heads =
      canvas.isCompact
      ? [
        words.say(es: "cabe", en: "fits"), words.say(es: "pierde", en: "loses"),
      ]
      : [
        words.say(es: "no ocupa más", en: "takes no more"),
        words.say(es: "efecto perdido", en: "effect lost"),
      ]
    let losses = outcomes.map { lostText($0.lost, words) }
    let fits = outcomes.map { MergingVerdictResult.yesOrNo($0.keepsMemory).formatted(words) }
    let columns = [
      ([heads[0]] + fits).map { canvas.width($0, bold) }.max() ?? 0,
      ([heads[1]] + losses).map { canvas.width($0, bold) }.max() ?? 0,
    ]
    let apart = canvas.em(canvas.isCompact ? 0.7 : 1.6)
    let head = canvas.lineHeight(small) + canvas.em(0.3)
    let right = columns[0] + columns[1] + 2 * apart
    let plot = frame.inset(left: left, top: head, right: right)
    // The widest label of a bar has its place too.
    let labelWidth =
      canvas.isCompact
      ? 0
      : (outcomes.map { canvas.width(size($0.base + $0.factors, words), small) }.max() ?? 0)
        + canvas.em(0.5)
    let largest = outcomes.map { max($0.base + $0.factors, $0.after) }.max() ?? 1
    let centers = [
      frame.maxX - columns[1] - apart - columns[0] / 2, frame.maxX - columns[1] / 2,
    ]
    for (text, x) in zip(heads, centers) {
      canvas.text(
        text, at: Point(x, frame.minY), small, color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .top)
    }
    drawKey(at: Point(plot.minX, frame.minY), on: &canvas)
    let rows = plot.rows(outcomes.map { _ in 1 }, gap: canvas.em(canvas.isCompact ? 0.3 : 0.8))
    for (index, (outcome, row)) in zip(outcomes, rows).enumerated() {
      canvas.text(
        names[index], at: Point(frame.minX, row.midY), bold, vertical: .middle)
      let height = min(row.height * 0.42, canvas.em(1.7))
      let gap = min(canvas.em(0.15), row.height * 0.06)
      func width(_ bytes: Int) -> Double {
        max(Double(bytes) / Double(largest) * (plot.width - labelWidth), canvas.preset.axisWidth)
      }
      let upper = row.midY - gap / 2 - height
      let lower = row.midY + gap / 2
      let base = Rectangle(x: plot.minX, y: upper, width: width(outcome.base), height: height)
      let extra = Rectangle(
        x: base.maxX, y: upper, width: width(outcome.factors), height: height)
      let after = Rectangle(
        x: plot.minX, y: lower, width: width(outcome.after), height: height)
      canvas.fill(base, canvas.theme.color(.frozen))
      Self.fillFactors(extra, on: &canvas)
      canvas.fill(after, canvas.theme.color(.merged))
      if labelWidth > 0, small.size <= height * 1.2 {
        for (bar, bytes) in [(extra, outcome.base + outcome.factors), (after, outcome.after)] {
          canvas.text(
            size(bytes, words), at: Point(bar.maxX + canvas.em(0.4), bar.midY), small,
            color: canvas.theme.secondaryInk, vertical: .middle)
        }
      }
      let answers = [(fits[index], outcome.keepsMemory), (losses[index], outcome.keepsOutputs)]
      for ((text, isGood), x) in zip(answers, centers) {
        canvas.text(
          text, at: Point(x, row.midY), bold, color: canvas.theme.color(isGood ? .merged : .error),
          anchor: .middle, vertical: .middle)
      }
    }
  }

  private func lostText(_ lost: Double, _ words: Words) -> String {
    lost < 0.0005
      ? words.say(es: "< 0,1 %", en: "< 0.1%") : words.percentage(lost, lost < 0.1 ? 1 : 0)
  }

  /// Bytes in thousands, where there are that many.
  private func size(_ bytes: Int, _ words: Words) -> String {
    bytes >= 10_000
      ? words.number(Double(bytes) / 1000, 0) + " kB" : words.integer(bytes) + " B"
  }

  /// Names the colours once.
  private func drawKey(at origin: Point, on canvas: inout Canvas) {
    guard !canvas.isCompact else { return }
    let words = canvas.words
    let small = canvas.style(.small)
    let chip = small.size * 0.8
    var x = origin.x
    let entries: [(String, Role)] = [
      ("W₀", .frozen), ("A, B", .update), (words.say(es: "W fusionada", en: "merged W"), .merged),
    ]
    for (name, role) in entries {
      let box = Rectangle(x: x, y: origin.y, width: chip, height: chip)
      if role == .update {
        Self.fillFactors(box, on: &canvas)
      } else {
        canvas.fill(box, canvas.theme.color(role))
      }
      let label = canvas.text(
        name, at: Point(x + chip + canvas.em(0.3), origin.y + chip / 2), small,
        color: canvas.theme.color(role), vertical: .middle)
      x = label.maxX + canvas.em(0.9)
    }
  }

  /// The part of the adapter is pale with a dark edge, so that it stands out in grey too.
  private static func fillFactors(_ box: Rectangle, on canvas: inout Canvas) {
    let color = canvas.theme.color(.update)
    canvas.fill(box, color.mixed(with: canvas.theme.background, 0.6))
    canvas.outline(box, Stroke(color, width: min(canvas.preset.axisWidth, box.width * 0.3)))
  }
}
