public import Adapters
public import Autograd
public import Quantization

/// A frozen weight in four bits whose absmax values take eight: NF4 with double quantization.
///
/// Only codes are kept; absmax values and weights are written out for each use. Source: Dettmers et al.
/// 2023, arXiv:2305.14314.
public final class FourBitWeight: CompressedWeight {
  public let codebook: Codebook
  public let blockSize: Int
  /// Two codes a byte, the first one in the high half.
  public let packed: [UInt8]
  /// The absmax values, quantized to eight bits.
  public let scales: DoubleQuantizedScales
  /// [out, in].
  public let shape: [Int]

  public init(_ tensor: DoubleQuantizedTensor, shape: [Int]) {
    precondition(
      tensor.restored.count == shape.reduce(1, *), "\(tensor.restored.count) weights, \(shape).")
    codebook = tensor.restored.codebook
    blockSize = tensor.restored.blockSize
    packed = tensor.packed
    scales = tensor.scales
    self.shape = shape
  }

  /// Quantizes a weight.
  ///
  /// - Throws: `QuantizationError.notFinite` with the place of a NaN or an infinity.
  public convenience init(
    quantizing weights: [Float], shape: [Int], blockSize: Int = 64
  ) throws(QuantizationError) {
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: blockSize)
    self.init(try quantizer.quantize(weights, shape: shape).doubleQuantized(), shape: shape)
  }

  public var count: Int { shape.reduce(1, *) }

  /// Codes, codes of the absmax values, nested absmax values and the offset.
  public var byteCount: Int {
    packed.count + scales.codes.count + 4 * scales.nestedAbsmax.count + 4
  }

  /// An absmax value a block.
  public var scratchCount: Int { scales.codes.count }

  public func write(
    into weights: UnsafeMutableBufferPointer<Float>,
    scratch: UnsafeMutableBufferPointer<Float>, threads: Int
  ) {
    unsafe scales.restore(into: scratch)
    unsafe packed.withUnsafeBufferPointer { packed in
      unsafe PackedCodes(codebook: codebook, blockSize: blockSize, packed: packed).dequantize(
        absmax: UnsafeBufferPointer(scratch), into: weights,
        threads: count > 1 << 18 ? threads : 1)
    }
  }

  /// The weights in row-major order.
  public func dequantized() -> [Float] {
    Parameter(name: "", shape: shape, compressed: self).values
  }
}

/// A frozen layer in four bits with a trained adapter beside it, in single precision.
public struct QLoRALinear: LinearLayer {
  /// The adapter, and the layer whose weight is compressed.
  public let lora: LoRALinear
  /// The weight in four bits.
  public let weight: FourBitWeight

  /// Puts an adapter beside a quantized weight.
  ///
  /// - Parameters:
  ///   - weight: The frozen weight.
  ///   - bias: The frozen bias, [out].
  ///   - name: The name of the layer, such as `model.layers.0.self_attn.q_proj`.
  ///   - adapter: Where training starts.
  ///   - dropout: From 0 up to below 1.
  /// - Throws: `ModelError.wrongShape` if the adapter is not one for the layer.
  public init(
    _ weight: FourBitWeight, bias: Parameter? = nil, name: String, adapter: LoRAAdapter,
    dropout: Double = 0
  ) throws(ModelError) {
    self.weight = weight
    let parameter = Parameter(name: name + ".weight", shape: weight.shape, compressed: weight)
    lora = try LoRALinear(
      Linear(weight: parameter, bias: bias), name: name, adapter: adapter, dropout: dropout)
  }

  public func output(
    of x: Tensor, in graph: inout Graph, trains: Bool
  ) throws(AutogradError) -> Tensor {
    try lora.output(of: x, in: &graph, trains: trains)
  }

  public var parameters: [Parameter] { lora.parameters }

  public func mergedWeight() throws(AdapterError) -> [Float] { try lora.mergedWeight() }
}
