internal import CKernels

/// The absmax values of a tensor's blocks, themselves quantized to eight bits.
///
/// The mean of all absmax values is subtracted; the differences are divided by the largest
/// magnitude of each group of 256 blocks and stored as codes of the ``DynamicMap``. Source:
/// Dettmers et al. 2023, section 3; `quantize_4bit(compress_statistics=True)` of bitsandbytes.
public struct DoubleQuantizedScales: Equatable, Sendable {
  /// The number of blocks that share one nested absmax in bitsandbytes.
  public static let defaultNestedBlockSize = 256

  /// A code of the dynamic map for each block.
  public let codes: [UInt8]
  /// The largest magnitude of the differences in each nested block.
  public let nestedAbsmax: [Float]
  /// The mean that was subtracted.
  public let offset: Float
  /// The number of blocks that share one nested absmax.
  public let nestedBlockSize: Int

  /// Quantizes absmax values.
  ///
  /// - Parameters:
  ///   - absmax: The largest magnitude of each block.
  ///   - rule: How a scaled difference becomes a code.
  ///   - offset: The value to subtract; nil takes the mean of `absmax`, summed in double precision
  ///     in the order of the blocks and rounded to single precision once.
  ///   - nestedBlockSize: The number of blocks that share one nested absmax.
  /// - Throws: ``QuantizationError`` if a value is not finite or the block size not positive.
  public init(
    quantizing absmax: [Float], rule: DynamicMap.Rule = .nearest, offset: Float? = nil,
    nestedBlockSize: Int = defaultNestedBlockSize
  ) throws(QuantizationError) {
    guard nestedBlockSize > 0 else { throw .blockSizeNotPositive(nestedBlockSize) }
    if let index = absmax.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(index: index, value: absmax[index])
    }
    let offset = offset ?? Self.mean(of: absmax)
    var codes: [UInt8] = []
    var nestedAbsmax: [Float] = []
    codes.reserveCapacity(absmax.count)
    for start in stride(from: 0, to: absmax.count, by: nestedBlockSize) {
      let differences = absmax[start..<min(start + nestedBlockSize, absmax.count)].map {
        $0 - offset
      }
      let largest = differences.reduce(0) { max($0, abs($1)) }
      nestedAbsmax.append(largest)
      if largest == 0 {
        // bitsandbytes stores code 0 here; the product with 0 restores the offset all the same.
        codes.append(contentsOf: repeatElement(0, count: differences.count))
      } else {
        let reciprocal = 1 / BlockQuantizer.divisor(absmax: largest)
        codes.append(
          contentsOf: differences.map {
            DynamicMap.code(of: min(max($0 * reciprocal, -1), 1), rule: rule)
          })
      }
    }
    self.codes = codes
    self.nestedAbsmax = nestedAbsmax
    self.offset = offset
    self.nestedBlockSize = nestedBlockSize
  }

  /// Assembles scales from stored parts.
  ///
  /// - Throws: ``QuantizationError`` if the number of nested absmax values does not fit.
  public init(
    codes: [UInt8], nestedAbsmax: [Float], offset: Float,
    nestedBlockSize: Int = defaultNestedBlockSize
  ) throws(QuantizationError) {
    guard nestedBlockSize > 0 else { throw .blockSizeNotPositive(nestedBlockSize) }
    let blocks = QuantizedTensor.blockCount(of: codes.count, blockSize: nestedBlockSize)
    guard nestedAbsmax.count == blocks else {
      throw .wrongLength(part: "nested absmax", expected: blocks, found: nestedAbsmax.count)
    }
    self.codes = codes
    self.nestedAbsmax = nestedAbsmax
    self.offset = offset
    self.nestedBlockSize = nestedBlockSize
  }

  /// The absmax values that the codes stand for: `map[code] * nestedAbsmax + offset`, rounded
  /// after the product and after the sum.
  public func restored() -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: codes.count) { scales, count in
      count = codes.count
      guard let output = scales.baseAddress else { return }
      unsafe lora_restore_scales(
        codes, count, DynamicMap.values, nestedAbsmax, nestedBlockSize, offset, output)
    }
  }

  private static func mean(of absmax: [Float]) -> Float {
    guard !absmax.isEmpty else { return 0 }
    return Float(absmax.reduce(0) { $0 + Double($1) } / Double(absmax.count))
  }
}
