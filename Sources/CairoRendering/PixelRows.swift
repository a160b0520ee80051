internal import CPangoCairo

/// The pixels of an image as PNG keeps them: rows of RGB or RGBA bytes, each after a filter byte.
struct PixelRows {
  let width: Int
  let height: Int
  let isTransparent: Bool
  let bytes: [UInt8]

  /// Copies the pixels of an image surface.
  init(of surface: borrowing CairoSurface, transparent: Bool) throws(RenderingError) {
    unsafe cairo_surface_flush(surface.pointer)
    let width = unsafe Int(cairo_image_surface_get_width(surface.pointer))
    let height = unsafe Int(cairo_image_surface_get_height(surface.pointer))
    let stride = unsafe Int(cairo_image_surface_get_stride(surface.pointer))
    guard let data = unsafe cairo_image_surface_get_data(surface.pointer) else {
      throw .cairo(operation: "reading pixels", reason: "the surface is not an image")
    }
    let count = height * (1 + width * (transparent ? 4 : 3))
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      guard var target = buffer.baseAddress else { return }
      for row in 0..<height {
        let start = unsafe UnsafeRawPointer(data + row * stride)
        let source = unsafe start.assumingMemoryBound(to: UInt32.self)
        unsafe target.pointee = 0
        unsafe target += 1
        if transparent {
          unsafe Self.copyStraight(source, count: width, to: &target)
        } else {
          unsafe Self.copyOpaque(source, count: width, to: &target)
        }
      }
      initializedCount = count
    }
    self.width = width
    self.height = height
    isTransparent = transparent
  }

  /// Copies pixels without their unused fourth byte.
  private static func copyOpaque(
    _ source: UnsafePointer<UInt32>, count: Int, to target: inout UnsafeMutablePointer<UInt8>
  ) {
    for column in 0..<count {
      let pixel = unsafe source[column]
      unsafe target[0] = UInt8(truncatingIfNeeded: pixel >> 16)
      unsafe target[1] = UInt8(truncatingIfNeeded: pixel >> 8)
      unsafe target[2] = UInt8(truncatingIfNeeded: pixel)
      unsafe target += 3
    }
  }

  /// A pixel with the colours no longer multiplied by the opacity.
  static func straight(_ pixel: UInt32) -> UInt32 {
    let opacity = pixel >> 24
    if opacity == 255 { return pixel }
    if opacity == 0 { return 0 }
    func component(_ shift: UInt32) -> UInt32 {
      min(((pixel >> shift & 0xFF) * 255 + opacity / 2) / opacity, 255) << shift
    }
    return opacity << 24 | component(16) | component(8) | component(0)
  }

  /// Copies pixels, with the colours no longer multiplied by the opacity.
  private static func copyStraight(
    _ source: UnsafePointer<UInt32>, count: Int, to target: inout UnsafeMutablePointer<UInt8>
  ) {
    for column in 0..<count {
      let pixel = unsafe straight(source[column])
      unsafe target[0] = UInt8(truncatingIfNeeded: pixel >> 16)
      unsafe target[1] = UInt8(truncatingIfNeeded: pixel >> 8)
      unsafe target[2] = UInt8(truncatingIfNeeded: pixel)
      unsafe target[3] = UInt8(truncatingIfNeeded: pixel >> 24)
      unsafe target += 4
    }
  }
}
