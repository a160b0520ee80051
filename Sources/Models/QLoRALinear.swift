public import Adapters
public import Autograd
public import Quantization

/// A frozen weight in four bits whose absmax values take eight: NF4 with double quantization.
///
/// Only codes are kept; absmax values and weights are written out for each use. Source: Dettmers et al.
/// 2023, arXiv:2305.14314.
public final class FourBitWeight: CompressedWeight {
  public let tensor: DoubleQuantizedTensor
  /// [out, in].
  public let shape: [Int]

  public init(_ tensor: DoubleQuantizedTensor, shape: [Int]) {
    precondition(
      tensor.restored.count == shape.reduce(1, *), "\(tensor.restored.count) weights, \(shape).")
    self.tensor = tensor
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

  public var count: Int { tensor.restored.count }

  /// Codes, nested absmax values and the offset, and the restored absmax values that are kept beside them.
  public var byteCount: Int {
    tensor.packed.count + tensor.scales.codes.count + 4 * tensor.scales.nestedAbsmax.count + 4
      + 4 * tensor.restored.absmax.count
  }

  public func write(into weights: UnsafeMutableBufferPointer<Float>, threads: Int) {
    unsafe tensor.restored.dequantize(into: weights, threads: count > 1 << 18 ? threads : 1)
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
}
