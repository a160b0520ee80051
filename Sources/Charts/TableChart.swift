public import Drawing

/// A table of short texts with rules above, below the head, and below.
public struct TableChart {
  /// How a column is set.
  public enum Alignment: Sendable {
    case left, right
  }

  public var head: [String]
  public var rows: [[String]]
  public var alignments: [Alignment]
  /// Colours of rows, by index; others are in ink.
  public var rowColors: [Int: Color] = [:]
  /// Rows in bold.
  public var boldRows: Set<Int> = []

  public init(head: [String], rows: [[String]], alignments: [Alignment]) {
    self.head = head
    self.rows = rows
    self.alignments = alignments
  }

  /// The widths that the columns need.
  public func columnWidths(_ style: TextStyle, on canvas: Canvas) -> [Double] {
    var bold = style
    bold.bold = true
    return head.indices.map { column in
      max(
        canvas.width(head[column], bold),
        rows.enumerated().map { index, row in
          canvas.width(row[column], boldRows.contains(index) ? bold : style)
        }.max() ?? 0)
    }
  }

  /// The height of the table.
  public func height(_ style: TextStyle) -> Double { Double(rows.count + 1) * 1.7 * style.size }

  /// The distance between columns that a table needs at least.
  public func minimumWidth(_ style: TextStyle, on canvas: Canvas) -> Double {
    columnWidths(style, on: canvas).reduce(0, +) + Double(head.count - 1) * style.size
  }

  /// Draws the table in the upper part of a frame, spread over its width and not taller than it.
  public func draw(in frame: Rectangle, _ style: TextStyle, on canvas: inout Canvas) {
    let widths = columnWidths(style, on: canvas)
    let gap =
      head.count > 1
      ? (frame.width - widths.reduce(0, +)) / Double(head.count - 1) : 0
    // A table that is taller than its frame moves its rows closer.
    let rowHeight = min(1.7 * style.size, frame.height / Double(rows.count + 1))
    var bold = style
    bold.bold = true
    let strong = Stroke(canvas.theme.rule, width: canvas.preset.axisWidth * 1.5)
    canvas.line(Point(frame.minX, frame.minY), Point(frame.maxX, frame.minY), strong)
    for (index, row) in ([head] + rows).enumerated() {
      let y = frame.minY + (Double(index) + 0.5) * rowHeight
      var x = frame.minX
      for column in row.indices {
        let right = alignments[column] == .right
        let isBold = index == 0 || boldRows.contains(index - 1)
        canvas.text(
          row[column], at: Point(right ? x + widths[column] : x, y), isBold ? bold : style,
          color: index == 0
            ? canvas.theme.secondaryInk : rowColors[index - 1] ?? canvas.theme.ink,
          anchor: right ? .end : .start, vertical: .middle)
        x += widths[column] + gap
      }
      if index == 0 {
        canvas.line(
          Point(frame.minX, frame.minY + rowHeight), Point(frame.maxX, frame.minY + rowHeight),
          canvas.axisStroke)
      }
    }
    let bottom = frame.minY + Double(rows.count + 1) * rowHeight
    canvas.line(Point(frame.minX, bottom), Point(frame.maxX, bottom), strong)
  }
}
