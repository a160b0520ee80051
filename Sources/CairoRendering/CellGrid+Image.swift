internal import CPangoCairo
internal import Drawing
internal import Glibc

extension CellGrid {
  /// The number of rows; a grid that fills none evenly is refused.
  func rowCount(in figure: Figure) throws(RenderingError) -> Int {
    guard columns > 0, colors.count.isMultiple(of: columns) else {
      throw .unevenCells(figure: figure.id, columns: columns, colors: colors.count)
    }
    return colors.count / columns
  }

  /// An image with one pixel a cell.
  func image(rows: Int) throws(RenderingError) -> CairoSurface {
    let image = try unsafe CairoSurface(
      adopting: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(columns), Int32(rows)),
      "grid of cells")
    unsafe cairo_surface_flush(image.pointer)
    if let data = unsafe cairo_image_surface_get_data(image.pointer) {
      let stride = unsafe Int(cairo_image_surface_get_stride(image.pointer))
      for row in 0..<rows {
        let start = unsafe UnsafeMutableRawPointer(data + row * stride)
        let pixels = unsafe start.assumingMemoryBound(to: UInt32.self)
        for column in 0..<columns {
          unsafe pixels[column] = colors[row * columns + column].packed
        }
      }
    }
    unsafe cairo_surface_mark_dirty(image.pointer)
    return image
  }

  /// An image for vector files, with several pixels a cell.
  ///
  /// Many viewers of vector files smooth images whatever the file says; pixels that are small
  /// beside a cell keep its edges sharp there. Cells of hardly a point have no edges to see.
  func enlargedImage(rows: Int) throws(RenderingError) -> CairoSurface {
    let cell = max(frame.width / Double(columns), frame.height / Double(rows))
    let wanted = cell < 1.5 ? 1 : 2 * cell
    let factor = max(min(Int(min(wanted, 1024).rounded(.up)), 1024 / max(columns, rows)), 1)
    let cells = try image(rows: rows)
    guard factor > 1 else { return cells }
    let (width, height) = (columns * factor, rows * factor)
    let enlarged = try unsafe CairoSurface(
      adopting: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
      "grid of cells")
    try unsafe enlarged.withContext { context throws(RenderingError) in
      unsafe cells.paint(
        in: Rectangle(x: 0, y: 0, width: Double(width), height: Double(height)), of: context)
    }
    return enlarged
  }
}

extension CairoSurface {
  /// Gives an SVG the image as a file that is already compressed.
  ///
  /// Cairo's own compression tries every filter for every row, which takes several times as long.
  borrowing func attachPNG() throws(RenderingError) {
    let bytes = PNGFile(pixels: try PixelRows(of: self, transparent: false)).bytes
    guard let copy = unsafe malloc(bytes.count) else {
      throw .cairo(operation: "grid of cells", reason: "out of memory")
    }
    unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
    let status = unsafe cairo_surface_set_mime_data(
      pointer, CAIRO_MIME_TYPE_PNG, copy.assumingMemoryBound(to: UInt8.self), UInt(bytes.count),
      free, copy)
    if status != CAIRO_STATUS_SUCCESS { unsafe free(copy) }
    try check(status, "grid of cells")
  }

  /// Stretches an image over a frame; each pixel becomes a rectangle with sharp edges.
  borrowing func paint(in frame: Rectangle, of context: OpaquePointer) {
    let (columns, rows) = unsafe (
      cairo_image_surface_get_width(pointer), cairo_image_surface_get_height(pointer)
    )
    unsafe cairo_save(context)
    unsafe cairo_translate(context, frame.x, frame.y)
    unsafe cairo_scale(context, frame.width / Double(columns), frame.height / Double(rows))
    unsafe cairo_set_source_surface(context, pointer, 0, 0)
    unsafe cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    unsafe cairo_paint(context)
    unsafe cairo_restore(context)
  }
}

extension Color {
  /// The colour as Cairo keeps a pixel: red, green and blue bytes from the high to the low end.
  fileprivate var packed: UInt32 {
    func byte(_ component: Double) -> UInt32 {
      UInt32(min(max(component, 0), 1) * 255 + 0.5)
    }
    return 0xFF00_0000 | byte(red) << 16 | byte(green) << 8 | byte(blue)
  }
}
