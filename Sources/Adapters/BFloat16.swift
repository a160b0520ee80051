public import LinearAlgebra

/// Rounding to bfloat16: the upper half of a single-precision number, 8 bits of significand.
public enum BFloat16 {
  /// The nearest bfloat16 of a finite number, halves to the even one, as a single-precision number.
  public static func rounded(_ value: Float) -> Float {
    guard value.isFinite else { return value }
    let bits = value.bitPattern
    let rounding = 0x7FFF + (bits >> 16 & 1)
    return Float(bitPattern: (bits &+ rounding) & 0xFFFF_0000)
  }

  /// Every element rounded.
  public static func rounded(_ matrix: Matrix) -> Matrix {
    Matrix(rows: matrix.rows, columns: matrix.columns, values: matrix.values.map { rounded($0) })
  }
}

/// What is left of a weight in bfloat16 after merging and unmerging an update again and again.
public struct MergeDrift: Equatable, Sendable {
  /// After each cycle, the share of weights that differ from the original.
  public let changed: [Double]
  /// After each cycle, the largest difference from the original.
  public let largest: [Double]

  /// Merges and unmerges with every addition rounded to bfloat16.
  ///
  /// - Parameters:
  ///   - weight: The base weight, [out, in]; it is rounded first.
  ///   - updates: The update of each cycle, [out, in]; the same one again, or others.
  /// - Throws: `AdapterError.doesNotFitWeight`.
  public init(of weight: Matrix, updates: some Sequence<Matrix>) throws(AdapterError) {
    let original = BFloat16.rounded(weight)
    var current = original
    var changed: [Double] = []
    var largest: [Double] = []
    for update in updates {
      guard weight.rows == update.rows, weight.columns == update.columns else {
        throw .doesNotFitWeight(
          update: [update.rows, update.columns], weight: [weight.rows, weight.columns])
      }
      let merged = BFloat16.rounded(current + update)
      current = BFloat16.rounded(merged - update)
      let differences = zip(current.values, original.values).map { Double(($0 - $1).magnitude) }
      changed.append(Double(differences.count { $0 > 0 }) / Double(max(differences.count, 1)))
      largest.append(differences.max() ?? 0)
    }
    self.changed = changed
    self.largest = largest
  }
}
