#if canImport(Glibc)
  internal import Glibc
#endif

/// A seeded generator of random numbers: SplitMix64.
///
/// The same seed gives the same sequence everywhere. Source: Steele, Lea and Flood 2014,
/// "Fast splittable pseudorandom number generators".
public struct RandomGenerator: RandomNumberGenerator, Equatable, Sendable {
  private var state: UInt64

  /// Creates a generator from a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number uniform in [0, 1), with 53 random bits.
  public mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from the standard normal distribution, by the Box–Muller transform.
  public mutating func nextNormal() -> Double {
    let radius = (-2 * log(1 - nextUniform())).squareRoot()
    return radius * cos(2 * Double.pi * nextUniform())
  }
}
