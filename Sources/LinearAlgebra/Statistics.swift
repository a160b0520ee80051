/// Summaries of a list of numbers; every sum is accumulated in double precision, in order.
public enum Statistics {
  /// The mean; NaN without values.
  @inlinable
  public static func mean<Value: BinaryFloatingPoint>(_ values: some Collection<Value>) -> Double {
    values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
  }

  /// The population variance, the mean squared distance from the mean; NaN without values.
  @inlinable
  public static func variance<Value: BinaryFloatingPoint>(
    _ values: some Collection<Value>
  ) -> Double {
    let mean = mean(values)
    let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return squares / Double(values.count)
  }

  /// The population standard deviation, which divides by the number of values; NaN without values.
  @inlinable
  public static func standardDeviation<Value: BinaryFloatingPoint>(
    _ values: some Collection<Value>
  ) -> Double {
    variance(values).squareRoot()
  }

  /// The largest magnitude and the position of its first occurrence; nil without values.
  ///
  /// A NaN is never the largest.
  @inlinable
  public static func absoluteMaximum<Value: BinaryFloatingPoint>(
    _ values: some Collection<Value>
  ) -> (value: Value, index: Int)? {
    var largest: (value: Value, index: Int)?
    for (index, value) in values.enumerated() where abs(value) > largest?.value ?? -1 {
      largest = (abs(value), index)
    }
    return largest
  }

  /// The value below which a fraction of the values lies; NaN without values.
  ///
  /// Between two values of the sorted list it interpolates linearly, as NumPy does by default:
  /// the position is `probability * (count - 1)`. The probability is clamped to [0, 1].
  @inlinable
  public static func quantile<Value: BinaryFloatingPoint>(
    _ values: some Collection<Value>, _ probability: Double
  ) -> Double {
    quantile(sorted: values.map { Double($0) }.sorted(), probability)
  }

  /// The quantile of values that are sorted already.
  @inlinable
  public static func quantile(sorted values: [Double], _ probability: Double) -> Double {
    guard !values.isEmpty, !probability.isNaN else { return .nan }
    let position = min(max(probability, 0), 1) * Double(values.count - 1)
    let lower = Int(position)
    let upper = min(lower + 1, values.count - 1)
    return values[lower] + (position - Double(lower)) * (values[upper] - values[lower])
  }

  /// The middle value, or the mean of the two middle values; NaN without values.
  @inlinable
  public static func median<Value: BinaryFloatingPoint>(
    _ values: some Collection<Value>
  ) -> Double {
    quantile(values, 0.5)
  }
}
