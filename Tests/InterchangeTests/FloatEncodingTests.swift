@testable import Interchange
import LinearAlgebra
import Testing

@Suite("Rounding to the types of files") struct FloatEncodingTests {
  @Test(
    "every number of 16 bits is its own nearest number",
    arguments: [FloatFormat.float16, .bfloat16])
  func everyNumber(format: FloatFormat) {
    var wrong = 0
    for bits in UInt64(0)...0xFFFF {
      let value = format.value(of: bits)
      if value.isNaN {
        if !format.value(of: format.bits(nearest: value)).isNaN { wrong += 1 }
      } else if format.bits(nearest: value) != bits {
        wrong += 1
      }
    }
    #expect(wrong == 0)
  }

  @Test("half precision rounds as the processor does, halves and subnormal numbers too")
  func half() {
    var generator = RandomGenerator(seed: 3)
    var values = [65504, 65519.999, 65520, 65536, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1p-26, 0x1p-1030]
    for bits in stride(from: UInt16(0), to: 0x7C00, by: 7) {
      let (one, next) = (Double(Float16(bitPattern: bits)), Double(Float16(bitPattern: bits + 1)))
      values += [(one + next) / 2, (one + next) / 2 * (1 + 0x1p-50)]
    }
    values += (0..<2000).map { _ in generator.nextNormal() * 1e4 }
    for value in values.filter(\.isFinite) {
      for signed in [value, -value] {
        #expect(
          FloatFormat.float16.bits(nearest: signed) == UInt64(Float16(signed).bitPattern),
          "\(signed)")
      }
    }
  }

  @Test("bfloat16 rounds halves to even and once, not by way of single precision")
  func brainFloat() {
    func rounded(_ value: Double) -> Double {
      FloatFormat.bfloat16.value(of: FloatFormat.bfloat16.bits(nearest: value))
    }
    #expect(rounded(1 + 0x1p-8) == 1 && rounded(1 + 0x1.8p-7) == 1 + 0x1p-6)
    #expect(rounded(1 + 0x1p-8 + 0x1p-40) == 1 + 0x1p-7)
    #expect(rounded(-3e-39) == -rounded(3e-39) && rounded(1e39) == .infinity)
    #expect(rounded(0x1p-133) == 0x1p-133 && rounded(0x1p-134) == 0)
    #expect(FloatFormat.bfloat16.bits(nearest: -0.0) == 0x8000)
  }
}
