import Adapters
import LinearAlgebra
import Quantization
import Testing

@Suite("Merging into four bits and bfloat16") struct FourBitMergeTests {
  private func random(_ rows: Int, _ columns: Int, _ deviation: Double, seed: UInt64) -> Matrix {
    var generator = RandomGenerator(seed: seed)
    return .randomNormal(
      rows: rows, columns: columns, standardDeviation: deviation, using: &generator)
  }

  /// The figures of an experiment with 256×256 weights, rank 8 and an update of 0.35 of the weight's norm.
  @Test(
    "every way of merging loses what it is known to lose",
    arguments: [
      (FourBitMergeTarget.dequantized, 0.0), (.dequantizedBFloat16, 0.0017), (.original, 0.086),
      (.requantized, 0.092), (.requantizedOriginal, 0.125), (.withoutAdapter, 0.338),
    ])
  func targets(target: FourBitMergeTarget, expected: Double) throws {
    let weight = random(256, 256, 0.05, seed: 1)
    let loraA = random(8, 256, 0.05, seed: 2)
    let loraB = random(256, 8, 0.05, seed: 3)
    let product = loraB.multiplied(by: loraA)
    let adapter = try LoRAAdapter(
      loraA: loraA, loraB: loraB, scaling: 0.35 * weight.norm / product.norm)
    let merge = try FourBitMerge(weight: weight, adapter: adapter)
    let error = try merge.outputError(target, on: random(64, 256, 1, seed: 4))
    #expect(abs(error - expected) <= 0.06 * expected + 1e-7, "\(error)")
  }

  private static let large: Matrix = {
    var generator = RandomGenerator(seed: 5)
    return .randomNormal(rows: 512, columns: 512, standardDeviation: 0.05, using: &generator)
  }()

  /// The law as it was measured with 1024×1024 weights and rank 8, and written with two digits.
  ///
  /// The tolerances are what random adapters of that rank differ by; our weights are 512×512.
  @Test(
    "small updates are erased by quantizing again",
    arguments: [
      (0.01, 0.0, 0.00005, 0.04, 0.01), (0.03, 0.0016, 0.0006, 0.11, 0.025),
      (0.1, 0.19, 0.012, 0.74, 0.02), (0.3, 0.61, 0.02, 0.95, 0.01), (1, 0.84, 0.015, 0.99, 0.01),
    ])
  func erasure(
    ratio: Double, changed: Double, changedBy: Double, cosine: Double, cosineBy: Double
  ) throws {
    let product = random(512, 8, 1, seed: 6).multiplied(by: random(8, 512, 1, seed: 7))
    let update = Float(ratio * Self.large.norm / product.norm) * product
    let erasure = try Erasure(weight: Self.large, update: update)
    #expect(abs(erasure.changedCodes - changed) <= changedBy, "\(erasure.changedCodes)")
    #expect(abs(erasure.cosine - cosine) <= cosineBy, "\(erasure.cosine)")
  }

  @Test("a small update of low rank survives more than noise of its size, in its few large entries")
  func tails() throws {
    let noise = random(512, 512, 0.03 * 0.05, seed: 8)
    let product = random(512, 2, 1, seed: 6).multiplied(by: random(2, 512, 1, seed: 7))
    let update = Float(noise.norm / product.norm) * product
    let (ofNoise, ofUpdate) = (
      try Erasure(weight: Self.large, update: noise),
      try Erasure(weight: Self.large, update: update)
    )
    #expect(ofUpdate.changedCodes > 3 * ofNoise.changedCodes)
    #expect(ofUpdate.cosine > 2 * ofNoise.cosine)
  }

  @Test(
    "bfloat16 rounds to the nearest, halves to the even one",
    arguments: [
      (0x3F80_0000, 0x3F80_0000), (0x3F80_8000, 0x3F80_0000), (0x3F81_8000, 0x3F82_0000),
      (0x3F80_8001, 0x3F81_0000), (0x3F80_7FFF, 0x3F80_0000), (0xBF80_8001, 0xBF81_0000),
      (0x0000_0001, 0x0000_0000), (0x7F80_0000, 0x7F80_0000),
    ] as [(UInt32, UInt32)])
  func rounding(bits: UInt32, expected: UInt32) {
    #expect(BFloat16.rounded(Float(bitPattern: bits)).bitPattern == expected)
  }

  @Test("the same update drifts once and then stays, other updates drift on")
  func drift() throws {
    let weight = random(128, 128, 0.05, seed: 7)
    let update = random(128, 128, 0.01, seed: 8)
    let same = try MergeDrift(of: weight, updates: Array(repeating: update, count: 50))
    #expect(same.changed[0] > 0.05)
    #expect(same.changed[49] == same.changed[1])
    let others = try MergeDrift(
      of: weight, updates: (0..<50).map { random(128, 128, 0.01, seed: 20 + $0) })
    #expect(others.changed[49] > 1.5 * others.changed[0])
  }

  @Test("every target is what merging into its base says", arguments: AdapterKind.allCases)
  func weights(kind: AdapterKind) throws {
    let weight = random(12, 32, 0.5, seed: 1)
    let adapter = try kind.make(weight, rank: 2, seed: 4)
    let merge = try FourBitMerge(weight: weight, adapter: adapter, blockSize: 16)
    let trained = try adapter.merged(into: merge.base).weight
    #expect(merge.trained == trained)
    #expect(try merge.weight(.dequantized) == trained)
    #expect(try merge.weight(.dequantizedBFloat16) == BFloat16.rounded(trained))
    #expect(try merge.weight(.original) == adapter.merged(into: weight).weight)
    #expect(try merge.weight(.withoutAdapter) == merge.base)
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: 16)
    func again(_ matrix: Matrix) throws -> Matrix {
      try quantizer.quantize(matrix).dequantizedMatrix()
    }
    #expect(try merge.weight(.requantized) == again(trained))
    #expect(
      try merge.weight(.requantizedOriginal) == again(adapter.merged(into: weight).weight))
  }

  @Test("an update of another shape is refused")
  func shapes() throws {
    let (weight, update) = (random(4, 8, 1, seed: 1), random(8, 4, 1, seed: 2))
    let expected = AdapterError.doesNotFitWeight(update: [8, 4], weight: [4, 8])
    #expect(throws: expected) { try Erasure(weight: weight, update: update) }
    #expect(throws: expected) { try MergeDrift(of: weight, updates: [update]) }
    let adapter = try LoRAAdapter(
      loraA: .zeros(rows: 1, columns: 4), loraB: .zeros(rows: 8, columns: 1), scaling: 1)
    #expect(throws: expected) { try FourBitMerge(weight: weight, adapter: adapter) }
  }
}
