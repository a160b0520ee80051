/// A blockwise quantization method, so that methods can be compared by one function.
public protocol WeightQuantizer: Sendable {
  /// The name of the data type, such as "nf4" or "int8".
  var name: String { get }
  /// The number of weights that share one absmax.
  var blockSize: Int { get }
  /// The bits of a code.
  var codeBits: Int { get }
  /// Quantizes weights and restores them.
  ///
  /// - Throws: ``QuantizationError/notFinite(index:value:)``.
  func reconstruction(of weights: [Float]) throws(QuantizationError) -> Reconstruction
}

extension WeightQuantizer {
  /// The bits of a code and its share of a 32-bit absmax.
  public var bitsPerWeight: Double { Double(codeBits) + 32 / Double(blockSize) }
}

/// What a quantization method stores for some weights, and what it restores from that.
public struct Reconstruction: Equatable, Sendable {
  /// The code of each weight; signed for integer types.
  public let codes: [Int]
  /// The largest magnitude of each block.
  public let absmax: [Float]
  /// The restored weights.
  public let weights: [Float]
}

extension BlockQuantizer: WeightQuantizer {
  public var name: String { codebook.name }
  public var codeBits: Int { 4 }

  public func reconstruction(
    of weights: [Float]
  ) throws(QuantizationError) -> Reconstruction {
    let tensor = try quantize(weights)
    return Reconstruction(
      codes: tensor.codes.map(Int.init), absmax: tensor.absmax, weights: tensor.dequantized())
  }
}
