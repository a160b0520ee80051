/// The chunks that Cairo leaves out of a PNG file: what the picture is, and how large.
struct PNGChunks {
  var title: String
  var description: String
  var language: String
  /// Pixels per inch.
  var resolution: Double
  var metadata: FigureMetadata

  /// The length of the signature and the header chunk, after which the chunks go.
  private static let headerCount = 8 + 25

  /// The file with the chunks after its header.
  func inserted(into file: [UInt8]) -> [UInt8] {
    let header = file.prefix(Self.headerCount)
    return header + chunks + file.dropFirst(Self.headerCount)
  }

  private var chunks: [UInt8] {
    // Rendering intent 0 is perceptual, the usual one for pictures.
    var bytes = Self.chunk("sRGB", [0])
    let pixelsPerMetre = UInt32((resolution / 0.0254).rounded())
    bytes += Self.chunk(
      "pHYs", Self.bigEndian(pixelsPerMetre) + Self.bigEndian(pixelsPerMetre) + [1])
    bytes += text("Title", title, language: language)
    bytes += text("Description", description, language: language)
    bytes += text("Software", metadata.software)
    if let command = metadata.command { bytes += text("Source", command) }
    return bytes
  }

  /// An uncompressed iTXt chunk.
  private func text(_ keyword: String, _ value: String, language: String = "") -> [UInt8] {
    // After the keyword: its end, no compression (two bytes), language tag, translated keyword.
    Self.chunk(
      "iTXt", Array(keyword.utf8) + [0, 0, 0] + Array(language.utf8) + [0, 0] + Array(value.utf8))
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The CRC-32 of the PNG specification: polynomial 0xEDB88320, reflected.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
      }
    }
    return ~remainder
  }
}
