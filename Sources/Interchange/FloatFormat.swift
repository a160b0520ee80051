/// A floating-point format in which weights are stored.
enum FloatFormat: Equatable, Sendable {
  case float16, bfloat16, float32, float64

  /// The bytes of one element.
  var byteCount: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// Converts elements that lie `stride` bytes apart to single precision.
  ///
  /// Exact but for `float64`, which is rounded to the nearest. The caller answers for the bounds.
  func decode(
    from source: UnsafeRawPointer, stride: Int, isBigEndian: Bool, count: Int,
    into destination: UnsafeMutablePointer<Float>, destinationStride: Int
  ) {
    switch self {
    case .float16:
      unsafe Self.convert(
        source, stride, isBigEndian, count, destination, destinationStride, float(half:))
    case .bfloat16:
      unsafe Self.convert(source, stride, isBigEndian, count, destination, destinationStride) {
        (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16)
      }
    case .float32:
      unsafe Self.convert(
        source, stride, isBigEndian, count, destination, destinationStride,
        Float.init(bitPattern:))
    case .float64:
      unsafe Self.convert(source, stride, isBigEndian, count, destination, destinationStride) {
        (bits: UInt64) in Float(Double(bitPattern: bits))
      }
    }
  }

  @inline(__always)
  private static func convert<Bits: FixedWidthInteger>(
    _ source: UnsafeRawPointer, _ stride: Int, _ isBigEndian: Bool, _ count: Int,
    _ destination: UnsafeMutablePointer<Float>, _ destinationStride: Int, _ body: (Bits) -> Float
  ) {
    // The common case apart, so that the compiler can vectorise it.
    if stride == MemoryLayout<Bits>.size && destinationStride == 1 && !isBigEndian {
      for i in 0..<count {
        let bits = unsafe source.loadUnaligned(
          fromByteOffset: i &* MemoryLayout<Bits>.size, as: Bits.self)
        unsafe destination[i] = body(Bits(littleEndian: bits))
      }
    } else {
      for i in 0..<count {
        let bits = unsafe source.loadUnaligned(fromByteOffset: i &* stride, as: Bits.self)
        unsafe destination[i &* destinationStride] = body(
          isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
      }
    }
  }
}

/// The value of a half-precision number, exact for subnormal numbers too.
///
/// The exponent is moved into place and its bias corrected by one multiplication; only infinity and
/// NaN, whose exponent must become all ones, need another.
@inline(__always)
func float(half bits: UInt16) -> Float {
  let magnitude = UInt32(bits & 0x7fff) << 13
  let sign = UInt32(bits & 0x8000) << 16
  let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
  let special = magnitude | 0x7f80_0000
  return Float(bitPattern: (magnitude >= 0x0f80_0000 ? special : scaled) | sign)
}
