internal import Charts
internal import Drawing

/// Draws the block once for every choice, with what is trained at the right.
struct AdapterTargetsDrawing {
  let result: AdapterTargetsResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let base = canvas.style(compact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let choices = result.choices
    let names = choices.map { $0.name(words) }
    let counts = choices.map { millions(result.trained($0), words) }
    let shares = choices.map { words.percentage(result.share($0), 2) }
    func widest(_ texts: [String], _ style: TextStyle) -> Double {
      texts.map { canvas.width($0, style) }.max() ?? 0
    }
    let heads = (
      words.say(es: "se entrenan", en: "trained"), words.say(es: "del modelo", en: "of the model")
    )
    let gutter = widest(names, base) + canvas.em(1)
    let gap = canvas.em(compact ? 0.8 : 1.4)
    let countWidth = max(widest(counts, base), canvas.width(heads.0, small))
    let shareWidth = max(widest(shares, base), compact ? 0 : canvas.width(heads.1, small))
    let right = countWidth + gap + (compact ? 0 : shareWidth + gap)
    let head = canvas.lineHeight(small) + canvas.em(0.5)
    let body = frame.inset(left: gutter, top: head, right: right)
    let rows = body.rows(
      Array(repeating: 1, count: choices.count), gap: canvas.em(compact ? 0.5 : 1))
    canvas.text(
      heads.0, at: Point(body.maxX + gap + countWidth, frame.minY), small,
      color: canvas.theme.secondaryInk, anchor: .end, vertical: .top)
    if !compact {
      canvas.text(
        heads.1, at: Point(frame.maxX, frame.minY), small, color: canvas.theme.secondaryInk,
        anchor: .end, vertical: .top)
    }
    for (index, (choice, row)) in zip(choices, rows).enumerated() {
      let height = min(row.height, canvas.em(3.4))
      let strip = Rectangle(
        x: row.minX, y: row.midY - height / 2, width: row.width, height: height)
      canvas.text(names[index], at: Point(frame.minX, row.midY), base, vertical: .middle)
      drawBlock(choice, in: strip, on: &canvas)
      canvas.text(
        counts[index], at: Point(body.maxX + gap + countWidth, row.midY), base,
        color: canvas.theme.color(.update), anchor: .end, vertical: .middle)
      guard !compact else { continue }
      canvas.text(
        shares[index], at: Point(frame.maxX, row.midY), base, anchor: .end, vertical: .middle)
    }
  }

  /// The matrices of a block side by side, as wide as they have weights.
  private func drawBlock(
    _ choice: AdapterTargetsResult.Choice, in frame: Rectangle, on canvas: inout Canvas
  ) {
    let small = canvas.style(.small)
    let modules = result.modules
    let sizes = modules.map { Double($0.rows * $0.columns) }
    // Even a matrix that is tiny beside the others can be seen.
    let least = 0.02 * sizes.reduce(0, +)
    let boxes = frame.columns(sizes.map { max($0, least) }, gap: canvas.preset.cellGap * 1.5)
    let shown = zip(modules, boxes).allSatisfy {
      canvas.width($0.name, small) <= $1.width - canvas.em(0.3)
    }
    for (module, box) in zip(modules, boxes) {
      let isTarget = choice.modules.contains(module.name)
      let fill = isTarget ? canvas.theme.color(.update) : canvas.theme.panel
      canvas.fill(box, fill, cornerRadius: canvas.em(0.15))
      if !isTarget {
        canvas.outline(box, canvas.axisStroke, cornerRadius: canvas.em(0.15))
      }
      guard shown else { continue }
      canvas.text(
        module.name, at: box.center, small,
        color: isTarget ? fill.readableInk : canvas.theme.color(.frozen), anchor: .middle,
        vertical: .middle, box: box, backdrop: fill)
    }
  }

  private func millions(_ count: Int, _ words: Words) -> String {
    count < 100_000
      ? words.integer(count)
      : words.number(Double(count) / 1e6, count < 10_000_000 ? 2 : 1)
        + words.say(es: " M", en: " M")
  }
}
