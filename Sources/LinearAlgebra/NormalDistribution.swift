internal import Glibc

/// The normal distribution.
public struct NormalDistribution: Equatable, Sendable {
  /// The mean.
  public let mean: Double
  /// The standard deviation, greater than 0.
  public let standardDeviation: Double

  /// The distribution with mean 0 and standard deviation 1.
  public static let standard = NormalDistribution(mean: 0, standardDeviation: 1)

  /// Creates a distribution; the standard deviation is greater than 0.
  public init(mean: Double = 0, standardDeviation: Double = 1) {
    precondition(standardDeviation > 0, "The standard deviation must be greater than 0.")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The density exp(−z²/2) / (σ√(2π)) at a point, with z = (x − μ) / σ.
  public func density(at x: Double) -> Double {
    let z = (x - mean) / standardDeviation
    return exp(-z * z / 2) / (standardDeviation * (2 * Double.pi).squareRoot())
  }

  /// The probability of a value of at most `x`.
  public func cumulative(_ x: Double) -> Double {
    erfc(-(x - mean) / (standardDeviation * 2.0.squareRoot())) / 2
  }

  /// The value that a number drawn from the distribution does not exceed with a probability.
  ///
  /// −∞ at 0, +∞ at 1 and NaN outside [0, 1]; the relative error of the standard quantile is a few
  /// units in the last place.
  public func inverseCumulative(_ probability: Double) -> Double {
    mean + standardDeviation * Self.standardQuantile(probability)
  }

  /// The rational approximation, refined by one step of Halley's method.
  private static func standardQuantile(_ probability: Double) -> Double {
    guard probability > 0, probability < 1 else {
      return probability == 0 ? -.infinity : probability == 1 ? .infinity : .nan
    }
    // The lower tail keeps its relative precision, so the upper one is mirrored.
    guard probability <= 0.5 else { return -standardQuantile(1 - probability) }
    let start = WichuraApproximation.quantile(probability)
    let ratio = (standard.cumulative(start) - probability) / standard.density(at: start)
    guard ratio.isFinite else { return start }
    return start - ratio / (1 + start * ratio / 2)
  }
}
