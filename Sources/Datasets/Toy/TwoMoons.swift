internal import Glibc
internal import LinearAlgebra

/// Two interleaved half circles of radius 1: a class each.
///
/// The upper half circle stands around (0, 0), the lower one around (1, 0.5). Points lie at equal
/// angles, the classes in turn, and each coordinate has normal noise.
public struct TwoMoons: Equatable, Sendable {
  /// The points to learn from.
  public var trainCount: Int
  /// The points to check with.
  public var validationCount: Int
  /// The standard deviation of the noise of each coordinate.
  public var noise: Double
  /// How far the moons are turned around the middle between them, in degrees against the clock.
  public var turn: Double

  public init(
    trainCount: Int = 256, validationCount: Int = 256, noise: Double = 0.1, turn: Double = 0
  ) {
    self.trainCount = trainCount
    self.validationCount = validationCount
    self.noise = noise
    self.turn = turn
  }

  /// The points of a seed.
  ///
  /// - Throws: `setting`.
  public func make(seed: UInt64) throws(DatasetError) -> DataSplit {
    try checkPointSettings(
      train: trainCount, validation: validationCount, noise: noise, classes: 2)
    guard turn.isFinite, turn.magnitude <= 360 else {
      throw .setting(name: "the turn", value: "\(turn)", allowed: "from -360 to 360")
    }
    let (across, up) = (cos(turn / 180 * Double.pi), sin(turn / 180 * Double.pi))
    return pointSplit(
      train: trainCount, validation: validationCount, noise: noise, names: ["upper", "lower"],
      seed: seed
    ) { label, place in
      let angle = Double.pi * place
      let point =
        label == 0 ? (x: cos(angle), y: sin(angle)) : (x: 1 - cos(angle), y: 0.5 - sin(angle))
      guard turn != 0 else { return point }
      let (x, y) = (point.x - 0.5, point.y - 0.25)
      return (0.5 + across * x - up * y, 0.25 + up * x + across * y)
    }
  }
}

/// Checks what tasks of points in the plane have in common.
func checkPointSettings(
  train: Int, validation: Int, noise: Double, classes: Int
) throws(DatasetError) {
  let limit = 1_000_000
  for (name, count) in [
    ("the number of points", train), ("the number of validation points", validation),
  ]
  where !(classes...limit).contains(count) {
    throw .setting(name: name, value: "\(count)", allowed: "from \(classes) to \(limit)")
  }
  guard noise >= 0, noise <= 100 else {
    throw .setting(name: "the noise", value: "\(noise)", allowed: "from 0 to 100")
  }
}

/// Draws points of classes in turn, at equal distances along the curve of each class.
///
/// - Parameters:
///   - train: The number of points to learn from.
///   - validation: The number of points to check with.
///   - noise: The standard deviation of the noise of each coordinate.
///   - names: The names of the classes.
///   - seed: The seed of the noise; both sets have sequences of their own.
///   - curve: The point of a class at a place from 0 to 1.
/// - Returns: Both sets.
func pointSplit(
  train: Int, validation: Int, noise: Double, names: [String], seed: UInt64,
  curve: (_ label: Int, _ place: Double) -> (x: Double, y: Double)
) -> DataSplit {
  func points(_ count: Int, _ stream: UInt64) -> Examples {
    var generator = RandomGenerator(seed: seed, stream: stream)
    var values: [Float] = []
    var labels: [Int] = []
    for index in 0..<count {
      let label = index % names.count
      let ofClass = (count - label + names.count - 1) / names.count
      let place = ofClass > 1 ? Double(index / names.count) / Double(ofClass - 1) : 0.5
      let point = curve(label, place)
      values.append(Float(point.x + noise * generator.nextNormal()))
      values.append(Float(point.y + noise * generator.nextNormal()))
      labels.append(label)
    }
    return Examples(
      inputs: Matrix(rows: count, columns: 2, values: values),
      targets: .classes(labels, names: names))
  }
  return DataSplit(
    train: points(train, Stream.train), validation: points(validation, Stream.validation))
}
