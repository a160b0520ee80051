import Dispatch
import Quantization

extension Report {
  /// Times the quantizer, and copying memory as the limit that it cannot pass.
  mutating func addQuantization(runs: Int) throws {
    let weights = Self.weights(count: count)
    let quantizer = try BlockQuantizer(type: .nf4, blockSize: 64)
    let threads = threads
    let quantized = try quantizer.quantize(weights, threads: threads)
    let nested = try quantized.doubleQuantized()
    checksums.append(("packed", adler32(quantized.packed)))
    checksums.append(
      ("absmax", unsafe quantized.absmax.withUnsafeBytes { unsafe adler32(Array($0)) }))

    let moved = 4 * count + quantized.packed.count + 4 * quantized.absmax.count
    var sink = 0
    add(
      "nf4-quantize", bytes: moved,
      try medianSeconds(runs: runs) {
        sink &+= try quantizer.quantize(weights, threads: threads).packed.count
      })
    add(
      "nf4-dequantize", bytes: moved,
      medianSeconds(runs: runs) {
        sink &+= quantized.dequantized().count
      })
    add(
      "nf4-double-quantize", bytes: moved,
      try medianSeconds(runs: runs) {
        sink &+= try quantizer.quantize(weights, threads: threads).doubleQuantized().packed.count
      })
    add(
      "nf4-double-dequantize", bytes: moved,
      medianSeconds(runs: runs) { sink &+= nested.dequantized().count })
    // The same into memory that has been used before, without the cost of fresh pages.
    var codes = [UInt8](repeating: 0, count: quantized.packed.count)
    var scales = [Float](repeating: 0, count: quantized.absmax.count)
    add(
      "nf4-quantize-into", bytes: moved,
      try unsafe weights.withUnsafeBufferPointer { weights in
        try unsafe codes.withUnsafeMutableBufferPointer { codes in
          try unsafe scales.withUnsafeMutableBufferPointer { scales in
            try medianSeconds(runs: runs) {
              try unsafe quantizer.quantize(
                weights, codes: codes, absmax: scales, threads: threads)
            }
          }
        }
      })
    var restored = [Float](repeating: 0, count: count)
    add(
      "nf4-dequantize-into", bytes: moved,
      unsafe restored.withUnsafeMutableBufferPointer { restored in
        medianSeconds(runs: runs) {
          unsafe quantized.dequantize(into: restored, threads: threads)
        }
      })
    add("memory-copy", bytes: 8 * count, copySeconds(of: weights, runs: runs))
    precondition(sink > 0)
  }

  private mutating func add(_ name: String, bytes moved: Int, _ value: Double) {
    seconds.append((name, value))
    bytes.append((name, moved))
  }

  /// Weights in [-1, 1) that any language can make: the high bits of a counter's hash.
  private static func weights(count: Int) -> [Float] {
    (0..<count).map { index in
      var mixed = UInt32(truncatingIfNeeded: index) &* 2_654_435_769
      mixed ^= mixed >> 15
      mixed = mixed &* 2_246_822_519
      mixed ^= mixed >> 13
      return Float(mixed >> 8) * 0x1p-23 - 1
    }
  }

  /// The time of copying the weights on all threads, into memory that has been used before.
  private func copySeconds(of weights: [Float], runs: Int) -> Double {
    var copy = weights
    let part = (weights.count + threads - 1) / threads
    return unsafe weights.withUnsafeBufferPointer { source in
      unsafe copy.withUnsafeMutableBufferPointer { target in
        nonisolated(unsafe) let target = unsafe target
        nonisolated(unsafe) let source = unsafe source
        let count = unsafe source.count
        return medianSeconds(runs: runs) {
          DispatchQueue.concurrentPerform(iterations: threads) { index in
            for place in min(index * part, count)..<min((index + 1) * part, count) {
              unsafe target[place] = source[place]
            }
          }
        }
      }
    }
  }
}

/// The Adler-32 checksum of bytes, as in RFC 1950.
private func adler32(_ bytes: [UInt8]) -> UInt32 {
  var low: UInt64 = 1
  var high: UInt64 = 0
  for byte in bytes {
    low = (low + UInt64(byte)) % 65521
    high = (high + low) % 65521
  }
  return UInt32(high << 16 | low)
}
