/// How far restored weights are from the original ones.
///
/// All sums are accumulated in double precision, in order.
public struct QuantizationLoss: Equatable, Sendable {
  /// The mean of |error|.
  public let meanAbsolute: Double
  /// The largest |error|.
  public let maximumAbsolute: Double
  /// The first position of the largest |error|; nil without weights.
  public let maximumIndex: Int?
  /// The mean of error².
  public let meanSquared: Double
  /// The mean of |error| / (|weight| + 1e−8), the relative error that bitsandbytes reports.
  public let meanRelative: Double
  /// The norm of the errors divided by the norm of the weights; 0 if there is no error.
  public let relativeNorm: Double

  /// Compares weights with what was restored from their codes.
  ///
  /// - Throws: ``QuantizationError/wrongLength(part:expected:found:)`` if the numbers of weights
  ///   differ.
  public init(original: [Float], restored: [Float]) throws(QuantizationError) {
    guard original.count == restored.count else {
      throw .wrongLength(
        part: "restored weights", expected: original.count, found: restored.count)
    }
    var absolute = 0.0
    var squared = 0.0
    var relative = 0.0
    var weightSquared = 0.0
    var largest = -1.0
    var largestIndex: Int?
    for (index, (weight, value)) in zip(original, restored).enumerated() {
      let error = abs(Double(value) - Double(weight))
      absolute += error
      squared += error * error
      relative += error / (abs(Double(weight)) + 1e-8)
      weightSquared += Double(weight) * Double(weight)
      if error > largest {
        largest = error
        largestIndex = index
      }
    }
    let count = max(Double(original.count), 1)
    meanAbsolute = absolute / count
    maximumAbsolute = max(largest, 0)
    maximumIndex = largestIndex
    meanSquared = squared / count
    meanRelative = relative / count
    relativeNorm = squared == 0 ? 0 : (squared / weightSquared).squareRoot()
  }
}
