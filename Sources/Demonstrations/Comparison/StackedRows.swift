internal import Charts
internal import Drawing

/// Horizontal bars made of parts, one below the other, with a key of the parts below them.
struct StackedRows {
  /// A kind of part, with its colour.
  struct Kind {
    var name: String
    var fill: Color
    /// Whether it is drawn as an outline.
    var isOutlined = false
  }

  struct Row {
    var name: String
    /// A value for every kind.
    var values: [Double]
    /// Written at the end of the bar.
    var label: String

    var total: Double { values.reduce(0, +) }
  }

  var kinds: [Kind]
  var rows: [Row]

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let theme = canvas.theme
    let names = canvas.style(canvas.isCompact ? .small : .base)
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let shown = kinds.indices.filter { kind in rows.contains { $0.values[kind] > 0 } }
    let left = (rows.map { canvas.width($0.name, names) }.max() ?? 0) + canvas.em(0.7)
    let right = (rows.map { canvas.width($0.label, bold) }.max() ?? 0) + canvas.em(0.6)
    let keyHeight = key(shown, at: frame, isDrawn: false, on: &canvas)
    let plot = frame.inset(
      left: left, right: right, bottom: keyHeight + canvas.em(0.7))
    let most = max(rows.map(\.total).max() ?? 1, 1e-12)
    let pitch = plot.height / Double(max(rows.count, 1))
    let height = min(pitch * 0.62, canvas.em(2.8))
    for (index, row) in rows.enumerated() {
      let y = plot.minY + (Double(index) + 0.5) * pitch
      canvas.text(
        row.name, at: Point(plot.minX - canvas.em(0.6), y), names, anchor: .end, vertical: .middle)
      var x = plot.minX
      for kind in shown {
        let box = Rectangle(
          x: x, y: y - height / 2, width: plot.width * row.values[kind] / most, height: height)
        x = box.maxX
        guard box.width > 0 else { continue }
        canvas.fill(
          box.inset(right: min(canvas.preset.cellGap / 2, box.width / 2)), kinds[kind].fill)
        if kinds[kind].isOutlined, box.width > 3 * canvas.preset.axisWidth {
          canvas.outline(box, Stroke(theme.secondaryInk, width: canvas.preset.axisWidth))
        }
      }
      canvas.text(row.label, at: Point(x + canvas.em(0.4), y), bold, vertical: .middle)
    }
    _ = key(shown, at: frame, isDrawn: true, on: &canvas)
  }

  /// Lays out the names of the kinds along the bottom, and returns the height that they take.
  private func key(
    _ shown: [Int], at frame: Rectangle, isDrawn: Bool, on canvas: inout Canvas
  ) -> Double {
    let small = canvas.style(.small)
    let square = canvas.em(0.7)
    let line = canvas.lineHeight(small)
    var rows: [[(Int, Double)]] = [[]]
    var x = 0.0
    for kind in shown {
      let width = square + canvas.em(0.3) + canvas.width(kinds[kind].name, small)
      if x + width > frame.width, x > 0 {
        rows.append([])
        x = 0
      }
      rows[rows.count - 1].append((kind, x))
      x += width + canvas.em(canvas.isCompact ? 0.7 : 1.3)
    }
    let height = Double(rows.count) * line
    guard isDrawn else { return height }
    for (index, row) in rows.enumerated() {
      let y = frame.maxY - height + (Double(index) + 0.5) * line
      for (kind, offset) in row {
        let box = Rectangle(
          x: frame.minX + offset, y: y - square / 2, width: square, height: square)
        canvas.fill(box, kinds[kind].fill)
        if kinds[kind].isOutlined {
          canvas.outline(box, Stroke(canvas.theme.secondaryInk, width: canvas.preset.axisWidth))
        }
        canvas.text(
          kinds[kind].name, at: Point(box.maxX + canvas.em(0.3), y), small, vertical: .middle)
      }
    }
    return height
  }
}
