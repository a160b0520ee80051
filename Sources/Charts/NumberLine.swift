public import Drawing

/// A horizontal line of levels, the thresholds between them, and their labels above and below.
public struct NumberLine {
  public var scale: Scale
  /// The levels in increasing order.
  public var levels: [Double]
  /// Where one level gives way to the next.
  public var thresholds: [Double]
  /// Texts above the levels, such as codes; empty for none.
  public var upperLabels: [String] = []
  /// Texts below the levels, such as values; empty for none.
  public var lowerLabels: [String] = []
  /// How many rows the texts below may take; those that do not fit are left out.
  public var lowerRows = 2
  public var color: Color
  /// Levels drawn in another colour, by index.
  public var emphasized: Set<Int> = []
  public var emphasisColor: Color?

  public init(scale: Scale, levels: [Double], thresholds: [Double] = [], color: Color) {
    self.scale = scale
    self.levels = levels
    self.thresholds = thresholds
    self.color = color
  }

  /// The height above the line that upper labels take.
  public func upperHeight(on canvas: Canvas) -> Double {
    canvas.em(0.75) + (upperLabels.isEmpty ? 0 : canvas.style(.small).size)
  }

  /// The height below the line that lower labels take.
  public func lowerHeight(on canvas: Canvas) -> Double {
    canvas.em(0.75)
      + (lowerLabels.isEmpty ? 0 : Double(lowerRows) * canvas.lineHeight(canvas.style(.small)))
  }

  /// Draws the line at a height.
  public func draw(y: Double, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let tick = canvas.em(0.55)
    canvas.line(
      Point(min(scale.start, scale.end), y), Point(max(scale.start, scale.end), y),
      canvas.axisStroke)
    for threshold in thresholds {
      let x = scale(threshold)
      canvas.line(
        Point(x, y - tick * 0.5), Point(x, y + tick * 0.5),
        Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
    }
    for (index, level) in levels.enumerated() {
      let ink = emphasized.contains(index) ? emphasisColor ?? canvas.theme.ink : color
      let x = scale(level)
      canvas.line(
        Point(x, y - tick), Point(x, y + tick), Stroke(ink, width: canvas.preset.lineWidth))
    }
    if !upperLabels.isEmpty {
      for (level, label) in zip(levels, upperLabels) {
        canvas.text(
          label, at: Point(scale(level), y - tick - canvas.em(0.2)), small,
          color: canvas.theme.ink, anchor: .middle, vertical: .bottom)
      }
    }
    let placed = LabelRows.place(
      zip(levels, lowerLabels).map { (scale($0), $1) }, rows: lowerRows, gap: canvas.em(0.35),
      width: { canvas.width($0, small) })
    for label in placed {
      let top = y + tick + canvas.em(0.2) + Double(label.row) * canvas.lineHeight(small)
      if label.row > 0 {
        canvas.line(
          Point(label.x, y + tick + canvas.em(0.1)), Point(label.x, top), canvas.faintStroke)
      }
      canvas.text(
        label.label, at: Point(label.x, top), small, color: canvas.theme.secondaryInk,
        anchor: .middle, vertical: .top)
    }
  }
}
