internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the input on the left, the frozen branch above, the adapter's below, and their sum on the right.
struct NarrowBranchDrawing {
  let result: NarrowBranchResult

  /// A matrix or a column of numbers at its place in the flow.
  private struct Station {
    var name: String
    var role: Role
    var chart: MatrixChart
    var x = 0.0
    var frame = Rectangle(x: 0, y: 0, width: 0, height: 0)
    var isFrozen = false
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let toy = result.toy
    let context = canvas.context
    let compact = canvas.isCompact
    let weightLimit = ColorScale.roundLimit(
      Double(
        Statistics.absoluteMaximum(toy.weight.values + toy.adapter.loraB.values)?.value ?? 1))
    let inputLimit = ColorScale.roundLimit(
      Double(
        Statistics.absoluteMaximum(
          result.entry.values + toy.adapter.loraA.values + result.bottleneck.values)?.value ?? 1))
    let outputLimit = ColorScale.roundLimit(
      Double(
        Statistics.absoluteMaximum(
          result.frozenOutput.values + result.branch.values + result.output.values
            + result.scaledBranch.values)?.value ?? 1))
    func station(
      _ name: String, _ role: Role, _ matrix: Matrix, _ limit: Double, _ decimals: Int
    ) -> Station {
      Station(
        name: name, role: role,
        chart: MatrixChart(matrix, limit: limit, decimals: decimals, context: context))
    }
    let entry = station("x", .original, result.entry.transposed, inputLimit, 1)
    var weight = station("W₀", .frozen, toy.weight, weightLimit, toy.decimals)
    weight.isFrozen = true
    let frozen = station(
      "W₀x", .frozen, result.frozenOutput.transposed, outputLimit, result.decimals)
    let down = station("A", .loraA, toy.adapter.loraA, inputLimit, ToyAdapter.factorDecimals)
    let neck = station("Ax", .loraA, result.bottleneck.transposed, inputLimit, 2)
    let up = station("B", .loraB, toy.adapter.loraB, weightLimit, toy.loraBDecimals)
    let branch = station("BAx", .update, result.branch.transposed, outputLimit, result.decimals)
    let output = station("y", .merged, result.output.transposed, outputLimit, result.decimals)
    let stations = [entry, weight, frozen, down, neck, up, branch, output]

    let base = canvas.style(compact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let head = canvas.lineHeight(base)
    let gap = min(canvas.preset.cellGap, 1.5)
    let arrow = canvas.em(compact ? 1.1 : 2)
    let scaling = "× " + result.scalingText(canvas.words)
    let boxWidth = canvas.width(scaling, small) + canvas.em(0.7)
    let columns = toy.weight.columns
    let rows = toy.weight.rows
    let between = canvas.em(compact ? 0.8 : 1.8)
    let across = Double(1 + columns + 1 + toy.rank + 1 + 1)
    let fixed = 6 * arrow + boxWidth
    let cell = min(
      (frame.width - fixed) / across - gap,
      (frame.height - 2 * head - between) / Double(2 * rows) - gap, canvas.em(3.2))
    let pitch = cell + gap
    func length(_ count: Int) -> Double { Double(count) * pitch - gap }
    let used = length(1) * 4 + length(columns) + length(toy.rank) + fixed
    let height = 2 * (head + length(rows)) + between
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let upper = top + head + length(rows) / 2
    let lower = top + 2 * head + length(rows) + between + length(rows) / 2
    let middle = (upper + lower) / 2

    // Positions from left to right.
    let entryX = left
    let matrixX = entryX + length(1) + arrow
    let neckX = matrixX + length(columns) + arrow
    let upX = neckX + length(1) + arrow
    let branchX = upX + length(toy.rank) + arrow
    let boxX = branchX + length(1) + arrow / 2
    let outputX = boxX + boxWidth + arrow * 1.5
    let places: [(Double, Double)] = [
      (entryX, middle), (matrixX, upper), (branchX, upper), (matrixX, lower), (neckX, lower),
      (upX, lower), (branchX, lower), (outputX, middle),
    ]
    let labels = MatrixChart.labelStyle(
      for: stations.map(\.chart), cellWidth: cell, on: canvas)
    var frames: [Rectangle] = []
    for (station, place) in zip(stations, places) {
      let size = station.chart.size(cellWidth: cell, gap: gap)
      let box = Rectangle(
        x: place.0, y: place.1 - size.height / 2, width: size.width, height: size.height)
      frames.append(box)
      station.chart.draw(
        at: Point(box.x, box.y), cellWidth: cell, gap: gap, labels: labels, on: &canvas)
      canvas.edge(box)
      let y = box.minY - canvas.em(0.3)
      if station.isFrozen {
        canvas.frozenName(
          station.name, at: Point(box.midX, y), base, anchor: .middle, vertical: .bottom)
      } else {
        canvas.text(
          station.name, at: Point(box.midX, y), base, color: canvas.theme.color(station.role),
          anchor: .middle, vertical: .bottom)
      }
    }
    drawFlow(
      frames,
      box: Rectangle(x: boxX, y: lower - canvas.em(1), width: boxWidth, height: canvas.em(2)),
      scaling: scaling, on: &canvas)
  }

