/// Counts of values in bins of equal width.
public struct Histogram: Equatable, Sendable {
  /// The boundaries of the bins in increasing order, one more than there are bins.
  public let edges: [Double]
  /// The number of values in each bin.
  public let counts: [Int]
  /// The number of values outside the range, NaN included.
  public let outside: Int

  /// Counts values.
  ///
  /// A bin holds its lower edge and not its upper one; the last bin holds both. The range is not
  /// empty and there is at least one bin.
  public init(_ values: some Sequence<Float>, range: ClosedRange<Double>, bins: Int) {
    precondition(bins > 0, "A histogram needs at least one bin.")
    precondition(range.lowerBound < range.upperBound, "The range of a histogram has a width.")
    let width = range.upperBound - range.lowerBound
    let edges = (0...bins).map { range.lowerBound + width * Double($0) / Double(bins) }
    var counts = Array(repeating: 0, count: bins)
    var outside = 0
    for value in values.lazy.map(Double.init) {
      guard range.contains(value) else {
        outside += 1
        continue
      }
      // The product may round across an edge, so the edges decide.
      var bin = min(Int((value - range.lowerBound) / width * Double(bins)), bins - 1)
      if value < edges[bin] { bin -= 1 }
      if bin + 1 < bins, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
    self.edges = edges
    self.counts = counts
    self.outside = outside
  }

  /// The middle of each bin.
  public var centers: [Double] { zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 } }
}
