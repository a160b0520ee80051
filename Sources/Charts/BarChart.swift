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
    /// Written below the name; empty for none.
    public var note: String
    public var bars: [Bar]

    public init(name: String, note: String = "", bars: [Bar]) {
      self.name = name
      self.note = note
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

  /// How many rows the names take below bars of a width: two where they would touch in one.
  public func nameRows(width: Double, on canvas: Canvas) -> Int {
    let plot = Rectangle(x: 0, y: 0, width: width, height: 1)
    return touch(groups.map(\.name), at: layout(in: plot).centers, on: canvas) ? 2 : 1
  }

  private func touch(_ labels: [String], at centers: [Double], on canvas: Canvas) -> Bool {
    let ends = zip(labels, centers).filter { !$0.0.isEmpty }.map { label, center in
      let half = canvas.width(label, canvas.style(.small)) / 2 + canvas.em(0.1)
      return (center - half, center + half)
    }
    return zip(ends, ends.dropFirst()).contains { $0.1 > $1.0 }
  }

  /// Draws the bars over a base line, with the names of the groups below.
  ///
  /// Labels above bars are left out of all bars when one of them is wider than its bar's place, and
  /// notes when two of them would touch. Names that would touch take two rows by turns.
  public func draw(in plot: Rectangle, on canvas: inout Canvas) {
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
    let rows = nameRows(width: plot.width, on: canvas)
    let noted = !touch(groups.map(\.note), at: centers, on: canvas)
    let top = plot.maxY + canvas.em(0.35)
    for (index, (group, center)) in zip(groups, centers).enumerated() {
      let y = top + Double(index % rows) * canvas.lineHeight(small)
      canvas.text(
        group.name,
        at: Point(canvas.kept(center, width: canvas.width(group.name, small)), y), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
      guard noted else { continue }
      canvas.text(
        group.note, at: Point(center, top + Double(rows) * canvas.lineHeight(small)), small,
        color: canvas.theme.ink, anchor: .middle, vertical: .top)
    }
  }
}
