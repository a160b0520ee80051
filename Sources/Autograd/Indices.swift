/// Whole numbers that choose rows: tokens, or the right answers.
@safe public final class Indices {
  /// A label below 0 is left out of the loss; this is the usual one.
  public static let ignored: Int32 = -100

  public let count: Int
  let start: UnsafeMutablePointer<Int32>

  public init(count: Int) {
    precondition(count >= 0, "\(count) indices cannot be stored.")
    self.count = count
    unsafe start = UnsafeMutablePointer<Int32>.allocate(capacity: max(count, 1))
    unsafe start.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { unsafe start.deallocate() }

  /// A copy of the values.
  public var values: [Int32] {
    unsafe Array(unsafe UnsafeBufferPointer(start: start, count: count))
  }

  /// Replaces one value.
  public func set(_ value: Int32, at place: Int) {
    precondition(place >= 0 && place < count, "\(count) indices have no place \(place).")
    unsafe start[place] = value
  }

  /// Replaces values from a place on, each with an offset added; the caller has checked that they are
  /// below the number of rows.
  public func set(_ values: [Int32], at place: Int = 0, adding offset: Int32 = 0) {
    precondition(
      place >= 0 && place + values.count <= count,
      "\(count) indices cannot take \(values.count) values from \(place) on.")
    for index in values.indices { unsafe start[place + index] = values[index] + offset }
  }
}

/// The randomness of dropout, as a function of a seed and the number of the step.
///
/// Nothing is drawn from a sequence, so a run that resumes at a step sees the same numbers.
public final class Randomness {
  public let seed: UInt64
  /// The number of the run through the graph.
  public var step: UInt64 = 0

  public init(seed: UInt64) { self.seed = seed }

  /// The key of one operation at the present step.
  func key(stream: Int) -> UInt64 {
    var z = seed &+ 0x9E37_79B9_7F4A_7C15 &* (step &+ 1) &+ 0xD1B5_4A32_D192_ED03 &* UInt64(stream)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
