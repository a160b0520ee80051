internal import Glibc

/// Arms of a spiral around the origin: a class each.
///
/// A point at place t has the radius 0.1 + 0.9 t and the angle 2π (turns · t + arm / arms); each
/// coordinate has normal noise.
public struct Spirals: Equatable, Sendable {
  /// The number of arms.
  public var arms: Int
  /// How often an arm goes round.
  public var turns: Double
  /// The points to learn from.
  public var trainCount: Int
  /// The points to check with.
  public var validationCount: Int
  /// The standard deviation of the noise of each coordinate.
  public var noise: Double

  public init(
    arms: Int = 2, turns: Double = 1, trainCount: Int = 400, validationCount: Int = 400,
    noise: Double = 0.02
  ) {
    self.arms = arms
    self.turns = turns
    self.trainCount = trainCount
    self.validationCount = validationCount
    self.noise = noise
  }

  /// The points of a seed.
  ///
  /// - Throws: `setting`.
  public func make(seed: UInt64) throws(DatasetError) -> DataSplit {
    guard (2...12).contains(arms) else {
      throw .setting(name: "the number of arms", value: "\(arms)", allowed: "from 2 to 12")
    }
    guard turns > 0, turns <= 10 else {
      throw .setting(name: "the number of turns", value: "\(turns)", allowed: "above 0, up to 10")
    }
    try checkPointSettings(
      train: trainCount, validation: validationCount, noise: noise, classes: arms)
    let names = (1...arms).map { "arm \($0)" }
    return pointSplit(
      train: trainCount, validation: validationCount, noise: noise, names: names, seed: seed
    ) { label, place in
      let radius = 0.1 + 0.9 * place
      let angle = 2 * Double.pi * (turns * place + Double(label) / Double(arms))
      return (radius * cos(angle), radius * sin(angle))
    }
  }
}
