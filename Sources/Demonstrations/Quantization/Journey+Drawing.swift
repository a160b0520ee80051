internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the stations as boxes, and below them the line of levels with a part of it enlarged.
struct JourneyDrawing {
  let result: JourneyResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let small = canvas.style(.small)
    let stationsHeight = canvas.lineHeight(small) * 2 + canvas.em(2.3)
    let (stations, rest) = frame.cutTop(
      stationsHeight, gap: canvas.em(canvas.isCompact ? 0.6 : 1.6))
    drawStations(in: stations, on: &canvas)
    drawLines(in: rest, on: &canvas)
  }

  private func drawStations(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    let compact = canvas.isCompact
    let stations: [(head: String, value: String, role: Role, mono: Bool)] = [
      (words.say(es: "peso", en: "weight"), result.text(result.weight, words), .original, false),
      (
        words.say(es: "escalado", en: "scaled"), words.number(Double(result.scaled), 3),
        .original, false
      ),
      (
        words.say(es: "código \(result.code)", en: "code \(result.code)"),
        binary(UInt16(result.code), 4), .quantized, true
      ),
      ("byte", hexadecimal(result.byte), .quantized, true),
      (
        words.say(es: "de vuelta", en: "back"), result.text(result.restored, words), .quantized,
        false
      ),
    ]
    let gap = canvas.em(compact ? 0.9 : 2.4)
    let boxes = frame.columns(Array(repeating: 1, count: stations.count), gap: gap)
    for (index, (station, box)) in zip(stations, boxes).enumerated() {
      canvas.text(
        station.head, at: Point(box.midX, box.minY), small, color: canvas.theme.secondaryInk,
        anchor: .middle, vertical: .top)
      let body = box.inset(top: canvas.lineHeight(small), bottom: canvas.lineHeight(small))
      canvas.fill(body, canvas.theme.panel, cornerRadius: canvas.em(0.3))
      canvas.outline(
        body, Stroke(canvas.theme.color(station.role), width: canvas.preset.axisWidth * 1.6),
        cornerRadius: canvas.em(0.3))
      let style = canvas.style(
        compact ? .small : .base, bold: !compact, typeface: station.mono ? .mono : .sans)
      canvas.text(
        station.value, at: body.center, style, color: canvas.theme.color(station.role),
        anchor: .middle, vertical: .middle, box: body, backdrop: canvas.theme.panel)
      if index > 0 {
        canvas.arrow(
          from: Point(boxes[index - 1].maxX + gap * 0.12, body.midY),
          to: Point(body.minX - gap * 0.12, body.midY),
          Stroke(canvas.theme.rule, width: canvas.preset.lineWidth))
      }
    }
    let notes: [Int: String] = [
      1: "÷ " + words.number(Double(result.absmax), result.decimals),
      3: words.say(es: "con su vecino", en: "with its neighbour"),
      4: words.say(es: "error ", en: "error ") + result.text(result.error, words),
    ]
    for (index, note) in notes.sorted(by: { $0.key < $1.key }) where !(compact && index == 3) {
      canvas.text(
        note,
        at: Point(
          canvas.kept(boxes[index].midX, width: canvas.width(note, small)), frame.maxY), small,
        color: index == 4 ? canvas.theme.color(.error) : canvas.theme.secondaryInk,
        anchor: .middle, vertical: .bottom)
    }
  }

  private func drawLines(in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let levels = result.levels.map(Double.init)
    let scaled = Double(result.scaled)
    let level = Double(result.level)
    let code = Int(result.code)
    let whole = Scale(
      domain: -1...1, from: frame.minX + canvas.em(0.6), to: frame.maxX - canvas.em(0.6))
    var overview = NumberLine(
      scale: whole, levels: levels, thresholds: result.thresholds.map(Double.init),
      color: canvas.theme.rule)
    overview.emphasized = [code]
    overview.emphasisColor = canvas.theme.color(.quantized)
    if !canvas.isCompact {
      overview.upperLabels = (0..<16).map { String($0, radix: 16, uppercase: true) }
    }
    let overviewY = frame.minY + overview.upperHeight(on: canvas) + canvas.em(0.2)
    overview.draw(y: overviewY, on: &canvas)
    canvas.dot(
      Point(whole(scaled), overviewY), radius: canvas.em(0.3), fill: canvas.theme.ink,
      stroke: Stroke(canvas.theme.background, width: canvas.preset.axisWidth))

    // The part around the value: from the level before to the level after.
    let first = max(code - 1, 0)
    let last = min(code + 1, 15)
    let margin = (levels[last] - levels[first]) * 0.08
    let domain = (levels[first] - margin)...(levels[last] + margin)
    let zoom = Scale(domain: domain, from: whole.start, to: whole.end)
    let funnelTop = overviewY + canvas.em(0.65)
    let bandBottom = frame.maxY - canvas.lineHeight(small) - canvas.em(0.2)
    let funnel = min((bandBottom - funnelTop) * 0.36, canvas.em(4.5))
    let band = Rectangle(
      x: zoom.start, y: funnelTop + funnel, width: zoom.end - zoom.start,
      height: min(bandBottom - funnelTop - funnel, canvas.em(8)))
    canvas.add(
      .path(
        .polygon([
          Point(whole(max(domain.lowerBound, -1)), funnelTop),
          Point(whole(min(domain.upperBound, 1)), funnelTop),
          Point(band.maxX, band.minY), Point(band.maxX, band.maxY), Point(band.minX, band.maxY),
          Point(band.minX, band.minY),
        ]), fill: canvas.theme.panel, stroke: nil))
    let (lower, upper) = (Double(result.interval.lower), Double(result.interval.upper))
    canvas.fill(
      Rectangle(x: zoom(lower), y: band.y, width: zoom(upper) - zoom(lower), height: band.height),
      canvas.theme.faint)

    let lineY = band.minY + band.height * (canvas.isCompact ? 0.7 : 0.72)
    for index in first...last {
      let ink = index == code ? canvas.theme.color(.quantized) : canvas.theme.secondaryInk
      let x = zoom(levels[index])
      canvas.line(
        Point(x, lineY - canvas.em(0.6)), Point(x, band.maxY),
        Stroke(ink, width: canvas.preset.lineWidth))
      canvas.text(
        String(index, radix: 16, uppercase: true) + "  " + canvas.words.number(levels[index], 3),
        at: Point(x, band.maxY + canvas.em(0.25)), small, color: ink, anchor: .middle,
        vertical: .top)
    }
    canvas.line(Point(zoom.start, lineY), Point(zoom.end, lineY), canvas.axisStroke)
    if !canvas.isCompact {
      for (threshold, anchor) in [(lower, Canvas.HorizontalAnchor.end), (upper, .start)]
      where threshold.magnitude < 1 {
        canvas.text(
          canvas.words.say(es: "umbral ", en: "threshold ") + canvas.words.number(threshold, 3),
          at: Point(
            zoom(threshold) + (anchor == .start ? 1 : -1) * canvas.em(0.4),
            band.minY + canvas.em(0.4)), small, color: canvas.theme.secondaryInk, anchor: anchor,
          vertical: .top)
      }
    }
    // The error, from the value to its level.
    canvas.line(
      Point(zoom(scaled), lineY), Point(zoom(level), lineY),
      Stroke(canvas.theme.color(.error), width: canvas.preset.lineWidth * 1.8))
    canvas.dot(
      Point(zoom(scaled), lineY), radius: canvas.em(0.36), fill: canvas.theme.ink,
      stroke: Stroke(canvas.theme.background, width: canvas.preset.axisWidth))
    let label = canvas.words.number(scaled, 3)
    let half = canvas.width(label, small) / 2
    let x = min(max(zoom(scaled), zoom.start + half), zoom.end - half)
    canvas.text(
      label, at: Point(x, lineY - canvas.em(0.75)), small, color: canvas.theme.ink, anchor: .middle,
      vertical: .bottom, backdrop: canvas.theme.faint)
  }
}
