internal import LinearAlgebra

/// The derivation of a NormalFloat codebook from quantiles of the standard normal distribution.
///
/// With b bits there are 2^(b−1) positive levels, 2^(b−1) − 1 negative ones, and zero. On each side
/// the probabilities are equally spaced between `offset` and 1/2; their quantiles, divided by the
/// largest, are the levels. Source: `create_normal_map` of bitsandbytes; Dettmers et al. 2023,
/// section 3, describe the idea but their equation 4 is not what the library computes.
public struct NormalFloat: Equatable, Sendable {
  /// The largest probability of the published 4-bit table: the mean of 1 − 1/32 and 1 − 1/30.
  public static let publishedOffset = 0.9677083

  /// The bits of a code.
  public let bits: Int
  /// The probability of the largest level.
  public let offset: Double
  /// The cumulative probability of each level in increasing order; 1/2 for zero.
  public let probabilities: [Double]
  /// The quantiles of the probabilities.
  public let quantiles: [Double]
  /// The quantiles divided by the largest: the levels, from −1 to 1.
  public let levels: [Double]

  /// Derives the levels.
  ///
  /// With 4 bits and the published offset they agree with ``Codebook/nf4`` within 2e−7.
  /// - Throws: ``QuantizationError`` for other than 2 to 8 bits, or an offset outside (0.5, 1).
  public static func derived(
    bits: Int = 4, offset: Double = publishedOffset
  ) throws(QuantizationError) -> NormalFloat {
    guard (2...8).contains(bits) else {
      throw .outOfRange(quantity: "number of bits", value: bits, allowed: 2...8)
    }
    guard offset > 0.5, offset < 1 else { throw .offsetOutOfRange(offset) }
    return NormalFloat(bits: bits, offset: offset)
  }

  private init(bits: Int, offset: Double) {
    let half = 1 << (bits - 1)
    let positive = Self.spaced(from: offset, count: half)
    let negative = Self.spaced(from: offset, count: half - 1)
    // The distribution is symmetric, so negative levels are mirrored quantiles.
    let quantile = NormalDistribution.standard.inverseCumulative
    let quantiles = negative.map { -quantile($0) } + [0] + positive.reversed().map(quantile)
    self.bits = bits
    self.offset = offset
    self.probabilities = negative.map { 1 - $0 } + [0.5] + positive.reversed()
    self.quantiles = quantiles
    self.levels = quantiles.map { $0 / quantile(offset) }
  }

  /// The levels in single precision as a codebook, for up to 4 bits.
  ///
  /// - Throws: ``QuantizationError/invalidCodebook(name:reason:)`` for more than 16 levels.
  public func codebook() throws(QuantizationError) -> Codebook {
    try Codebook(name: "nf\(bits)", values: levels.map { Float($0) })
  }

  /// Equally spaced probabilities from `start` down towards 1/2, which is not included.
  private static func spaced(from start: Double, count: Int) -> [Double] {
    (0..<count).map { start + (0.5 - start) * Double($0) / Double(count) }
  }
}
