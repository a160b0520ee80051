public import Quantization

/// A quantized weight as bitsandbytes stores it in a checkpoint, ready for `Safetensors.write`.
///
/// For a weight P of n elements in blocks of B, the tensors are
///
///     P                                        U8  [(n + 1) / 2, 1]   two codes a byte
///     P.absmax                                 F32 [⌈n / B⌉], or U8 with double quantization
///     P.quant_map                              F32 [16]               the codebook
///     P.nested_absmax, P.nested_quant_map      F32 [⌈blocks / 256⌉], [256]   with double quantization
///     P.quant_state.bitsandbytes__nf4          U8                     a JSON object
///
/// Source: bitsandbytes 0.50.2, `QuantState.as_dict(packed=True)`.
public enum FourBitWeights {
  /// The tensors of a weight.
  ///
  /// - Parameters:
  ///   - name: The name of the weight, such as `model.layers.0.self_attn.q_proj.weight`.
  ///   - tensor: Its codes, with the shape to record.
  ///   - double: The same with quantized absmax values, where they are to be stored.
  /// - Returns: The weight's codes and everything needed to read them.
  public static func tensors(
    named name: String, _ tensor: QuantizedTensor, double: DoubleQuantizedTensor? = nil
  ) -> [Safetensors.NewTensor] {
    func floats(_ suffix: String, _ values: [Float]) -> Safetensors.NewTensor {
      .init(name: name + suffix, shape: [values.count], values: values)
    }
    func bytes(_ suffix: String, _ values: [UInt8], shape: [Int]? = nil) -> Safetensors.NewTensor {
      .init(name: name + suffix, dtype: .u8, shape: shape ?? [values.count], bytes: values)
    }
    var tensors = [
      bytes("", tensor.packed, shape: [tensor.packed.count, 1]),
      floats(".quant_map", tensor.codebook.values),
    ]
    let shape = (tensor.shape ?? [tensor.count]).map(String.init).joined(separator: ", ")
    var state =
      "{\"quant_type\": \"\(tensor.codebook.name)\", \"blocksize\": \(tensor.blockSize), "
      + "\"dtype\": \"float32\", \"shape\": [\(shape)]"
    if let scales = double?.scales {
      tensors += [
        bytes(".absmax", scales.codes), floats(".nested_absmax", scales.nestedAbsmax),
        floats(".nested_quant_map", DynamicMap.values),
      ]
      // Python widens the number to double precision before it writes the digits.
      state +=
        ", \"nested_blocksize\": \(scales.nestedBlockSize), \"nested_dtype\": \"float32\", "
        + "\"nested_offset\": \(Double(scales.offset))"
    } else {
      tensors.append(floats(".absmax", tensor.absmax))
    }
    tensors.append(
      bytes(".quant_state.bitsandbytes__\(tensor.codebook.name)", Array((state + "}").utf8)))
    return tensors
  }
}
