/// The signed 8-bit dynamic map: 256 values in [−1, 1], denser near zero.
///
/// Double quantization stores the absmax of each block as a code of this map. The values are those
/// of bitsandbytes (`create_dynamic_map`); code 127 is zero, and −1 is absent: the lowest value is
/// −0.99296874.
public enum DynamicMap {
  /// How a scaled value is turned into a code.
  public enum Rule: String, CaseIterable, Sendable {
    /// The nearest value: the number of midpoints strictly below the scaled value.
    case nearest
    /// The rule of bitsandbytes on a CPU, which first rounds the scaled value to one of 65 536
    /// equal steps over [−1, 1]; values nearer to zero than about 3e−5 then miss the zero.
    case bitsandbytesTable
  }

  /// The value of each code, in increasing order.
  public static let values: [Float] = bitPatterns.map(Float.init(bitPattern:))

  /// The 255 midpoints between neighbouring values, in single precision.
  public static let thresholds: [Float] = zip(values, values.dropFirst()).map { ($0 + $1) / 2 }

  /// The values by their closed form, in double precision and increasing order.
  ///
  /// For i = 0…6 the interval [0.1, 1] is cut into 2ⁱ parts, whose midpoints m give ±10^(i−6)·m;
  /// 0 and 1 complete the 256 values. The embedded ``values`` were computed in single precision
  /// and differ in the last digit.
  public static let derived: [Double] = {
    var positive: [Double] = []
    var scale = 1e-6
    for exponent in 0...6 {
      let parts = 1 << exponent
      for part in 0..<parts {
        positive.append(scale * (0.1 + 0.9 * (Double(part) + 0.5) / Double(parts)))
      }
      scale *= 10
    }
    return (positive + positive.map { -$0 } + [0, 1]).sorted()
  }()

  /// The code of a value in [−1, 1].
  public static func code(of scaled: Float, rule: Rule = .nearest) -> UInt8 {
    switch rule {
    case .nearest: nearestCode(of: scaled)
    case .bitsandbytesTable: codeOfStep[step(of: scaled)]
    }
  }

  private static func nearestCode(of scaled: Float) -> UInt8 {
    var low = 0
    var high = thresholds.count
    while low < high {
      let middle = (low + high) / 2
      if scaled > thresholds[middle] { low = middle + 1 } else { high = middle }
    }
    return UInt8(low)
  }

  private static let lastStep = 65_535

  private static func step(of scaled: Float) -> Int {
    let half = (min(max(scaled, -1), 1) + 1) * 0.5
    return Int(Float(Double(half) * Double(lastStep) + 0.5))
  }

  private static let codeOfStep: [UInt8] = (0...lastStep).map { step in
    nearestCode(of: -1 + 2 * Float(step) / Float(lastStep))
  }
}
