import Quantization
import Testing

@Suite("4-bit quantization against bitsandbytes")
struct BlockQuantizerVectorTests {
  @Test(
    "NF4 codes, absmax and dequantized weights equal the reference", arguments: VectorFile.nf4.cases
  )
  func nf4(_ reference: VectorFile.Case) throws {
    try check(reference, type: .nf4)
  }

  @Test(
    "FP4 codes, absmax and dequantized weights equal the reference", arguments: VectorFile.fp4.cases
  )
  func fp4(_ reference: VectorFile.Case) throws {
    try check(reference, type: .fp4)
  }

  private func check(_ reference: VectorFile.Case, type: FourBitType) throws {
    let quantizer = try BlockQuantizer(type: type, blockSize: reference.blocksize)
    let input = try reference.floats("input", reference.input)
    let tensor = try quantizer.quantize(input, shape: reference.shape)
    #expect(tensor.packed == (try reference.bytes("packed", reference.packed_hex)))
    #expect(tensor.absmax == (try reference.floats("absmax", reference.absmax)))
    #expect(
      sameValues(
        tensor.dequantized(), try reference.floats("dequantized", reference.dequantized)))
  }

  @Test("The embedded tables have the reference's bit patterns", arguments: FourBitType.allCases)
  func tables(_ type: FourBitType) throws {
    let file = type == .nf4 ? VectorFile.nf4 : VectorFile.fp4
    #expect(type.codebook.values.map(hexadecimal) == file.codebook_bits)
  }

  @Test("NF4 thresholds are the reference's midpoints")
  func nf4Thresholds() throws {
    let midpoints = try #require(VectorFile.nf4.thresholds).map(\.float32_midpoint_bits)
    #expect(Codebook.nf4.thresholds.map(hexadecimal) == midpoints)
  }

  @Test("FP4 thresholds are the reference's midpoints, and zero between its two codes of zero")
  func fp4Thresholds() throws {
    var midpoints = try #require(VectorFile.fp4.thresholds).map(\.float32_midpoint_bits)
    midpoints.insert("0x00000000", at: 7)
    #expect(Codebook.fp4.thresholds.map(hexadecimal) == midpoints)
    #expect(Codebook.fp4.levelCodes == [11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3])
  }

  @Test(
    "A value at a threshold takes the lower level and the next number the upper one",
    arguments: FourBitType.allCases)
  func ties(_ type: FourBitType) throws {
    let file = type == .nf4 ? VectorFile.nf4 : VectorFile.fp4
    let codebook = type.codebook
    for threshold in try #require(file.thresholds) {
      let lower = codebook.values[Int(codebook.code(of: threshold.last_lower))]
      let upper = codebook.values[Int(codebook.code(of: threshold.first_upper))]
      #expect(lower == threshold.lower_value)
      #expect(upper == threshold.upper_value)
    }
  }

  private func hexadecimal(_ value: Float) -> String {
    let digits = String(value.bitPattern, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
