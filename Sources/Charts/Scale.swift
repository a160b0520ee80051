#if canImport(Glibc)
  internal import Glibc
#endif

/// A mapping from numbers to positions along an axis, in points.
public struct Scale: Sendable {
  /// How the numbers are spaced.
  public enum Kind: Sendable {
    case linear
    /// Equal distances for equal ratios; numbers must be positive.
    case logarithmic
  }

  public var kind: Kind
  public var domain: ClosedRange<Double>
  /// The positions of the ends of the domain; the first may be the larger.
  public var start: Double
  public var end: Double

  public init(
    _ kind: Kind = .linear, domain: ClosedRange<Double>, from start: Double, to end: Double
  ) {
    self.kind = kind
    self.domain = domain
    self.start = start
    self.end = end
  }

  /// The position of a number; in a domain of one number everything stands in the middle.
  public func callAsFunction(_ value: Double) -> Double {
    guard domain.lowerBound < domain.upperBound else { return (start + end) / 2 }
    let share =
      switch kind {
      case .linear: (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
      case .logarithmic:
        log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
      }
    return start + share * (end - start)
  }
}

/// Round numbers along an axis.
public enum Ticks {
  /// Round numbers inside a range, about as many as wanted, 1, 2 or 5 × 10ⁿ apart.
  ///
  /// They are whole multiples of the step, so that 0.1 × 3 is 0.3.
  public static func linear(_ domain: ClosedRange<Double>, count: Int) -> [Double] {
    let span = domain.upperBound - domain.lowerBound
    guard span > 0, count > 0 else { return [domain.lowerBound] }
    let raw = span / Double(count)
    let power = pow(10, floor(log10(raw)))
    let ratio = raw / power
    let factor =
      ratio >= 50.0.squareRoot()
      ? 10.0 : ratio >= 10.0.squareRoot() ? 5 : ratio >= 2.0.squareRoot() ? 2 : 1
    let step = factor * power
    let first = Int((domain.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((domain.upperBound / step + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { index in
      step < 1 ? Double(index) * factor / (1 / power).rounded() : Double(index) * step
    }
  }

  /// The number of decimals that tell ticks apart.
  public static func decimals(_ ticks: [Double]) -> Int {
    guard ticks.count > 1 else { return 2 }
    let step = (ticks[1] - ticks[0]).magnitude
    return step >= 1 ? 0 : Int(-floor(log10(step) + 1e-9))
  }
}
