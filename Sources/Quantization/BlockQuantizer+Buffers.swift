internal import CKernels

extension BlockQuantizer {
  /// Quantizes weights into buffers that the caller provides, so that no memory is allocated.
  ///
  /// - Parameters:
  ///   - weights: The weights, all finite.
  ///   - codes: Receives the packed codes; ``QuantizedTensor/packedCount(of:)`` bytes.
  ///   - absmax: Receives the largest magnitudes;
  ///     ``QuantizedTensor/blockCount(of:blockSize:)`` values.
  ///   - threads: The number of threads to use; nil uses the processor's cores for large inputs.
  /// - Throws: ``QuantizationError/notFinite(index:value:)`` with the first NaN or infinity, after
  ///   which the contents of the buffers are unspecified; or ``QuantizationError/wrongLength``.
  public func quantize(
    _ weights: UnsafeBufferPointer<Float>, codes: UnsafeMutableBufferPointer<UInt8>,
    absmax: UnsafeMutableBufferPointer<Float>, threads: Int? = nil
  ) throws(QuantizationError) {
    let bytes = QuantizedTensor.packedCount(of: weights.count)
    let blocks = QuantizedTensor.blockCount(of: weights.count, blockSize: blockSize)
    guard codes.count == bytes else {
      throw .wrongLength(part: "codes", expected: bytes, found: codes.count)
    }
    guard absmax.count == blocks else {
      throw .wrongLength(part: "absmax", expected: blocks, found: absmax.count)
    }
    if let failure = unsafe firstFailure(
      quantizing: weights, codes: codes, absmax: absmax, threads: threads)
    {
      throw failure
    }
  }

  /// Quantizes into buffers of the right lengths and returns the error of the first bad weight.
  func firstFailure(
    quantizing weights: UnsafeBufferPointer<Float>, codes: UnsafeMutableBufferPointer<UInt8>,
    absmax: UnsafeMutableBufferPointer<Float>, threads: Int?
  ) -> QuantizationError? {
    let whole = blockSize.isMultiple(of: 16) ? weights.count / blockSize : 0
    let ranges = BlockRanges(blocks: whole, blockSize: blockSize, threads: threads)
    var finished = [Int](repeating: 0, count: ranges.count)
    unsafe finished.withUnsafeMutableBufferPointer { finished in
      ranges.forEach { part, blocks in
        unsafe finished[part] = quantizeWhole(blocks, of: weights, codes: codes, absmax: absmax)
      }
    }
    for part in 0..<ranges.count where finished[part] < ranges[part].count {
      let block = ranges[part].lowerBound + finished[part]
      return unsafe Self.notFinite(in: weights, from: block * blockSize)
    }
    return unsafe quantizeByRule(weights, from: whole, codes: codes, absmax: absmax)
  }

  /// Quantizes whole blocks with the kernel and returns how many it did before a bad weight.
  private func quantizeWhole(
    _ blocks: Range<Int>, of weights: UnsafeBufferPointer<Float>,
    codes: UnsafeMutableBufferPointer<UInt8>, absmax: UnsafeMutableBufferPointer<Float>
  ) -> Int {
    guard let input = weights.baseAddress, let packed = codes.baseAddress,
      let scales = absmax.baseAddress
    else { return blocks.count }
    let first = blocks.lowerBound * blockSize
    return unsafe lora_quantize_blocks(
      input + first, blocks.count, blockSize, codebook.paddedThresholds,
      codebook.paddedLevelCodes, packed + first / 2, scales + blocks.lowerBound)
  }

  /// The error for the first weight that is not finite at or after a position.
  static func notFinite(
    in weights: UnsafeBufferPointer<Float>, from start: Int
  ) -> QuantizationError? {
    for index in start..<weights.count where unsafe !weights[index].isFinite {
      return unsafe .notFinite(index: index, value: weights[index])
    }
    return nil
  }
}

extension QuantizedTensor {
  /// Dequantizes into a buffer of `count` values that the caller provides.
  ///
  /// - Parameters:
  ///   - weights: Receives `codebook[code] * absmax`, rounded once.
  ///   - threads: The number of threads to use; nil uses the processor's cores for large tensors.
  public func dequantize(into weights: UnsafeMutableBufferPointer<Float>, threads: Int? = nil) {
    precondition(weights.count == count, "The buffer must hold \(count) values.")
    unsafe packed.withUnsafeBufferPointer { packed in
      unsafe absmax.withUnsafeBufferPointer { absmax in
        unsafe PackedCodes(codebook: codebook, blockSize: blockSize, packed: packed)
          .dequantize(absmax: absmax, into: weights, threads: threads)
      }
    }
  }
}

extension DoubleQuantizedScales {
  /// Writes the absmax values that the codes stand for into a buffer of as many.
  public func restore(into absmax: UnsafeMutableBufferPointer<Float>) {
    precondition(absmax.count == codes.count, "The buffer must hold \(codes.count) values.")
    guard let output = absmax.baseAddress else { return }
    unsafe lora_restore_scales(
      codes, codes.count, DynamicMap.values, nestedAbsmax, nestedBlockSize, offset, output)
  }
}

/// Packed codes whose absmax values are kept elsewhere.
@unsafe public struct PackedCodes {
  public let codebook: Codebook
  public let blockSize: Int
  /// Two codes a byte, the first one in the high half.
  public let packed: UnsafeBufferPointer<UInt8>

  public init(codebook: Codebook, blockSize: Int, packed: UnsafeBufferPointer<UInt8>) {
    unsafe self.codebook = codebook
    unsafe self.blockSize = blockSize
    unsafe self.packed = unsafe packed
  }

  /// Writes `codebook[code] * absmax`, rounded once.
  ///
  /// - Parameters:
  ///   - absmax: One value a block.
  ///   - weights: Receives as many values as there are codes.
  ///   - threads: The number of threads to use; nil uses the processor's cores for large tensors.
  public func dequantize(
    absmax: UnsafeBufferPointer<Float>, into weights: UnsafeMutableBufferPointer<Float>,
    threads: Int? = nil
  ) {
    let count = weights.count
    unsafe precondition(
      packed.count == QuantizedTensor.packedCount(of: count)
        && absmax.count == QuantizedTensor.blockCount(of: count, blockSize: blockSize),
      "\(packed.count) bytes and \(absmax.count) absmax values are not those of \(count) weights.")
    let whole = unsafe blockSize.isMultiple(of: 16) ? count / blockSize : 0
    let ranges = unsafe BlockRanges(blocks: whole, blockSize: blockSize, threads: threads)
    ranges.forEach { _, blocks in
      let first = unsafe blocks.lowerBound * blockSize
      guard let codes = unsafe packed.baseAddress, let scales = absmax.baseAddress,
        let output = weights.baseAddress
      else { return }
      unsafe lora_dequantize_blocks(
        codes + first / 2, blocks.count, blockSize, codebook.paddedValues,
        scales + blocks.lowerBound, output + first)
    }
    for index in unsafe whole * blockSize..<count {
      let byte = unsafe packed[index / 2]
      let code = index.isMultiple(of: 2) ? byte >> 4 : byte & 15
      unsafe weights[index] = codebook.values[Int(code)] * absmax[index / blockSize]
    }
  }
}
