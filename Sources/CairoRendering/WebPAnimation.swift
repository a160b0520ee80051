internal import CPangoCairo
internal import CWebP

/// An animated WebP in the making, without loss and without end.
@safe struct WebPAnimation: ~Copyable {
  private let encoder: OpaquePointer
  private let width: Int
  private let height: Int
  /// Milliseconds.
  private let frameTime: Int
  private var frameCount = 0

  /// The effort: on drawings, more of it takes several times as long for a tenth of the size.
  private static let level: Int32 = 1

  /// - Parameters:
  ///   - width: The width of all frames in pixels.
  ///   - height: Their height.
  ///   - frameTime: How long each frame stays, in seconds.
  /// - Throws: `RenderingError.webp`.
  init(width: Int, height: Int, frameTime: Double) throws(RenderingError) {
    guard (1...Int(WEBP_MAX_DIMENSION)).contains(max(width, height)) else {
      throw .webp(
        operation: "the size",
        reason: "\(width) × \(height) pixels are more than it can hold; choose fewer per inch")
    }
    var options = WebPAnimEncoderOptions()
    guard unsafe WebPAnimEncoderOptionsInit(&options) != 0,
      let encoder = unsafe WebPAnimEncoderNew(Int32(width), Int32(height), &options)
    else { throw .webp(operation: "the start", reason: "out of memory, or another version") }
    unsafe self.encoder = encoder
    self.width = width
    self.height = height
    self.frameTime = Int((min(max(frameTime, 0.01), 600) * 1000).rounded())
  }

  deinit { unsafe WebPAnimEncoderDelete(encoder) }

  /// Adds an image of Cairo's as the next frame.
  mutating func add(
    _ surface: borrowing CairoSurface, transparent: Bool
  ) throws(RenderingError) {
    var configuration = WebPConfig()
    var picture = unsafe WebPPicture()
    guard unsafe WebPConfigInit(&configuration) != 0,
      unsafe WebPConfigLosslessPreset(&configuration, Self.level) != 0,
      unsafe WebPPictureInit(&picture) != 0
    else { throw .webp(operation: "the settings", reason: "another version") }
    unsafe picture.use_argb = 1
    unsafe picture.width = Int32(width)
    unsafe picture.height = Int32(height)
    guard unsafe WebPPictureAlloc(&picture) != 0 else {
      throw .webp(operation: "a frame", reason: "out of memory")
    }
    defer { unsafe WebPPictureFree(&picture) }
    unsafe cairo_surface_flush(surface.pointer)
    guard let data = unsafe cairo_image_surface_get_data(surface.pointer),
      let target = unsafe picture.argb
    else { throw .webp(operation: "a frame", reason: "the surface is not an image") }
    let stride = unsafe Int(cairo_image_surface_get_stride(surface.pointer))
    for row in 0..<height {
      let source = unsafe UnsafeRawPointer(data + row * stride)
        .assumingMemoryBound(to: UInt32.self)
      let line = unsafe target + row * Int(picture.argb_stride)
      for column in 0..<width {
        unsafe line[column] =
          transparent ? PixelRows.straight(source[column]) : source[column] | 0xFF00_0000
      }
    }
    let start = Int32(frameCount * frameTime)
    guard unsafe WebPAnimEncoderAdd(encoder, &picture, start, &configuration) != 0 else {
      throw .webp(operation: "a frame", reason: complaint)
    }
    frameCount += 1
  }

  /// The finished file.
  ///
  /// - Parameter words: A packet of XMP.
  /// - Returns: The bytes of the file.
  /// - Throws: `RenderingError.webp`.
  consuming func finish(words: String) throws(RenderingError) -> [UInt8] {
    var data = unsafe WebPData()
    defer { unsafe WebPDataClear(&data) }
    // A frame without an image says how long the last one stays.
    guard unsafe WebPAnimEncoderAdd(encoder, nil, Int32(frameCount * frameTime), nil) != 0,
      unsafe WebPAnimEncoderAssemble(encoder, &data) != 0
    else { throw .webp(operation: "the end", reason: complaint) }
    guard let mux = unsafe WebPMuxCreate(&data, 0) else {
      throw .webp(operation: "the words", reason: "out of memory")
    }
    defer { unsafe WebPMuxDelete(mux) }
    var output = unsafe WebPData()
    defer { unsafe WebPDataClear(&output) }
    let packet = Array(words.utf8)
    let isWritten = unsafe packet.withUnsafeBufferPointer { buffer in
      var chunk = unsafe WebPData(bytes: buffer.baseAddress, size: buffer.count)
      return unsafe WebPMuxSetChunk(mux, "XMP ", &chunk, 1) == WEBP_MUX_OK
    }
    guard isWritten, unsafe WebPMuxAssemble(mux, &output) == WEBP_MUX_OK else {
      throw .webp(operation: "the words", reason: "out of memory")
    }
    return unsafe Array(UnsafeBufferPointer(start: output.bytes, count: output.size))
  }

  private var complaint: String {
    unsafe WebPAnimEncoderGetError(encoder).map { unsafe String(cString: $0) } ?? "unknown"
  }
}
