/// The bytes that a quantized tensor occupies, part by part.
///
/// The tables of values, which are the same for every tensor, are not counted.
public struct QuantizationStorage: Equatable, Sendable {
  /// The number of weights.
  public let count: Int
  /// Bytes of the packed 4-bit codes.
  public let packed: Int
  /// Bytes of the absmax values, four a block; 0 if they are double-quantized.
  public let absmax: Int
  /// Bytes of the 8-bit codes of the absmax values, one a block.
  public let absmaxCodes: Int
  /// Bytes of the nested absmax values, four for every 256 blocks.
  public let nestedAbsmax: Int
  /// Bytes of the offset.
  public let offset: Int

  /// Counts the bytes of a number of weights.
  ///
  /// - Throws: ``QuantizationError/blockSizeNotPositive(_:)``.
  public init(
    count: Int, blockSize: Int, doubleQuantized: Bool,
    nestedBlockSize: Int = DoubleQuantizedScales.defaultNestedBlockSize
  ) throws(QuantizationError) {
    guard blockSize > 0 else { throw .blockSizeNotPositive(blockSize) }
    guard nestedBlockSize > 0 else { throw .blockSizeNotPositive(nestedBlockSize) }
    self.init(
      count: count, blocks: QuantizedTensor.blockCount(of: count, blockSize: blockSize),
      nestedBlockSize: doubleQuantized ? nestedBlockSize : nil)
  }

  init(count: Int, blocks: Int, nestedBlockSize: Int?) {
    self.count = count
    self.packed = QuantizedTensor.packedCount(of: count)
    if let nestedBlockSize {
      self.absmax = 0
      self.absmaxCodes = blocks
      self.nestedAbsmax = 4 * QuantizedTensor.blockCount(of: blocks, blockSize: nestedBlockSize)
      self.offset = 4
    } else {
      self.absmax = 4 * blocks
      self.absmaxCodes = 0
      self.nestedAbsmax = 0
      self.offset = 0
    }
  }

  /// All bytes.
  public var total: Int { packed + absmax + absmaxCodes + nestedAbsmax + offset }

  /// All bits divided by the number of weights; 0 without weights.
  public var bitsPerWeight: Double { count == 0 ? 0 : Double(8 * total) / Double(count) }

  /// The bits per weight of a large tensor, where the rounding of sizes no longer matters.
  ///
  /// That is 4 + 32/B with blocks of B weights, and 4 + 8/B + 32/(256·B) with double quantization:
  /// 4.5 and 4.126953125 at B = 64.
  public static func bitsPerWeight(blockSize: Int, doubleQuantized: Bool) -> Double {
    let block = Double(blockSize)
    let nested = Double(DoubleQuantizedScales.defaultNestedBlockSize)
    return doubleQuantized ? 4 + 8 / block + 32 / (nested * block) : 4 + 32 / block
  }
}

extension QuantizedTensor {
  /// The bytes of this tensor.
  public var storage: QuantizationStorage {
    QuantizationStorage(count: count, blocks: blockCount, nestedBlockSize: nil)
  }
}

extension DoubleQuantizedTensor {
  /// The bytes of this tensor.
  public var storage: QuantizationStorage {
    QuantizationStorage(
      count: restored.count, blocks: restored.blockCount, nestedBlockSize: scales.nestedBlockSize)
  }
}
