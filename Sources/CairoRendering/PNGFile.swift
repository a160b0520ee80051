internal import CZlib
internal import Drawing

/// A PNG file that says what it shows and how large it is.
///
/// Cairo's own writer leaves out the resolution and all words, and spends most of its time on
/// trying filters that do not help drawings: rows without a filter make smaller files here.
struct PNGFile {
  /// The signature, the chunks and the end of the file.
  let bytes: [UInt8]

  /// The effort from 1 to 9.
  ///
  /// On large heat maps 3 takes twice as long as 1 for a file of the same size, and on ordinary
  /// figures it saves a twentieth of the size.
  private static let compressionLevel: Int32 = 1

  /// A picture without words, for use inside another file.
  init(pixels: PixelRows) {
    var bytes = Self.start(pixels)
    Self.append("IDAT", Self.compressed(pixels.bytes), to: &bytes)
    Self.append("IEND", [], to: &bytes)
    self.bytes = bytes
  }

  /// - Parameters:
  ///   - pixels: The rows of the picture.
  ///   - figure: Whose words are written into the file.
  ///   - resolution: Pixels per inch.
  ///   - metadata: What the file says about its origin.
  init(pixels: PixelRows, figure: Figure, resolution: Double, metadata: FigureMetadata) {
    var bytes = Self.start(pixels)
    let pixelsPerMetre = Self.bigEndian(UInt32((resolution / 0.0254).rounded()))
    Self.append("pHYs", pixelsPerMetre + pixelsPerMetre + [1], to: &bytes)
    var words = [
      (keyword: "Title", value: figure.title, language: figure.language),
      (keyword: "Description", value: figure.alternativeText, language: figure.language),
      (keyword: "Software", value: metadata.software, language: ""),
    ]
    if let command = metadata.command { words.append(("Source", command, "")) }
    for (keyword, value, language) in words {
      // No compression is two bytes; after the language comes an empty translated keyword.
      Self.append(
        "iTXt",
        Array(keyword.utf8) + [0, 0, 0] + Array(language.utf8) + [0, 0] + Array(value.utf8),
        to: &bytes)
    }
    Self.append("IDAT", Self.compressed(pixels.bytes), to: &bytes)
    Self.append("IEND", [], to: &bytes)
    self.bytes = bytes
  }

  /// The signature and the chunks that say how pixels are kept.
  private static func start(_ pixels: PixelRows) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Eight bits a component; colour type 2 is RGB, 6 is RGBA; the usual methods, no interlacing.
    append(
      "IHDR",
      bigEndian(UInt32(pixels.width)) + bigEndian(UInt32(pixels.height))
        + [8, pixels.isTransparent ? 6 : 2, 0, 0, 0], to: &bytes)
    // Rendering intent 0 is perceptual, the usual one for pictures.
    append("sRGB", [0], to: &bytes)
    return bytes
  }

  private static func append(_ type: String, _ data: [UInt8], to bytes: inout [UInt8]) {
    bytes += bigEndian(UInt32(data.count))
    let start = bytes.count
    bytes += type.utf8
    bytes += data
    let checksum = unsafe bytes.withUnsafeBufferPointer { buffer in
      let body = unsafe UnsafeBufferPointer(rebasing: buffer[start...])
      return unsafe crc32(0, body.baseAddress, UInt32(body.count))
    }
    bytes += bigEndian(UInt32(checksum))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    let bound = compressBound(uLong(bytes.count))
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, count in
      var length = bound
      let status = unsafe compress2(
        buffer.baseAddress, &length, bytes, uLong(bytes.count), compressionLevel)
      // With a buffer of the bound's size only missing memory is left as a failure.
      precondition(status == Z_OK, "zlib failed with status \(status)")
      count = Int(length)
    }
  }
}
