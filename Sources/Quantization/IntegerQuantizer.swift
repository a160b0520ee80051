/// Quantizes weights block by block to equally spaced levels, symmetric around zero.
///
/// With b bits the codes run from −m to m, where m = 2^(b−1) − 1: 7 for INT4, 127 for INT8.
///
///     code     = round(x / absmax · m)
///     restored = code · absmax / m
///
/// Halves round to the even code. The arithmetic is done in double precision and the restored
/// weight is rounded to single precision once; a block of zeros has codes 0.
public struct IntegerQuantizer: WeightQuantizer, Equatable {
  /// The bits of a code.
  public let codeBits: Int
  /// The number of weights that share one absmax.
  public let blockSize: Int

  /// Creates a quantizer of 2 to 8 bits.
  ///
  /// - Throws: ``QuantizationError``.
  public init(bits: Int, blockSize: Int = 64) throws(QuantizationError) {
    guard (2...8).contains(bits) else {
      throw .outOfRange(quantity: "number of bits", value: bits, allowed: 2...8)
    }
    guard blockSize > 0 else { throw .blockSizeNotPositive(blockSize) }
    self.codeBits = bits
    self.blockSize = blockSize
  }

  /// The name, such as "int4".
  public var name: String { "int\(codeBits)" }

  /// The largest code m.
  public var largestCode: Int { (1 << (codeBits - 1)) - 1 }

  /// The levels −1, …, 0, …, 1 that scaled weights are rounded to.
  public var levels: [Double] {
    (-largestCode...largestCode).map { Double($0) / Double(largestCode) }
  }

  public func reconstruction(
    of weights: [Float]
  ) throws(QuantizationError) -> Reconstruction {
    if let index = NonFinite.firstIndex(in: weights) {
      throw .notFinite(index: index, value: weights[index])
    }
    let largestCode = Double(largestCode)
    var codes: [Int] = []
    var absmax: [Float] = []
    var restored: [Float] = []
    codes.reserveCapacity(weights.count)
    restored.reserveCapacity(weights.count)
    for start in stride(from: 0, to: weights.count, by: blockSize) {
      let block = weights[start..<min(start + blockSize, weights.count)]
      let largest = block.reduce(0) { max($0, abs($1)) }
      absmax.append(largest)
      for weight in block {
        let scaled = largest == 0 ? 0 : Double(weight) / Double(largest) * largestCode
        let code = scaled.rounded(.toNearestOrEven)
        codes.append(Int(code))
        restored.append(Float(code * Double(largest) / largestCode))
      }
    }
    return Reconstruction(codes: codes, absmax: absmax, weights: restored)
  }
}
