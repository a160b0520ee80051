import Interchange
import Testing

@Suite("Stored floating-point formats")
struct FloatFormatTests {
  /// Writes the bits of elements as one tensor and reads them.
  private func read<Bits: FixedWidthInteger>(
    _ bits: [Bits], as dtype: DType
  ) throws -> [Float] {
    try withTemporaryFolder { folder in
      let bytes = bits.flatMap { bits in
        (0..<Bits.bitWidth / 8).map { UInt8(truncatingIfNeeded: bits >> Bits(8 * $0)) }
      }
      let tensor = Safetensors.NewTensor(
        name: "x", dtype: dtype, shape: [bits.count], bytes: bytes)
      try Safetensors.write([tensor], to: "\(folder)/x")
      let file = try Safetensors(path: "\(folder)/x")
      return try file.values(of: file.tensors[0])
    }
  }

  @Test("all 65 536 half-precision numbers are exact, subnormal ones too")
  func half() throws {
    let bits = Array(UInt16.min...UInt16.max)
    for (bits, value) in zip(bits, try read(bits, as: .f16)) {
      let exact = Float(Float16(bitPattern: bits))
      if exact.isNaN { #expect(value.isNaN) } else { #expect(value.bitPattern == exact.bitPattern) }
    }
  }

  @Test("all 65 536 bfloat16 numbers are the upper halves of single-precision ones")
  func bfloat16() throws {
    let bits = Array(UInt16.min...UInt16.max)
    let values = try read(bits, as: .bf16)
    #expect(values.map(\.bitPattern) == bits.map { UInt32($0) << 16 })
  }

  @Test("single precision keeps every bit")
  func single() throws {
    let bits: [UInt32] = [0, 0x8000_0000, 1, 0x007f_ffff, 0x3f80_0001, 0x7f80_0000, 0x7fc0_1234]
    #expect(try read(bits, as: .f32).map(\.bitPattern) == bits)
  }

  @Test(
    "double precision is rounded to the nearest, ties to even",
    arguments: [
      (0.1, Float(0.1)), (1 + 0x1p-24, 1), (1 + 0x1.8p-23, 1 + 0x1p-22), (0x1p-149, 0x1p-149),
      (0x1p-150, 0), (0x1.8p-149, 0x1p-148), (1e300, .infinity), (-1e300, -.infinity),
      (-0.0, -0.0),
    ] as [(Double, Float)])
  func double(stored: Double, expected: Float) throws {
    let values = try read([stored.bitPattern], as: .f64)
    #expect(values.map(\.bitPattern) == [expected.bitPattern])
  }
}
