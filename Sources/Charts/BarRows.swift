public import Drawing

/// Horizontal bars below each other, with a name on the left and a number at the end of each.
public struct BarRows {
  /// One bar.
  public struct Row {
    public var name: String
    public var value: Double
    /// Written at the end of the bar.
    public var label: String
    public var fill: Color
    /// Whether the bar is there to compare the others with: it is drawn as an outline.
    public var isReference: Bool

    public init(
      name: String, value: Double, label: String, fill: Color, isReference: Bool = false
    ) {
      self.name = name
      self.value = value
      self.label = label
      self.fill = fill
      self.isReference = isReference
    }
  }

  public var rows: [Row]
  /// The value at the right end of the plot; labels stand beyond it.
  public var limit: Double
  /// The widest label of all plots that share a scale, so that each leaves as much room.
  public var widestLabel: String?
  /// Whether names are set as code.
  public var isCode = false

  public init(rows: [Row], limit: Double) {
    self.rows = rows
    self.limit = limit
  }

  /// Draws the rows in a frame, spread over its height.
  public func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let names = canvas.style(.small, typeface: isCode ? .mono : .sans)
    let numbers = canvas.style(.small, bold: true)
    let left = (rows.map { canvas.width($0.name, names) }.max() ?? 0) + canvas.em(0.7)
    let labels = rows.map(\.label) + (widestLabel.map { [$0] } ?? [])
    let right = (labels.map { canvas.width($0, numbers) }.max() ?? 0) + canvas.em(0.5)
    let plot = frame.inset(left: left, right: right)
    let pitch = plot.height / Double(max(rows.count, 1))
    let height = min(pitch * 0.62, canvas.em(2.2))
    for (index, row) in rows.enumerated() {
      let y = plot.minY + (Double(index) + 0.5) * pitch
      let share = limit > 0 ? min(max(row.value / limit, 0), 1) : 0
      let bar = Rectangle(
        x: plot.minX, y: y - height / 2, width: max(plot.width * share, 0), height: height)
      canvas.text(
        row.name, at: Point(plot.minX - canvas.em(0.7), y), names, color: canvas.theme.ink,
        anchor: .end, vertical: .middle)
      if row.isReference, bar.width > 4 * canvas.preset.axisWidth {
        canvas.fill(bar, canvas.theme.panel)
        canvas.outline(bar, Stroke(row.fill, width: canvas.preset.axisWidth * 1.5))
      } else {
        canvas.fill(bar, row.fill)
      }
      canvas.text(
        row.label, at: Point(bar.maxX + canvas.em(0.4), y), numbers, color: canvas.theme.ink,
        vertical: .middle)
    }
    canvas.line(Point(plot.minX, plot.minY), Point(plot.minX, plot.maxY), canvas.axisStroke)
  }
}