  /// Draws the arrows between stations, the box of the scaling, and the sign of the sum.
  private func drawFlow(
    _ frames: [Rectangle], box: Rectangle, scaling: String, on canvas: inout Canvas
  ) {
    let small = canvas.style(.small)
    let stroke = Stroke(canvas.theme.rule, width: canvas.preset.lineWidth * 0.8)
    let pad = canvas.em(0.25)
    let (entry, weight, frozen, down) = (frames[0], frames[1], frames[2], frames[3])
    let (neck, up, branch, output) = (frames[4], frames[5], frames[6], frames[7])
    func level(_ from: Rectangle, _ to: Rectangle, _ y: Double) {
      canvas.arrow(from: Point(from.maxX + pad, y), to: Point(to.minX - pad, y), stroke)
    }
    for target in [weight, down] {
      canvas.arrow(
        from: Point(entry.maxX + pad, entry.midY + (target.midY < entry.midY ? -1 : 1) * pad),
        to: Point(target.minX - pad, target.midY), stroke)
    }
    level(weight, frozen, weight.midY)
    level(down, neck, down.midY)
    level(neck, up, neck.midY)
    level(up, branch, up.midY)
    canvas.line(
      Point(branch.maxX + pad, branch.midY), Point(box.minX, branch.midY), stroke)
    canvas.fill(box, canvas.theme.panel, cornerRadius: canvas.em(0.3))
    canvas.outline(
      box, Stroke(canvas.theme.color(.update), width: canvas.preset.axisWidth * 1.6),
      cornerRadius: canvas.em(0.3))
    canvas.text(
      scaling, at: box.center, small, color: canvas.theme.color(.update), anchor: .middle,
      vertical: .middle, box: box, backdrop: canvas.theme.panel)
    // The sum: a circle before the output.
    let radius = canvas.em(0.55)
    let plus = Point(output.minX - canvas.em(canvas.isCompact ? 1 : 1.5), output.midY)
    for (from, side) in [
      (Point(frozen.maxX + pad, frozen.midY), -1.0), (Point(box.maxX, box.midY), 1.0),
    ] {
      let target = Point(plus.x, plus.y + side * radius)
      canvas.add(
        .path(.polyline([from, Point(plus.x, from.y)]), fill: nil, stroke: stroke))
      canvas.arrow(from: Point(plus.x, from.y), to: target, stroke)
    }
    canvas.dot(
      plus, radius: radius, fill: canvas.theme.background,
      stroke: Stroke(canvas.theme.ink, width: canvas.preset.axisWidth * 1.4))
    let half = radius * 0.55
    let ink = Stroke(canvas.theme.ink, width: canvas.preset.axisWidth * 1.4)
    canvas.line(Point(plus.x - half, plus.y), Point(plus.x + half, plus.y), ink)
    canvas.line(Point(plus.x, plus.y - half), Point(plus.x, plus.y + half), ink)
    canvas.line(
      Point(plus.x + radius, plus.y), Point(output.minX - pad, plus.y), stroke)
    drawNeckNote(neck, on: &canvas)
  }

  /// Says below the bottleneck how many numbers pass through it.
  private func drawNeckNote(_ neck: Rectangle, on canvas: inout Canvas) {
    guard !canvas.isCompact else { return }
    let small = canvas.style(.small)
    canvas.text(
      result.neckText(canvas.words), at: Point(neck.midX, neck.maxY + canvas.em(0.4)), small,
      color: canvas.theme.color(.loraA), anchor: .middle, vertical: .top)
  }
}
