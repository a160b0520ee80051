/// Quantizes weights block by block: each block is divided by its largest magnitude, and each
/// quotient takes the nearest value of a codebook.
///
/// The rule is that of bitsandbytes 0.50.2 on a CPU, bit for bit. With B weights a block and all
/// arithmetic in single precision:
///
///     absmax = max |x|
///     scaled = x · (1 / max(absmax, 1e−38))
///     level  = the number of thresholds strictly below scaled
///
/// A last block of fewer than B weights divides instead, `scaled = x / max(absmax, 1e−38)`, and
/// stores that divisor as its absmax.
public struct BlockQuantizer: Equatable, Sendable {
  /// The block sizes that users may choose, as in bitsandbytes.
  public static let allowedBlockSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096]

  /// The values of the codes.
  public let codebook: Codebook
  /// The number of weights that share one absmax.
  public let blockSize: Int

  /// Creates a quantizer with blocks of any positive size.
  ///
  /// - Throws: ``QuantizationError/blockSizeNotPositive(_:)``.
  public init(codebook: Codebook = .nf4, blockSize: Int = 64) throws(QuantizationError) {
    guard blockSize > 0 else { throw .blockSizeNotPositive(blockSize) }
    self.codebook = codebook
    self.blockSize = blockSize
  }

  /// Creates a quantizer of a data type with one of the block sizes that users may choose.
  ///
  /// - Throws: ``QuantizationError/blockSizeNotAllowed(_:)``.
  public init(type: FourBitType, blockSize: Int = 64) throws(QuantizationError) {
    try Self.check(blockSize: blockSize)
    try self.init(codebook: type.codebook, blockSize: blockSize)
  }

  /// Checks a block size that a user chose.
  ///
  /// - Throws: ``QuantizationError/blockSizeNotAllowed(_:)``.
  public static func check(blockSize: Int) throws(QuantizationError) {
    guard allowedBlockSizes.contains(blockSize) else { throw .blockSizeNotAllowed(blockSize) }
  }

  /// Quantizes weights given in row-major order.
  ///
  /// - Parameters:
  ///   - weights: The weights, all finite.
  ///   - shape: The shape to record; the product of its entries is the number of weights.
  ///   - threads: The number of threads to use; nil uses the processor's cores for large inputs.
  ///     The result does not depend on it.
  /// - Returns: The codes and the absmax values.
  /// - Throws: ``QuantizationError/notFinite(index:value:)`` with the first NaN or infinity.
  public func quantize(
    _ weights: [Float], shape: [Int]? = nil, threads: Int? = nil
  ) throws(QuantizationError) -> QuantizedTensor {
    if let shape { try QuantizedTensor.check(shape: shape, count: weights.count) }
    let bytes = QuantizedTensor.packedCount(of: weights.count)
    let blocks = QuantizedTensor.blockCount(of: weights.count, blockSize: blockSize)
    var failure: QuantizationError?
    var absmax: [Float] = []
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: bytes) { codes, codeCount in
      absmax = unsafe [Float](unsafeUninitializedCapacity: blocks) { scales, scaleCount in
        failure = unsafe weights.withUnsafeBufferPointer { input in
          unsafe firstFailure(
            quantizing: input, codes: UnsafeMutableBufferPointer(rebasing: codes[..<bytes]),
            absmax: UnsafeMutableBufferPointer(rebasing: scales[..<blocks]), threads: threads)
        }
        scaleCount = failure == nil ? blocks : 0
      }
      codeCount = failure == nil ? bytes : 0
    }
    if let failure { throw failure }
    return QuantizedTensor(
      unchecked: codebook, blockSize: blockSize, count: weights.count, packed: packed,
      absmax: absmax, shape: shape)
  }
}
