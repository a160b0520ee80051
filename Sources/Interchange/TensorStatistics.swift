internal import LinearAlgebra

/// What the numbers of a tensor are like; every sum is accumulated in double precision.
public struct TensorStatistics: Equatable, Sendable {
  /// How many numbers there are, and how many of them are zero, NaN and infinite.
  public private(set) var count = 0
  public private(set) var zeroCount = 0
  public private(set) var nanCount = 0
  public private(set) var infinityCount = 0
  /// The least and the greatest of the finite numbers.
  public private(set) var minimum: Double?
  public private(set) var maximum: Double?
  /// The place of the finite number of largest magnitude, in row-major order.
  public private(set) var largestIndex: Int?
  private var largest = -1.0
  private var finiteCount = 0
  private var center = 0.0
  private var squares = 0.0

  /// The mean of the finite numbers.
  public var mean: Double? { finiteCount > 0 ? center : nil }
  /// The standard deviation of the finite numbers, which divides by how many they are.
  public var standardDeviation: Double? {
    finiteCount > 0 ? (squares / Double(finiteCount)).squareRoot() : nil
  }
  public var largestMagnitude: Double? { finiteCount > 0 ? largest : nil }
  public var nonFiniteCount: Int { nanCount + infinityCount }

  public init() {}

  /// Takes more numbers into account, which follow those before.
  ///
  /// Means and squares of parts are joined as in Chan, Golub and LeVeque 1979, equations 2.1.
  public mutating func add(_ values: [Double]) {
    var sum = 0.0
    var finite = 0
    for (index, value) in values.enumerated() {
      guard value.isFinite else {
        if value.isNaN { nanCount += 1 } else { infinityCount += 1 }
        continue
      }
      finite += 1
      sum += value
      if value == 0 { zeroCount += 1 }
      if value.magnitude > largest {
        largest = value.magnitude
        largestIndex = count + index
      }
      minimum = min(minimum ?? value, value)
      maximum = max(maximum ?? value, value)
    }
    count += values.count
    guard finite > 0 else { return }
    let mean = sum / Double(finite)
    let distance = mean - center
    let total = Double(finiteCount + finite)
    for value in values where value.isFinite { squares += (value - mean) * (value - mean) }
    squares += distance * distance * Double(finiteCount) * Double(finite) / total
    center += distance * Double(finite) / total
    finiteCount += finite
  }
}
