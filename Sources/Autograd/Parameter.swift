/// A frozen weight in a smaller form, written out whole whenever it is used.
public protocol CompressedWeight {
  /// The number of weights.
  var count: Int { get }
  /// The bytes that it takes.
  var byteCount: Int { get }
  /// The floats that it needs for the time of writing.
  var scratchCount: Int { get }
  /// Writes the weights in row-major order.
  func write(
    into weights: UnsafeMutableBufferPointer<Float>,
    scratch: UnsafeMutableBufferPointer<Float>, threads: Int)
}

/// A weight of a model: trained, or frozen.
///
/// A frozen weight has no gradient: none is computed and no memory is taken for it.
public final class Parameter {
  enum Storage {
    case dense(Floats)
    case compressed(any CompressedWeight)
  }

  /// The name in the model's files.
  public let name: String
  public let shape: [Int]
  public let isTrainable: Bool
  let storage: Storage
  /// The gradient, once a plan that computes it exists.
  public private(set) var gradient: Floats?

  /// Creates a weight from its values in row-major order.
  public init(name: String, shape: [Int], values: [Float], isTrainable: Bool) {
    precondition(
      values.count == shape.reduce(1, *), "\(name) of shape \(shape) has \(values.count) values.")
    self.name = name
    self.shape = shape
    self.isTrainable = isTrainable
    storage = .dense(Floats(values))
  }

  /// Creates a frozen weight that stays compressed.
  public init(name: String, shape: [Int], compressed: any CompressedWeight) {
    precondition(
      compressed.count == shape.reduce(1, *),
      "\(name) of shape \(shape) has \(compressed.count) values.")
    self.name = name
    self.shape = shape
    isTrainable = false
    storage = .compressed(compressed)
  }

  /// The number of weights.
  public var count: Int { shape.reduce(1, *) }

  /// The values in memory, unless they are compressed.
  public var dense: Floats? {
    if case .dense(let floats) = storage { floats } else { nil }
  }

  /// A copy of the values, written out where they are compressed.
  public var values: [Float] {
    switch storage {
    case .dense(let floats): return floats.values
    case .compressed(let weight):
      let (floats, scratch) = (Floats(count: weight.count), Floats(count: weight.scratchCount))
      unsafe floats.withUnsafeBuffer { floats in
        unsafe scratch.withUnsafeBuffer {
          unsafe weight.write(into: floats, scratch: $0, threads: 1)
        }
      }
      return floats.values
    }
  }

  /// The bytes of the weight itself.
  public var byteCount: Int {
    switch storage {
    case .dense(let floats): floats.byteCount
    case .compressed(let weight): weight.byteCount
    }
  }

  /// The gradient's memory, taken at the first call; nil for a frozen weight.
  func gradientStorage() -> Floats? {
    if isTrainable, gradient == nil { gradient = Floats(count: count) }
    return gradient
  }
}
