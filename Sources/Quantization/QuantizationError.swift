/// What can go wrong when weights are quantized or quantized tensors are assembled.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
  /// A weight is NaN or infinite; `index` counts from 0 in row-major order.
  case notFinite(index: Int, value: Float)
  /// The block size is not one that users may choose.
  case blockSizeNotAllowed(Int)
  /// The block size is not positive.
  case blockSizeNotPositive(Int)
  /// The shape does not hold as many elements as there are weights.
  case shapeMismatch(shape: [Int], count: Int)
  /// A stored part of a quantized tensor has the wrong length.
  case wrongLength(part: String, expected: Int, found: Int)
  /// The values of a codebook cannot be used.
  case invalidCodebook(name: String, reason: String)
  /// A number of levels, bins or bits is outside what the method supports.
  case outOfRange(quantity: String, value: Int, allowed: ClosedRange<Int>)
  /// The largest probability of a NormalFloat is not strictly between 0.5 and 1.
  case offsetOutOfRange(Double)
  /// There are not enough values for the method.
  case tooFewValues(needed: Int, found: Int)

  public var description: String {
    switch self {
    case .notFinite(let index, let value):
      "Weight \(index) is \(value), which no code can represent; repair or remove it first"
    case .blockSizeNotAllowed(let size):
      "A block size of \(size) is not supported; choose one of "
        + BlockQuantizer.allowedBlockSizes.map(String.init).joined(separator: ", ")
    case .blockSizeNotPositive(let size):
      "A block of \(size) weights is not possible; a block needs at least 1"
    case .shapeMismatch(let shape, let count):
      "A shape of \(shape.map(String.init).joined(separator: "×")) does not hold \(count) weights"
    case .wrongLength(let part, let expected, let found):
      "The \(part) of the quantized tensor should have \(expected) entries, not \(found)"
    case .invalidCodebook(let name, let reason):
      "The codebook \(name) cannot be used: \(reason)"
    case .outOfRange(let quantity, let value, let allowed):
      "The \(quantity) must lie between \(allowed.lowerBound) and \(allowed.upperBound), "
        + "not be \(value)"
    case .offsetOutOfRange(let offset):
      "The offset of a NormalFloat is a probability between 0.5 and 1, not \(offset)"
    case .tooFewValues(let needed, let found):
      "At least \(needed) values are needed, but there are \(found)"
    }
  }
}
