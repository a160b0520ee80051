public import Drawing

/// Vertical bars of equal width, in groups with a label below each.
public struct BarChart {
  /// One bar.
  public struct Bar {
    public var value: Double
    public var fill: Color
    /// Written above the bar; empty for none.
    public var label: String

    public init(value: Double, fill: Color, label: String = "") {
      self.value = value
      self.fill = fill
      self.label = label
    }
  }

  /// Bars that stand together.
  public struct Group {
    public var name: String
    public var bars: [Bar]

    public init(name: String, bars: [Bar]) {
      self.name = name
      self.bars = bars
    }
  }

  public var groups: [Group]
  /// The value at the top of the plot.
  public var limit: Double
  /// The empty share between groups, of the width of a bar.
  public var groupGap = 0.7

  public init(groups: [Group], limit: Double) {
    self.groups = groups
    self.limit = limit
  }

  /// The rectangles of the bars and the centres of the groups, inside a plot.
  public func layout(in plot: Rectangle) -> (bars: [[Rectangle]], centers: [Double]) {
    let units = groups.reduce(0) { $0 + Double($1.bars.count) } + groupGap * Double(groups.count)
    let unit = plot.width / units
    var x = plot.minX + groupGap / 2 * unit
    var frames: [[Rectangle]] = []
    var centers: [Double] = []
    for group in groups {
      let start = x
      var row: [Rectangle] = []
      for bar in group.bars {
        let height = plot.height * min(max(bar.value / limit, 0), 1)
        row.append(
          Rectangle(
            x: x + 0.06 * unit, y: plot.maxY - height, width: 0.88 * unit, height: height))
        x += unit
      }
      centers.append((start + x) / 2)
      frames.append(row)
      x += groupGap * unit
    }
    return (frames, centers)
  }

  /// Draws the bars over a base line, with the names of the groups below.
  ///
  /// Labels above bars are left out of all bars when one of them is wider than its bar's place.
  public func draw(in plot: Rectangle, on canvas: inout Canvas, nameStyle: TextStyle? = nil) {
    let (frames, centers) = layout(in: plot)
    let small = canvas.style(.small)
    let room = (frames.first?.first?.width ?? 0) / 0.88 * 1.02
    let labelled = groups.allSatisfy { group in
      group.bars.allSatisfy { canvas.width($0.label, small) <= room }
    }
    for (group, row) in zip(groups, frames) {
      for (bar, frame) in zip(group.bars, row) {
        canvas.fill(frame, bar.fill)
        if labelled {
          canvas.text(
            bar.label, at: Point(frame.midX, frame.minY - canvas.em(0.15)), small,
            color: canvas.theme.ink, anchor: .middle, vertical: .bottom)
        }
      }
    }
    canvas.line(Point(plot.minX, plot.maxY), Point(plot.maxX, plot.maxY), canvas.axisStroke)
    for (group, center) in zip(groups, centers) {
      canvas.text(
        group.name, at: Point(center, plot.maxY + canvas.em(0.35)), nameStyle ?? small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
    }
  }
}
