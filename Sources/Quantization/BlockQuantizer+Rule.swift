extension BlockQuantizer {
  /// The divisor of a block: its absmax, but at least 1e−38.
  static func divisor(absmax: Float) -> Float { max(absmax, 1e-38) }

  /// The weights of one block divided by its absmax, as they are compared with the thresholds.
  ///
  /// - Parameters:
  ///   - block: The weights of the block, all finite.
  ///   - isWhole: Whether the block has its full size; such a block is multiplied by the
  ///     reciprocal, and a shorter last block is divided.
  /// - Returns: One value in [−1, 1] a weight.
  public static func scaled(_ block: some Collection<Float>, isWhole: Bool) -> [Float] {
    let divisor = divisor(absmax: block.reduce(0) { max($0, abs($1)) })
    let reciprocal = 1 / divisor
    return block.map { min(max(isWhole ? $0 * reciprocal : $0 / divisor, -1), 1) }
  }

  /// Quantizes the blocks from `first` on, one weight at a time.
  ///
  /// It serves the blocks that the kernel does not take: the short last block, and block sizes
  /// that are not multiples of 16.
  func quantizeByRule(
    _ weights: UnsafeBufferPointer<Float>, from first: Int,
    codes: UnsafeMutableBufferPointer<UInt8>, absmax: UnsafeMutableBufferPointer<Float>
  ) -> QuantizationError? {
    if let failure = unsafe Self.notFinite(in: weights, from: first * blockSize) { return failure }
    for block in first..<absmax.count {
      let start = block * blockSize
      let end = min(start + blockSize, weights.count)
      let isWhole = end - start == blockSize
      let values = unsafe weights[start..<end]
      let largest = unsafe values.reduce(0) { max($0, abs($1)) }
      unsafe absmax[block] = isWhole ? largest : Self.divisor(absmax: largest)
      for (index, scaled) in unsafe zip(start..., Self.scaled(values, isWhole: isWhole)) {
        let code = codebook.code(of: scaled)
        if index.isMultiple(of: 2) {
          unsafe codes[index / 2] = code << 4 | codebook.codeOfZero
        } else {
          unsafe codes[index / 2] = codes[index / 2] & 0xF0 | code
        }
      }
    }
    return nil
  }
}
