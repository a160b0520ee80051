import LinearAlgebra
import Quantization
import Testing

@Suite("Codes derived from data and distributions")
struct LessonCodeTests {
  @Test("The derived NormalFloat agrees with the published table")
  func normalFloat() throws {
    let derived = try NormalFloat.derived()
    #expect(derived.levels.count == 16)
    for (level, published) in zip(derived.levels, Codebook.nf4.values) {
      #expect(abs(level - Double(published)) <= 2e-7)
    }
    #expect(derived.probabilities.first.map { abs($0 - (1 - 0.9677083)) < 1e-15 } == true)
    #expect(derived.probabilities[7] == 0.5)
    #expect(derived.probabilities.last == 0.9677083)
    #expect(derived.probabilities == derived.probabilities.sorted())
    for (probability, quantile) in zip(derived.probabilities, derived.quantiles) {
      #expect(abs(NormalDistribution.standard.cumulative(quantile) - probability) < 1e-15)
    }
  }

  @Test("A NormalFloat of b bits has 2^b levels from −1 to 1", arguments: 2...8)
  func bits(_ bits: Int) throws {
    let derived = try NormalFloat.derived(bits: bits)
    #expect(derived.levels.count == 1 << bits)
    #expect(derived.levels.first == -1)
    #expect(derived.levels.last == 1)
    #expect(derived.levels.contains(0))
    #expect(derived.levels == derived.levels.sorted())
    if bits <= 4 { #expect(try derived.codebook().values.count == 1 << bits) }
  }

  @Test("Impossible NormalFloats are refused")
  func impossible() {
    #expect(throws: QuantizationError.offsetOutOfRange(1)) { try NormalFloat.derived(offset: 1) }
    #expect(throws: QuantizationError.self) { try NormalFloat.derived(offset: .nan) }
    #expect(throws: QuantizationError.self) { try NormalFloat.derived(bits: 9) }
  }

  @Test("Twelve values fall into four bins of three, represented by their medians")
  func quantileCode() throws {
    let values: [Float] = [5, -3, 0.5, 2, -1, 8, -0.5, 1, 3, -2, 0, 13]
    let code = try QuantileCode(of: values, levels: 4)
    #expect(code.counts == [3, 3, 3, 3])
    #expect(code.bins == [3, 0, 1, 2, 0, 3, 1, 2, 2, 0, 1, 3])
    #expect(code.representatives == [-2, 0, 2, 8])
    #expect(code.boundaries == [-0.75, 0.75, 4])
    #expect(values.map(code.bin) == code.bins)
    #expect(code.reconstructed[5] == 8)
  }

  @Test("Bins differ by one at most and an even bin takes the mean of its middle values")
  func unevenBins() throws {
    let code = try QuantileCode(of: [1, 2, 3, 4, 5, 6, 7], levels: 3)
    #expect(code.counts == [2, 2, 3])
    #expect(code.representatives == [1.5, 3.5, 6])
  }

  @Test("Equal values are split by position")
  func equalValues() throws {
    #expect(try QuantileCode(of: [1, 1, 1, 1], levels: 2).bins == [0, 0, 1, 1])
  }

  @Test("A quantile code needs as many values as levels, all finite")
  func refused() {
    #expect(throws: QuantizationError.tooFewValues(needed: 4, found: 3)) {
      try QuantileCode(of: [1, 2, 3], levels: 4)
    }
    #expect(throws: QuantizationError.notFinite(index: 1, value: .infinity)) {
      try QuantileCode(of: [1, .infinity], levels: 2)
    }
    #expect(throws: QuantizationError.self) { try QuantileCode(of: [1], levels: 0) }
  }

  @Test("INT4 rounds halves to the even code and restores its absmax exactly")
  func integer() throws {
    let quantizer = try IntegerQuantizer(bits: 4, blockSize: 8)
    let result = try quantizer.reconstruction(of: [7, 0.5, 1.5, -2.5, 6.4, -7, 0, -0.6])
    #expect(result.codes == [7, 0, 2, -2, 6, -7, 0, -1])
    #expect(result.weights == [7, 0, 2, -2, 6, -7, 0, -1])
    #expect(result.absmax == [7])
    #expect(result.codeUsage(in: -7...7).counts[7] == 2)
    #expect(quantizer.levels.count == 15)
  }

  @Test("INT8 errs by at most half a step", arguments: [1, 32, 64])
  func int8(_ blockSize: Int) throws {
    let weights = normal(count: 1000, seed: 9)
    let result = try IntegerQuantizer(bits: 8, blockSize: blockSize).reconstruction(of: weights)
    for (index, (weight, restored)) in zip(weights, result.weights).enumerated() {
      #expect(abs(weight - restored) <= result.absmax[index / blockSize] / 253.99)
      #expect((-127...127).contains(result.codes[index]))
    }
  }

  @Test("Integer codes cope with zeros, subnormal numbers and the largest number")
  func extremes() throws {
    let quantizer = try IntegerQuantizer(bits: 8, blockSize: 2)
    let largest = Float.greatestFiniteMagnitude
    let smallest = Float.leastNonzeroMagnitude
    let result = try quantizer.reconstruction(of: [0, -0.0, smallest, 0, largest, -largest])
    #expect(result.codes == [0, 0, 127, 0, 127, -127])
    #expect(result.weights == [0, 0, smallest, 0, largest, -largest])
  }

  @Test("Integer quantization refuses NaN and impossible numbers of bits")
  func integerErrors() throws {
    #expect(throws: QuantizationError.notFinite(index: 2, value: -.infinity)) {
      try IntegerQuantizer(bits: 4).reconstruction(of: [1, 2, -.infinity])
    }
    #expect(throws: QuantizationError.self) { try IntegerQuantizer(bits: 1) }
    #expect(throws: QuantizationError.self) { try IntegerQuantizer(bits: 4, blockSize: 0) }
  }
}
