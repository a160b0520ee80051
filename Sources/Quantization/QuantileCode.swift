internal import LinearAlgebra

/// A code whose levels are used equally often, made from the values themselves.
///
/// The values are sorted and cut into k bins of equal count: bin i takes the ranks from ⌊i·n/k⌋ to
/// ⌊(i+1)·n/k⌋, so counts differ by one at most. The median of a bin represents all its values.
public struct QuantileCode: Equatable, Sendable {
  /// The bin of each value, in the order given; equal values are ranked by position.
  public let bins: [Int]
  /// The value that represents each bin: its median, the mean of the two middle values if the bin
  /// holds an even number.
  public let representatives: [Float]
  /// The limits between neighbouring bins, halfway between the values on their two sides; one
  /// fewer than bins.
  public let boundaries: [Float]
  /// The number of values in each bin.
  public let counts: [Int]

  /// Cuts values into bins of equal count.
  ///
  /// - Parameters:
  ///   - values: At least as many finite values as there are levels.
  ///   - levels: The number of bins, from 1 to 65 536.
  /// - Throws: ``QuantizationError``.
  public init(of values: [Float], levels: Int) throws(QuantizationError) {
    guard (1...65_536).contains(levels) else {
      throw .outOfRange(quantity: "number of levels", value: levels, allowed: 1...65_536)
    }
    guard values.count >= levels else { throw .tooFewValues(needed: levels, found: values.count) }
    if let index = NonFinite.firstIndex(in: values) {
      throw .notFinite(index: index, value: values[index])
    }
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    let starts = (0...levels).map { $0 * values.count / levels }
    var bins = Array(repeating: 0, count: values.count)
    var representatives: [Float] = []
    for bin in 0..<levels {
      let members = order[starts[bin]..<starts[bin + 1]]
      for index in members { bins[index] = bin }
      let sorted = members.map { Double(values[$0]) }
      representatives.append(Float(Statistics.quantile(sorted: sorted, 0.5)))
    }
    self.bins = bins
    self.representatives = representatives
    self.boundaries = starts[1..<levels].map { start in
      Float((Double(values[order[start - 1]]) + Double(values[order[start]])) / 2)
    }
    self.counts = zip(starts, starts.dropFirst()).map { $1 - $0 }
  }

  /// The values replaced by the representatives of their bins.
  public var reconstructed: [Float] { bins.map { representatives[$0] } }

  /// The bin of any value: the number of boundaries strictly below it.
  public func bin(of value: Float) -> Int { boundaries.count { value > $0 } }
}
