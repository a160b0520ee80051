import LinearAlgebra
import Quantization
import Testing

/// Figures that bitsandbytes publishes or that were measured with it on standard normal weights.
@Suite("Quantization error on normal weights")
struct QuantizationLossTests {
  @Test(
    "The mean error grows with the block size as in bitsandbytes' own tests",
    arguments: [
      (FourBitType.nf4, 32, 0.067746), (.nf4, 64, 0.072798), (.nf4, 128, 0.076831),
      (.nf4, 256, 0.080337), (.nf4, 512, 0.083547), (.nf4, 1024, 0.086610),
      (.nf4, 2048, 0.089592), (.nf4, 4096, 0.092547), (.fp4, 32, 0.088925),
      (.fp4, 64, 0.096543), (.fp4, 128, 0.102969), (.fp4, 256, 0.108684),
      (.fp4, 512, 0.114115), (.fp4, 1024, 0.119333), (.fp4, 2048, 0.124556),
      (.fp4, 4096, 0.129536),
    ])
  func meanError(_ type: FourBitType, _ blockSize: Int, _ expected: Double) throws {
    let quantizer = try BlockQuantizer(type: type, blockSize: blockSize)
    let restored = try quantizer.quantize(Self.weights).dequantized()
    let loss = try QuantizationLoss(original: Self.weights, restored: restored)
    // Four standard deviations of the published figures, the largest of which is 0.00036.
    let tolerance = blockSize <= 64 ? 4 * 0.00010 : 4 * 0.00036
    #expect(abs(loss.meanAbsolute - expected) <= tolerance)
  }

  @Test(
    "The mean relative error in blocks of 64 is that of bitsandbytes",
    arguments: [(FourBitType.nf4, 0.203339), (.fp4, 0.260125)])
  func relativeError(_ type: FourBitType, _ expected: Double) throws {
    let restored = try BlockQuantizer(type: type).quantize(Self.weights).dequantized()
    let loss = try QuantizationLoss(original: Self.weights, restored: restored)
    #expect(abs(loss.meanRelative - expected) <= 0.002)
  }

  @Test(
    "NF4 has the smallest squared error, then INT4, then FP4",
    arguments: [("nf4", 0.008457), ("fp4", 0.01489), ("int4", 0.01160)])
  func squaredError(_ name: String, _ expected: Double) throws {
    let quantizers: [any WeightQuantizer] = [
      try BlockQuantizer(type: .nf4), try BlockQuantizer(type: .fp4),
      try IntegerQuantizer(bits: 4),
    ]
    let quantizer = try #require(quantizers.first { $0.name == name })
    let restored = try quantizer.reconstruction(of: Self.weights).weights
    let loss = try QuantizationLoss(original: Self.weights, restored: restored)
    #expect(abs(loss.meanSquared - expected) <= 0.01 * expected)
  }

  @Test("NF4 codes are not used equally often: 3.884 bits of information in 4")
  func usage() throws {
    // The entropy of so many codes varies with a standard deviation of 0.0007.
    let weights = normal(count: 1 << 20, seed: 2305)
    let usage = try BlockQuantizer(type: .nf4).quantize(weights).codeUsage
    let expected = [
      0.0185, 0.0437, 0.0585, 0.0707, 0.0809, 0.0882, 0.0924, 0.0883, 0.0813, 0.0780, 0.0733,
      0.0667, 0.0581, 0.0479, 0.0361, 0.0173,
    ]
    for (fraction, published) in zip(usage.fractions, expected) {
      #expect(abs(fraction - published) <= 0.001)
    }
    #expect(abs(usage.entropy - 3.884) <= 0.0028)
    let fp4 = try BlockQuantizer(type: .fp4).quantize(weights).codeUsage
    #expect(abs(fp4.entropy - 3.716) <= 0.0028)
  }

  @Test("Double quantization adds a thousandth to the error")
  func doubleQuantization() throws {
    let tensor = try BlockQuantizer(type: .nf4).quantize(Self.weights)
    let plain = try QuantizationLoss(original: Self.weights, restored: tensor.dequantized())
    let double = try QuantizationLoss(
      original: Self.weights, restored: try tensor.doubleQuantized().dequantized())
    let ratio = double.meanAbsolute / plain.meanAbsolute
    #expect((1.0003...1.003).contains(ratio))
  }

  @Test("The measures of a known error are exact")
  func knownError() throws {
    let loss = try QuantizationLoss(original: [1, -2, 0, 2], restored: [1.5, -2, 0, 1])
    #expect(loss.meanAbsolute == 0.375)
    #expect(loss.maximumAbsolute == 1)
    #expect(loss.maximumIndex == 3)
    #expect(loss.meanSquared == 0.3125)
    #expect(abs(loss.relativeNorm - (1.25 / 9.0).squareRoot()) < 1e-15)
    #expect(abs(loss.meanRelative - 0.25) < 1e-7)
  }

  @Test("Lists of different lengths are refused")
  func differentLengths() {
    #expect(
      throws: QuantizationError.wrongLength(part: "restored weights", expected: 2, found: 1)
    ) {
      try QuantizationLoss(original: [1, 2], restored: [1])
    }
  }

  @Test("Equal usage of 16 codes carries four bits, a single code none")
  func entropy() {
    #expect(CodeUsage(counts: Array(repeating: 5, count: 16)).entropy == 4)
    #expect(CodeUsage(counts: [0, 9, 0]).entropy == 0)
  }

  private static let weights = normal(count: 1 << 18, seed: 2305)
}
