internal import LinearAlgebra

/// Repeated measurements of one thing: the middle, and how far they are apart.
struct Spread: Sendable, Equatable {
  /// In the order of the seeds.
  let values: [Double]

  init(_ values: [Double]) { self.values = values }

  var least: Double { values.min() ?? 0 }
  var greatest: Double { values.max() ?? 0 }
  var median: Double { values.isEmpty ? 0 : Statistics.median(values) }

  /// Whether every repetition is below every one of the other.
  func isBelow(_ other: Spread) -> Bool {
    !values.isEmpty && !other.values.isEmpty && greatest < other.least
  }
}
