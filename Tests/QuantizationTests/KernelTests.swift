import CKernels
import LinearAlgebra
import Quantization
import Testing

@Suite("Quantization kernels")
struct KernelTests {
  @Test(
    "Kernels agree with the rule weight by weight, in every block size",
    arguments: [FourBitType.nf4, .fp4], [16, 32, 48, 64, 128, 256, 1024, 4096, 8192])
  func agreeWithRule(_ type: FourBitType, _ blockSize: Int) throws {
    let codebook = type.codebook
    let blocks = max(6, 6000 / blockSize)
    let weights = hardWeights(codebook: codebook, blockSize: blockSize, blocks: blocks)
    var expectedCodes: [UInt8] = []
    var expectedAbsmax: [Float] = []
    for start in stride(from: 0, to: weights.count, by: blockSize) {
      let block = weights[start..<start + blockSize]
      expectedAbsmax.append(block.map { abs($0) }.max() ?? 0)
      expectedCodes += BlockQuantizer.scaled(block, isWhole: true).map(codebook.code)
    }
    let expectedWeights = expectedCodes.enumerated().map {
      codebook.values[Int($1)] * expectedAbsmax[$0 / blockSize]
    }
    let tensor = try BlockQuantizer(codebook: codebook, blockSize: blockSize).quantize(weights)
    #expect(tensor.codes == expectedCodes)
    #expect(tensor.absmax == expectedAbsmax)
    #expect(tensor.dequantized().map(\.bitPattern) == expectedWeights.map(\.bitPattern))

    // The kernel for other processors.
    var packed = Array(repeating: UInt8(0), count: weights.count / 2)
    var absmax = Array(repeating: Float(0), count: blocks)
    var restored = Array(repeating: Float(0), count: weights.count)
    let done = unsafe lora_quantize_blocks_portable(
      weights, blocks, blockSize, codebook.thresholds + [.infinity], codebook.levelCodes, &packed,
      &absmax)
    unsafe lora_dequantize_blocks_portable(
      packed, blocks, blockSize, codebook.values, absmax, &restored)
    #expect(done == blocks)
    #expect(packed == tensor.packed)
    #expect(absmax == tensor.absmax)
    #expect(restored.map(\.bitPattern) == expectedWeights.map(\.bitPattern))
  }

  /// Blocks of normal numbers, of values at and beside thresholds, of subnormal numbers, of zeros
  /// of both signs, and of huge numbers.
  private func hardWeights(codebook: Codebook, blockSize: Int, blocks: Int) -> [Float] {
    var generator = RandomGenerator(seed: 42)
    var weights: [Float] = []
    for block in 0..<blocks {
      let scale = Float(generator.nextNormal())
      for index in 0..<blockSize {
        let normal = Float(generator.nextNormal())
        let threshold = codebook.thresholds[index % codebook.thresholds.count]
        let weight: Float =
          switch block % 6 {
          case 0: normal
          case 1 where index == 0: scale
          case 1: [threshold.nextDown, threshold, threshold.nextUp][index % 3] * scale
          case 2: normal * 0x1p-136
          case 3: index.isMultiple(of: 2) ? 0 : -0.0
          case 4: normal * 1e37
          default: normal * 0x1p-127
          }
        weights.append(weight)
      }
    }
    return weights
  }

  @Test(
    "Both kernels stop at the block that holds a NaN or an infinity",
    arguments: [Float.nan, -.nan, .signalingNaN, .infinity, -.infinity])
  func stop(_ value: Float) {
    let thresholds = Codebook.nf4.thresholds + [.infinity]
    for bad in [0, 63, 64, 64 * 70 + 5, 64 * 99 + 63] {
      var weights = Array(repeating: Float(1), count: 64 * 100)
      weights[bad] = value
      var packed = Array(repeating: UInt8(0), count: weights.count / 2)
      var absmax = Array(repeating: Float(0), count: 100)
      let codes = Codebook.nf4.levelCodes
      let done = unsafe lora_quantize_blocks(weights, 100, 64, thresholds, codes, &packed, &absmax)
      let portable = unsafe lora_quantize_blocks_portable(
        weights, 100, 64, thresholds, codes, &packed, &absmax)
      #expect(done == bad / 64)
      #expect(portable == bad / 64)
    }
  }

  @Test("The number of threads does not change a byte", arguments: [1, 2, 3, 7])
  func threads(_ threads: Int) throws {
    var generator = RandomGenerator(seed: 7)
    let weights = (0..<700_013).map { _ in Float(generator.nextNormal()) }
    let quantizer = try BlockQuantizer(type: .nf4, blockSize: 64)
    let expected = try quantizer.quantize(weights, threads: 1)
    #expect(try quantizer.quantize(weights, threads: threads) == expected)
    #expect(try quantizer.quantize(weights) == expected)
    var restored = Array(repeating: Float(0), count: weights.count)
    unsafe restored.withUnsafeMutableBufferPointer {
      unsafe expected.dequantize(into: $0, threads: threads)
    }
    #expect(restored == expected.dequantized())
  }

  @Test("NaN and infinite values are counted")
  func countNotFinite() {
    var values = Array(repeating: Float(1), count: 101)
    #expect(NonFinite.count(in: values) == 0)
    values[3] = .nan
    values[100] = -.infinity
    values[50] = .greatestFiniteMagnitude
    #expect(NonFinite.count(in: values) == 2)
    #expect(NonFinite.firstIndex(in: values) == 3)
  }
}
