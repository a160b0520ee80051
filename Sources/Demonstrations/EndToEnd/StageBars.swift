internal import Charts
internal import Drawing
internal import Experiments

/// Two bars for each stage: divisions, and what was known before; with a tick for each seed where there are several.
struct StageBars {
  var study: PipelineStudy
  var stages: [ExamPipeline.Stage]

  func draw(in whole: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let frame = drawNote(in: whole, on: &canvas)
    let compact = canvas.isCompact
    let head = canvas.style(compact ? .small : .base, bold: true)
    let base = canvas.style(compact ? .small : .base)
    let bold = canvas.style(.small, bold: true)
    let names = stages.map { PipelineStudy.name($0)(words) }
    let left = (names.map { canvas.width($0, base) }.max() ?? 0) + canvas.em(1)
    let labels = stages.map { stage in
      let scores = study.score(stage)
      return (
        words.percentage(scores.newShare, 1), words.percentage(scores.oldShare, 1)
      )
    }
    let right = (labels.flatMap { [$0.0, $0.1] }.map { canvas.width($0, bold) }.max() ?? 0)
    let (top, rest) = frame.cutTop(canvas.lineHeight(head), gap: canvas.em(0.6))
    let body = rest.cutLeft(left).rest
    let parts = body.columns([1, 1], gap: canvas.em(1.4))
    let titles = [
      words.say(es: "divisiones", en: "divisions"),
      compact
        ? words.say(es: "lo anterior", en: "old subjects")
        : words.say(es: "lo que ya sabía", en: "what it knew before"),
    ]
    let roles: [Role] = [.update, .frozen]
    for (index, part) in parts.enumerated() {
      canvas.text(
        titles[index], at: Point(part.minX, top.minY), head,
        color: canvas.theme.color(roles[index]), vertical: .top)
      let width = part.width - right - canvas.em(0.6)
      let pitch = part.height / Double(max(stages.count, 1))
      for (row, stage) in stages.enumerated() {
        let scores = study.score(stage)
        let share = index == 0 ? scores.newShare : scores.oldShare
        let height = min(pitch * 0.55, canvas.em(2))
        let y = part.minY + (Double(row) + 0.5) * pitch
        let whole = Rectangle(x: part.minX, y: y - height / 2, width: width, height: height)
        canvas.fill(whole, canvas.theme.panel)
        canvas.outline(whole, canvas.faintStroke)
        canvas.fill(
          Rectangle(x: whole.minX, y: whole.minY, width: width * share, height: height),
          canvas.theme.color(roles[index]))
        if !stage.isBeforeTraining {
          drawSeeds(
            study.scores(stage).map { index == 0 ? $0.newShare : $0.oldShare }, below: whole,
            canvas.theme.color(roles[index]), on: &canvas)
        }
        canvas.text(
          index == 0 ? labels[row].0 : labels[row].1,
          at: Point(whole.maxX + canvas.em(0.5), y), bold,
          color: canvas.theme.color(roles[index]), vertical: .middle)
        if index == 0 {
          canvas.text(names[row], at: Point(frame.minX, y), base, vertical: .middle)
        }
      }
      canvas.line(Point(part.minX, part.minY), Point(part.minX, part.maxY), canvas.axisStroke)
    }
  }

  /// A tick below the bar for each seed.
  private func drawSeeds(
    _ shares: [Double], below bar: Rectangle, _ color: Color, on canvas: inout Canvas
  ) {
    guard shares.count > 1 else { return }
    for share in shares {
      let x = bar.minX + bar.width * share
      canvas.line(
        Point(x, bar.maxY + canvas.em(0.12)), Point(x, bar.maxY + canvas.em(0.5)),
        Stroke(color, width: canvas.preset.lineWidth * 0.7))
    }
  }

  private func drawNote(in frame: Rectangle, on canvas: inout Canvas) -> Rectangle {
    let note = study.note(canvas.words, isShort: canvas.isCompact)
    guard !note.isEmpty else { return frame }
    let small = canvas.style(.small)
    let (foot, rest) = frame.cutBottom(small.size, gap: canvas.em(0.7))
    canvas.text(
      note, at: Point(foot.minX, foot.minY), small, color: canvas.theme.secondaryInk,
      vertical: .top)
    return rest
  }

  /// The scores in words.
  func list(_ words: Words) -> String {
    stages.map { stage in
      let scores = study.score(stage)
      let (new, old) = (words.percentage(scores.newShare, 1), words.percentage(scores.oldShare, 1))
      return "\(PipelineStudy.name(stage)(words)): "
        + words.say(es: "divisiones \(new), lo anterior \(old)", en: "divisions \(new), old \(old)")
    }.joined(separator: "; ")
  }
}
