internal import CPangoCairo

/// The pixels of a PNG file, for comparing pictures in tests.
package struct DecodedImage: Equatable {
  /// One pixel: components from 0 to 255, the colours multiplied by the opacity.
  package struct Pixel: Hashable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
    package var opacity: UInt8

    fileprivate init(packed: UInt32, isOpaque: Bool) {
      red = UInt8(truncatingIfNeeded: packed >> 16)
      green = UInt8(truncatingIfNeeded: packed >> 8)
      blue = UInt8(truncatingIfNeeded: packed)
      opacity = isOpaque ? 255 : UInt8(truncatingIfNeeded: packed >> 24)
    }

    /// The largest difference of a component.
    package func difference(from other: Pixel) -> Int {
      max(
        abs(Int(red) - Int(other.red)), abs(Int(green) - Int(other.green)),
        abs(Int(blue) - Int(other.blue)), abs(Int(opacity) - Int(other.opacity)))
    }
  }

  package let width: Int
  package let height: Int
  /// The pixels row by row.
  package let pixels: [Pixel]

  package subscript(column: Int, row: Int) -> Pixel { pixels[row * width + column] }

  /// Reads the bytes of a PNG file.
  package init(png: [UInt8]) throws(RenderingError) {
    let source = ByteSource(bytes: png)
    let image = unsafe withExtendedLifetime(source) {
      unsafe cairo_image_surface_create_from_png_stream(
        ByteSource.read, Unmanaged.passUnretained(source).toOpaque())
    }
    defer { unsafe cairo_surface_destroy(image) }
    let status = unsafe cairo_surface_status(image)
    guard status == CAIRO_STATUS_SUCCESS, let data = unsafe cairo_image_surface_get_data(image)
    else {
      throw .unreadableImage(reason: unsafe String(cString: cairo_status_to_string(status)))
    }
    let width = unsafe Int(cairo_image_surface_get_width(image))
    let height = unsafe Int(cairo_image_surface_get_height(image))
    let stride = unsafe Int(cairo_image_surface_get_stride(image))
    let isOpaque = unsafe cairo_image_surface_get_format(image) == CAIRO_FORMAT_RGB24
    (self.width, self.height) = (width, height)
    pixels = (0..<width * height).map { index in
      let offset = index / width * stride + index % width * 4
      return unsafe Pixel(
        packed: UnsafeRawPointer(data).load(fromByteOffset: offset, as: UInt32.self),
        isOpaque: isOpaque)
    }
  }
}

/// Hands out bytes as Cairo asks for them.
private final class ByteSource {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  static let read: cairo_read_func_t = { closure, data, count in
    guard let closure = unsafe closure, let data = unsafe data else {
      return CAIRO_STATUS_READ_ERROR
    }
    let source = unsafe Unmanaged<ByteSource>.fromOpaque(closure).takeUnretainedValue()
    let end = source.position + Int(count)
    guard end <= source.bytes.count else { return CAIRO_STATUS_READ_ERROR }
    for (offset, byte) in source.bytes[source.position..<end].enumerated() {
      unsafe data[offset] = byte
    }
    source.position = end
    return CAIRO_STATUS_SUCCESS
  }
}
