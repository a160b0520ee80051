import Quantization
import Testing

@Suite("Double quantization")
struct DoubleQuantizationTests {
  @Test(
    "Codes and restored scales equal the reference, given its offset",
    arguments: VectorFile.double.cases)
  func reference(_ reference: VectorFile.Case) throws {
    let type = try #require(FourBitType(rawValue: reference.quant_type ?? ""))
    let quantizer = try BlockQuantizer(type: type, blockSize: reference.blocksize)
    let input = try reference.floats("input", reference.input)
    let plain = try quantizer.quantize(input, shape: reference.shape)
    let largest = plain.absmax.reduce(0, max)
    let table = try plain.doubleQuantized(rule: .bitsandbytesTable, offset: reference.offset)
    #expect(table.packed == (try reference.bytes("packed", reference.packed_hex)))
    #expect(
      table.scales.codes == (try reference.bytes("absmax_codes", reference.absmax_codes_hex)))
    try expectClose(
      table.scales.nestedAbsmax, reference.floats("nested_absmax", reference.nested_absmax),
      within: 2e-6 * largest)
    try expectClose(
      table.restored.absmax, reference.floats("absmax_restored", reference.absmax_restored),
      within: 4e-6 * largest)
    try expectClose(
      table.dequantized(), reference.floats("dequantized", reference.dequantized),
      within: 4e-6 * largest)
    let nearest = try plain.doubleQuantized(rule: .nearest, offset: reference.offset)
    #expect(
      nearest.scales.codes
        == (try reference.bytes("nearest_absmax_codes", reference.nearest_absmax_codes_hex)))
    try expectClose(
      nearest.restored.absmax,
      reference.floats(
        "absmax_restored_from_nearest_codes", reference.absmax_restored_from_nearest_codes),
      within: 4e-6 * largest)
  }

  @Test("The default offset is the reference's mean", arguments: VectorFile.double.cases)
  func offset(_ reference: VectorFile.Case) throws {
    let quantizer = try BlockQuantizer(type: .nf4, blockSize: reference.blocksize)
    let tensor = try quantizer.quantize(try reference.floats("input", reference.input))
    let expected = try #require(reference.offset)
    #expect(abs(try tensor.doubleQuantized().scales.offset - expected) <= 2e-6 * expected)
  }

  @Test(
    "Codes of the dynamic map equal the reference under both rules",
    arguments: VectorFile.dynamic.cases)
  func dynamicCodes(_ reference: VectorFile.Case) throws {
    let input = try reference.floats("input", reference.input)
    for (rule, codes) in [
      (DynamicMap.Rule.bitsandbytesTable, reference.codes_hex),
      (.nearest, reference.nearest_codes_hex),
    ] {
      let scales = try DoubleQuantizedScales(quantizing: input, rule: rule, offset: 0)
      #expect(scales.codes == (try reference.bytes("codes", codes)))
      #expect(scales.nestedAbsmax == reference.absmax)
      if rule == .bitsandbytesTable {
        #expect(sameValues(scales.restored(), try #require(reference.dequantized)))
      }
    }
  }

  @Test("The closed form of the dynamic map agrees with the embedded table")
  func derivedMap() {
    #expect(DynamicMap.derived.count == 256)
    #expect(DynamicMap.values.count == 256)
    for (derived, value) in zip(DynamicMap.derived, DynamicMap.values) {
      #expect(abs(derived - Double(value)) <= 2.4e-7 * abs(derived))
    }
    #expect(DynamicMap.values[127] == 0)
  }

  @Test("One block restores its absmax exactly: the offset holds it and the code adds nothing")
  func oneBlock() throws {
    let weights: [Float] = (0..<64).map { Float($0) / 63 - 0.4 }
    let plain = try BlockQuantizer().quantize(weights)
    let double = try plain.doubleQuantized()
    #expect(double.scales.offset == plain.absmax[0])
    #expect(double.scales.nestedAbsmax == [0])
    #expect(double.dequantized() == plain.dequantized())
  }

  @Test("An empty tensor is quantized twice without values")
  func empty() throws {
    let double = try BlockQuantizer().quantize([]).doubleQuantized()
    #expect(double.dequantized().isEmpty)
    #expect(double.scales.offset == 0)
  }

  @Test("Scales that do not fit their codes are refused")
  func wrongNestedCount() {
    #expect(throws: QuantizationError.wrongLength(part: "nested absmax", expected: 2, found: 1)) {
      try DoubleQuantizedScales(
        codes: Array(repeating: 0, count: 257), nestedAbsmax: [1], offset: 0)
    }
  }

  private func expectClose(_ found: [Float], _ expected: [Float], within tolerance: Float) {
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance })
  }
}
