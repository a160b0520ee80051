/// Weights stored as 4-bit codes with one absmax a block.
///
/// Blocks run over the weights in row-major order, across the ends of rows; the last block may be
/// shorter.
public struct QuantizedTensor: Equatable, Sendable {
  /// The values of the codes.
  public let codebook: Codebook
  /// The number of weights that share one absmax.
  public let blockSize: Int
  /// The number of weights.
  public let count: Int
  /// Two codes a byte, the first one in the high half; `(count + 1) / 2` bytes.
  ///
  /// The low half of the last byte of an odd count holds the code of zero.
  public let packed: [UInt8]
  /// The largest magnitude of each block.
  public let absmax: [Float]
  /// The shape of the tensor, if known; the product of its entries is `count`.
  public let shape: [Int]?

  /// Assembles a tensor from stored parts.
  ///
  /// - Throws: ``QuantizationError`` if a part has the wrong length.
  public init(
    codebook: Codebook, blockSize: Int, count: Int, packed: [UInt8], absmax: [Float],
    shape: [Int]? = nil
  ) throws(QuantizationError) {
    guard blockSize > 0 else { throw .blockSizeNotPositive(blockSize) }
    if let shape { try Self.check(shape: shape, count: count) }
    let bytes = Self.packedCount(of: count)
    guard packed.count == bytes else {
      throw .wrongLength(part: "codes", expected: bytes, found: packed.count)
    }
    let blocks = Self.blockCount(of: count, blockSize: blockSize)
    guard absmax.count == blocks else {
      throw .wrongLength(part: "absmax", expected: blocks, found: absmax.count)
    }
    self.init(
      unchecked: codebook, blockSize: blockSize, count: count, packed: packed, absmax: absmax,
      shape: shape)
  }

  init(
    unchecked codebook: Codebook, blockSize: Int, count: Int, packed: [UInt8], absmax: [Float],
    shape: [Int]?
  ) {
    self.codebook = codebook
    self.blockSize = blockSize
    self.count = count
    self.packed = packed
    self.absmax = absmax
    self.shape = shape
  }

  /// The number of bytes that hold the codes of a number of weights.
  public static func packedCount(of count: Int) -> Int { (count + 1) / 2 }

  /// The number of blocks, the last one possibly short.
  public static func blockCount(of count: Int, blockSize: Int) -> Int {
    (count + blockSize - 1) / blockSize
  }

  static func check(shape: [Int], count: Int) throws(QuantizationError) {
    var product = 1
    var overflow = false
    for side in shape {
      let result = product.multipliedReportingOverflow(by: side)
      product = result.partialValue
      overflow = overflow || result.overflow || side < 0
    }
    guard !overflow, product == count else { throw .shapeMismatch(shape: shape, count: count) }
  }

  /// The number of blocks.
  public var blockCount: Int { absmax.count }

  /// The code of one weight, counted from 0.
  public func code(at index: Int) -> UInt8 {
    precondition((0..<count).contains(index), "Weight \(index) of \(count) does not exist.")
    return index.isMultiple(of: 2) ? packed[index / 2] >> 4 : packed[index / 2] & 15
  }

  /// The codes of all weights in order.
  public var codes: [UInt8] { (0..<count).map(code(at:)) }

  /// The indices of the weights of one block.
  public func indices(ofBlock block: Int) -> Range<Int> {
    precondition(absmax.indices.contains(block), "Block \(block) of \(blockCount) does not exist.")
    return block * blockSize..<min(count, (block + 1) * blockSize)
  }

  /// The weights that the codes stand for: `codebook[code] * absmax`, rounded once.
  public func dequantized() -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe dequantize(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }
}
