public import Quantization

/// Weights by the names of a model's files.
///
/// A weight is a list of numbers with a shape, or in four bits where it was quantized before.
public struct ModelWeights: Sendable {
  public enum Weight: Sendable {
    case dense([Float], shape: [Int])
    case fourBit(DoubleQuantizedTensor, shape: [Int])
  }

  private var weights: [String: Weight]

  public init(_ weights: [String: Weight] = [:]) { self.weights = weights }

  public subscript(name: String) -> Weight? {
    get { weights[name] }
    set { weights[name] = newValue }
  }

  /// - Throws: `ModelError.missingWeight` or `.wrongShape`.
  func weight(_ name: String, shape: [Int]) throws(ModelError) -> Weight {
    guard let weight = weights[name] else { throw .missingWeight(name) }
    let found =
      switch weight {
      case .dense(_, let shape), .fourBit(_, let shape): shape
      }
    guard found == shape else { throw .wrongShape(name: name, found: found, needed: shape) }
    let count =
      switch weight {
      case .dense(let values, _): values.count
      case .fourBit(let tensor, _): tensor.restored.count
      }
    guard count == shape.reduce(1, *) else {
      throw .wrongCount(name: name, found: count, needed: shape.reduce(1, *))
    }
    return weight
  }

  /// The numbers of a weight, dequantized where need be.
  public func values(_ name: String, shape: [Int]) throws(ModelError) -> [Float] {
    switch try weight(name, shape: shape) {
    case .dense(let values, _): return values
    case .fourBit(let tensor, _): return tensor.dequantized()
    }
  }
}
