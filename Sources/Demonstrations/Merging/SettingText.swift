internal import Drawing

extension Value {
  /// A number that was set, with the decimals that it was set with, six at most.
  static func setting(_ value: Double) -> Value { .number(value, decimals: decimals(of: value)) }

  /// A share that was set, as a percentage with the decimals that it was set with.
  static func settingShare(_ share: Double) -> Value {
    .percentage(share, decimals: decimals(of: share * 100))
  }

  private static func decimals(of value: Double) -> Int {
    var power = 1.0
    for decimals in 0..<6 {
      let scaled = value * power
      if abs(scaled - scaled.rounded()) < 1e-9 * max(scaled.magnitude, 1) { return decimals }
      power *= 10
    }
    return 6
  }
}
