import LinearAlgebra
import Testing

@Suite("Statistics")
struct StatisticsTests {
  @Test("Mean, variance and standard deviation divide by the number of values")
  func moments() {
    let values: [Float] = [2, 4, 4, 4, 5, 5, 7, 9]
    #expect(Statistics.mean(values) == 5)
    #expect(Statistics.variance(values) == 4)
    #expect(Statistics.standardDeviation(values) == 2)
  }

  @Test("Sums do not lose small values beside large ones")
  func doublePrecision() {
    let values = [Float](repeating: 0.1, count: 1_000_000)
    #expect(abs(Statistics.mean(values) - Double(Float(0.1))) < 1e-12)
  }

  @Test("The largest magnitude is reported with its first position")
  func absoluteMaximum() throws {
    let largest = try #require(Statistics.absoluteMaximum([1, -3, 3, .nan] as [Float]))
    #expect(largest.value == 3)
    #expect(largest.index == 1)
    #expect(Statistics.absoluteMaximum([] as [Float]) == nil)
    #expect(Statistics.absoluteMaximum([0] as [Double])?.index == 0)
  }

  @Test(
    "Quantiles interpolate between sorted values as NumPy does",
    arguments: [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0), (2.0, 4.0)])
  func quantiles(_ probability: Double, _ expected: Double) {
    #expect(abs(Statistics.quantile([4, 1, 3, 2] as [Float], probability) - expected) < 1e-12)
  }

  @Test("The median of an odd number of values is the middle one")
  func median() {
    #expect(Statistics.median([9, 1, 5] as [Float]) == 5)
    #expect(Statistics.median([] as [Float]).isNaN)
    #expect(Statistics.mean([] as [Float]).isNaN)
  }

  @Test("A histogram counts each value once; the upper edge belongs to the last bin")
  func histogram() {
    let histogram = Histogram([0, 0.1, 0.25, 0.5, 0.75, 1, 1.01, -1, .nan], range: 0...1, bins: 4)
    #expect(histogram.counts == [2, 1, 1, 2])
    #expect(histogram.outside == 3)
    #expect(histogram.edges == [0, 0.25, 0.5, 0.75, 1])
    #expect(histogram.centers == [0.125, 0.375, 0.625, 0.875])
  }

  @Test("A value at an edge falls into the bin above, whatever the rounding", arguments: 1...60)
  func histogramEdges(_ bins: Int) {
    let edges = Histogram([], range: -0.3...0.7, bins: bins).edges
    for (bin, edge) in edges.dropLast().enumerated() where Double(Float(edge)) >= edge {
      let counts = Histogram([Float(edge)], range: -0.3...0.7, bins: bins).counts
      #expect(counts.firstIndex(of: 1) == bin)
    }
  }
}
