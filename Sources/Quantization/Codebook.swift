/// The values that the codes of a quantization of up to four bits stand for.
///
/// A scaled weight takes the nearest level, decided by comparing it with the midpoints between
/// neighbouring levels.
public struct Codebook: Equatable, Sendable {
  /// The name, such as "nf4".
  public let name: String
  /// The value of each code; the index is the code.
  public let values: [Float]
  /// The values in increasing order.
  public let levels: [Float]
  /// The code of each level.
  public let levelCodes: [UInt8]
  /// The midpoints between neighbouring levels, rounded to single precision; one fewer than levels.
  public let thresholds: [Float]
  /// The code that zero takes; it also fills the unused half of the last byte of an odd count.
  public let codeOfZero: UInt8

  /// The thresholds followed by infinities, 16 in all, as the kernels read them.
  let paddedThresholds: [Float]
  /// The codes of the levels followed by zeros, 16 in all, as the kernels read them.
  let paddedLevelCodes: [UInt8]
  /// The values followed by zeros, 16 in all, as the kernels read them.
  let paddedValues: [Float]

  /// Creates a codebook from 2 to 16 finite values, the first being the value of code 0.
  ///
  /// Equal values are allowed; of two equal levels the one with the lower code counts as lower.
  /// - Throws: ``QuantizationError/invalidCodebook(name:reason:)``.
  public init(name: String, values: [Float]) throws(QuantizationError) {
    guard (2...16).contains(values.count) else {
      throw .invalidCodebook(name: name, reason: "it has \(values.count) values, not 2 to 16")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw .invalidCodebook(name: name, reason: "a value is not finite")
    }
    self.init(name: name, finiteValues: values)
  }

  init(name: String, finiteValues values: [Float]) {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    let levels = order.map { values[$0] }
    let thresholds = zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
    self.name = name
    self.values = values
    self.levels = levels
    self.levelCodes = order.map(UInt8.init)
    self.thresholds = thresholds
    self.codeOfZero = UInt8(order[thresholds.count { 0 > $0 }])
    self.paddedThresholds = thresholds + Array(repeating: .infinity, count: 16 - thresholds.count)
    self.paddedLevelCodes = levelCodes + Array(repeating: 0, count: 16 - levels.count)
    self.paddedValues = values + Array(repeating: 0, count: 16 - values.count)
  }

  /// The level of a scaled weight: the number of thresholds strictly below it.
  ///
  /// A weight equal to a threshold takes the lower level.
  public func level(of scaled: Float) -> Int {
    var level = 0
    for threshold in thresholds where scaled > threshold { level += 1 }
    return level
  }

  /// The code of a scaled weight, which lies in [−1, 1].
  public func code(of scaled: Float) -> UInt8 { levelCodes[level(of: scaled)] }
}
