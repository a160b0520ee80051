import LinearAlgebra
import Quantization
import Testing

@Suite("Blockwise quantization")
struct BlockQuantizerTests {
  @Test(
    "Quantizing dequantized weights gives the same codes and scales",
    arguments: FourBitType.allCases, [32, 64, 4096])
  func idempotence(_ type: FourBitType, _ blockSize: Int) throws {
    let quantizer = try BlockQuantizer(type: type, blockSize: blockSize)
    let first = try quantizer.quantize(normal(count: 10_001, seed: 3))
    let second = try quantizer.quantize(first.dequantized())
    #expect(second.absmax == first.absmax)
    #expect(second.dequantized() == first.dequantized())
    if type == .nf4 { #expect(second == first) }
  }

  @Test("Small blocks of any size follow the same rule", arguments: [1, 3, 4, 12, 33])
  func smallBlocks(_ blockSize: Int) throws {
    let weights = normal(count: 100, seed: 5)
    let tensor = try BlockQuantizer(codebook: .nf4, blockSize: blockSize).quantize(weights)
    #expect(tensor.blockCount == (100 + blockSize - 1) / blockSize)
    for block in 0..<tensor.blockCount {
      let indices = tensor.indices(ofBlock: block)
      let values = weights[indices]
      #expect(tensor.absmax[block] == values.map { abs($0) }.max())
      let scaled = BlockQuantizer.scaled(values, isWhole: indices.count == blockSize)
      #expect(indices.map(tensor.code) == scaled.map(Codebook.nf4.code))
    }
  }

  @Test(
    "The first NaN or infinity is reported with its position",
    arguments: [0, 1, 63, 64, 200, 299_999, 300_007])
  func notFinite(_ index: Int) throws {
    var weights = Array(repeating: Float(0.5), count: 300_010)
    weights[index] = .infinity
    weights[300_009] = .nan
    let quantizer = try BlockQuantizer(type: .nf4)
    #expect(throws: QuantizationError.notFinite(index: index, value: .infinity)) {
      try quantizer.quantize(weights)
    }
    #expect(throws: QuantizationError.notFinite(index: index, value: .infinity)) {
      try quantizer.quantize(weights, threads: 2)
    }
  }

  @Test("A NaN in the short last block is reported")
  func notFiniteAtEnd() throws {
    #expect {
      try BlockQuantizer(type: .fp4).quantize(Array(repeating: 1, count: 66) + [.nan])
    } throws: { error in
      if case .notFinite(index: 66, let value) = error as? QuantizationError {
        value.isNaN
      } else {
        false
      }
    }
  }

  @Test("Block sizes that users may choose are those of bitsandbytes")
  func blockSizes() throws {
    for size in [32, 64, 128, 256, 512, 1024, 2048, 4096] {
      #expect(try BlockQuantizer(type: .nf4, blockSize: size).blockSize == size)
    }
    for size in [-64, 0, 1, 16, 48, 65, 8192] {
      #expect(throws: QuantizationError.blockSizeNotAllowed(size)) {
        try BlockQuantizer(type: .nf4, blockSize: size)
      }
    }
    #expect(throws: QuantizationError.blockSizeNotPositive(0)) {
      try BlockQuantizer(codebook: .nf4, blockSize: 0)
    }
  }

  @Test("An odd number of weights fills the last byte with the code of zero")
  func oddCount() throws {
    #expect(try BlockQuantizer(type: .nf4).quantize([1]).packed == [0xF7])
    #expect(try BlockQuantizer(type: .fp4).quantize([1]).packed == [0x30])
  }

  @Test("No weights give an empty tensor")
  func empty() throws {
    let tensor = try BlockQuantizer().quantize([])
    #expect(tensor.packed.isEmpty)
    #expect(tensor.absmax.isEmpty)
    #expect(tensor.dequantized().isEmpty)
    #expect(tensor.codeUsage.entropy == 0)
  }

  @Test(
    "A shape that does not hold the weights is refused",
    arguments: [[3], [2, 3], [-2, -2], [Int.max, 4]])
  func shapes(_ shape: [Int]) throws {
    #expect(throws: QuantizationError.shapeMismatch(shape: shape, count: 4)) {
      try BlockQuantizer().quantize([1, 2, 3, 4], shape: shape)
    }
  }

  @Test("Stored parts of the wrong length are refused")
  func wrongParts() {
    #expect(throws: QuantizationError.wrongLength(part: "codes", expected: 3, found: 2)) {
      try QuantizedTensor(
        codebook: .nf4, blockSize: 64, count: 5, packed: [1, 2], absmax: [1])
    }
    #expect(throws: QuantizationError.wrongLength(part: "absmax", expected: 2, found: 1)) {
      try QuantizedTensor(
        codebook: .nf4, blockSize: 4, count: 5, packed: [1, 2, 3], absmax: [1])
    }
  }

  @Test("A matrix keeps its shape")
  func matrix() throws {
    let matrix = Matrix(rows: 2, columns: 2, values: [1, -1, 0, 1])
    let tensor = try BlockQuantizer().quantize(matrix)
    #expect(tensor.shape == [2, 2])
    #expect(tensor.dequantizedMatrix() == matrix)
  }

  @Test("A codebook with fewer levels quantizes through the same kernels")
  func smallCodebook() throws {
    let codebook = try Codebook(name: "ternary", values: [0, 1, -1])
    let weights: [Float] = (0..<64).map { Float($0 - 32) / 32 }
    let tensor = try BlockQuantizer(codebook: codebook, blockSize: 32).quantize(weights)
    #expect(tensor.codes[0] == 2)
    #expect(tensor.codes[32] == 0)
    #expect(tensor.codes[63] == 1)
    #expect(tensor.codeUsage.counts.count == 3)
    #expect(tensor.codeUsage.total == 64)
  }

  @Test(
    "Codebooks that cannot be used are refused",
    arguments: [[Float](), [1], Array(repeating: 0, count: 17), [0, .nan]])
  func invalidCodebooks(_ values: [Float]) {
    #expect(throws: QuantizationError.self) { try Codebook(name: "bad", values: values) }
  }
}

/// Independent standard normal numbers.
func normal(count: Int, seed: UInt64) -> [Float] {
  var generator = RandomGenerator(seed: seed)
  return (0..<count).map { _ in Float(generator.nextNormal()) }
}
