/// Weights stored as 4-bit codes whose absmax values are quantized as well.
public struct DoubleQuantizedTensor: Equatable, Sendable {
  /// The quantized absmax values.
  public let scales: DoubleQuantizedScales
  /// The same codes with the absmax values that ``scales`` restore.
  public let restored: QuantizedTensor

  /// Assembles a tensor from stored parts.
  ///
  /// - Throws: ``QuantizationError`` if a part has the wrong length.
  public init(
    codebook: Codebook, blockSize: Int, count: Int, packed: [UInt8],
    scales: DoubleQuantizedScales, shape: [Int]? = nil
  ) throws(QuantizationError) {
    self.scales = scales
    self.restored = try QuantizedTensor(
      codebook: codebook, blockSize: blockSize, count: count, packed: packed,
      absmax: scales.restored(), shape: shape)
  }

  /// The codes, two a byte.
  public var packed: [UInt8] { restored.packed }

  /// The weights that the codes and the restored absmax values stand for.
  public func dequantized() -> [Float] { restored.dequantized() }
}

extension QuantizedTensor {
  /// Quantizes the absmax values to eight bits; the codes of the weights stay as they are.
  ///
  /// - Parameters:
  ///   - rule: How a scaled difference becomes a code.
  ///   - offset: The value to subtract from every absmax; nil takes their mean.
  /// - Returns: A tensor with the same codes.
  /// - Throws: ``QuantizationError/notFinite(index:value:)`` if an absmax is not finite.
  public func doubleQuantized(
    rule: DynamicMap.Rule = .nearest, offset: Float? = nil
  ) throws(QuantizationError) -> DoubleQuantizedTensor {
    try DoubleQuantizedTensor(
      codebook: codebook, blockSize: blockSize, count: count, packed: packed,
      scales: DoubleQuantizedScales(quantizing: absmax, rule: rule, offset: offset), shape: shape)
  }
}
