extension FloatFormat {
  /// The bits of the nearest number of the format, halves to the even one; beyond its range, infinity.
  func bits(nearest value: Double) -> UInt64 {
    switch self {
    case .float64: value.bitPattern
    case .float32: UInt64(Float(value).bitPattern)
    case .bfloat16: UInt64(Self.shortBits(value, fraction: 7, exponents: -126...127))
    case .float16: UInt64(Self.shortBits(value, fraction: 10, exponents: -14...15))
    }
  }

  /// The value of the bits of a number of the format.
  func value(of bits: UInt64) -> Double {
    switch self {
    case .float64: Double(bitPattern: bits)
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits << 16)))
    case .float16: Double(float(half: UInt16(truncatingIfNeeded: bits)))
    }
  }

  /// Adds numbers that are rounded to the format to bytes, little-endian.
  func append(_ bits: UInt64, to bytes: inout [UInt8]) {
    for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * index))) }
  }

  /// Rounds once, from double precision, to a format of 16 bits.
  private static func shortBits(
    _ value: Double, fraction: Int, exponents: ClosedRange<Int>
  ) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let infinity = UInt16(2 * exponents.upperBound + 1) << fraction
    if value.isNaN { return sign | infinity | 1 << (fraction - 1) }
    guard value.isFinite, value != 0 else { return sign | (value == 0 ? 0 : infinity) }
    let exponent = max(Int(value.exponent), exponents.lowerBound)
    guard exponent <= exponents.upperBound else { return sign | infinity }
    // Dividing by a power of two is exact, so that this is the only rounding.
    let quantum = Double(sign: .plus, exponent: exponent - fraction, significand: 1)
    let steps = UInt16((value.magnitude / quantum).rounded(.toNearestOrEven))
    // Subnormal numbers have the exponent 0; a carry goes into the exponent as it has to.
    let base = UInt16(exponent - exponents.lowerBound) << fraction
    return sign | (base + steps)
  }
}
