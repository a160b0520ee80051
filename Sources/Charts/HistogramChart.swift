public import Drawing

/// Bars of touching bins over a numeric axis, whose areas are counts.
public struct HistogramChart {
  /// The edges of the bins in increasing order; one more than there are counts.
  public var edges: [Double]
  public var counts: [Int]
  public var fill: Color

  public init(edges: [Double], counts: [Int], fill: Color) {
    precondition(edges.count == counts.count + 1, "Bins need one more edge than counts.")
    self.edges = edges
    self.counts = counts
    self.fill = fill
  }

  /// The heights of the bars as densities: count per unit of the axis.
  public var densities: [Double] {
    counts.indices.map { Double(counts[$0]) / (edges[$0 + 1] - edges[$0]) }
  }

  /// Draws the bars in a plot; the highest one reaches the top.
  public func draw(in plot: Rectangle, scale: Scale, on canvas: inout Canvas) {
    let heights = densities
    guard let highest = heights.max(), highest > 0 else { return }
    var points = [Point(scale(edges[0]), plot.maxY)]
    for (index, height) in heights.enumerated() {
      let y = plot.maxY - plot.height * height / highest
      points.append(Point(scale(edges[index]), y))
      points.append(Point(scale(edges[index + 1]), y))
    }
    points.append(Point(scale(edges[edges.count - 1]), plot.maxY))
    canvas.add(.path(.polygon(points), fill: fill, stroke: nil))
  }
}
