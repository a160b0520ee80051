internal import Charts
internal import Drawing

/// Rows of numbers as coloured cells, in groups, each row with its name on the left.
struct CellRows {
  /// What a cell looks like.
  enum Look {
    /// Coloured by its value.
    case value
    /// Empty: it was pruned.
    case pruned
    /// In a dashed frame: its sign was not elected.
    case outvoted
    /// A plus or a minus.
    case sign
  }

  struct Row {
    var name: String
    var values: [Float]
    var looks: [Look]
    var role: Role
    /// Whether a new group begins.
    var isFirst: Bool
  }

  var rows: [Row]
  /// The end of the colour scale.
  var limit: Double
  var decimals: Int

  /// Draws the rows in the middle of a frame.
  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let columns = Double(rows.map(\.values.count).max() ?? 1)
    let groups = Double(rows.count { $0.isFirst } - 1)
    let apart = canvas.em(canvas.isCompact ? 0.35 : 0.7)
    let gap = canvas.preset.cellGap
    let names = rows.map { canvas.width($0.name, bold) }.max() ?? 0
    let left = names + canvas.em(0.8)
    let pitch = Size(
      width: min((frame.width - left + gap) / columns, canvas.em(6)),
      height: min((frame.height - groups * apart) / Double(rows.count), canvas.em(2.6)))
    let used = Size(
      width: left + pitch.width * columns - gap,
      height: pitch.height * Double(rows.count) + groups * apart)
    let origin = Point(
      frame.minX + max(0, (frame.width - used.width) / 2),
      frame.minY + max(0, (frame.height - used.height) / 2))
    let scale = canvas.theme.signedScale
    let texts = rows.flatMap { row in
      row.values.map { canvas.words.number(Double($0), decimals) }
    }
    let fits =
      small.size <= 0.8 * pitch.height
      && texts.allSatisfy { canvas.width($0, small) <= 0.92 * (pitch.width - gap) }
    var y = origin.y
    for row in rows {
      if row.isFirst, y > origin.y { y += apart }
      canvas.text(
        row.name, at: Point(origin.x + names, y + (pitch.height - gap) / 2), bold,
        color: canvas.theme.color(row.role), anchor: .end, vertical: .middle)
      for (column, (value, look)) in zip(row.values, row.looks).enumerated() {
        let box = Rectangle(
          x: origin.x + left + Double(column) * pitch.width, y: y, width: pitch.width - gap,
          height: pitch.height - gap)
        let color = scale.color(ofSigned: Double(value), limit: limit)
        let fill =
          switch look {
          case .value: color
          case .outvoted, .pruned, .sign: canvas.theme.panel
          }
        canvas.fill(box, fill)
        let label =
          switch look {
          case .pruned: ""
          case .sign: value > 0 ? "+" : "\u{2212}"
          case .value, .outvoted: fits ? canvas.words.number(Double(value), decimals) : ""
          }
        let style = look == .sign ? bold : small
        let ink = look == .value ? fill.readableInk : canvas.theme.ink
        canvas.text(
          label, at: box.center, style, color: ink, anchor: .middle, vertical: .middle,
          box: style.size <= box.height ? box : nil, backdrop: fill)
        if look == .outvoted {
          canvas.outline(
            box,
            Stroke(
              canvas.theme.color(.error), width: canvas.preset.lineWidth,
              dashes: [canvas.em(0.3), canvas.em(0.2)]))
        }
      }
      y += pitch.height
    }
  }
}
