internal import CPangoCairo
internal import Drawing

extension MarkPainter {
  /// Paints a grid of cells as one image without smoothing.
  func paint(_ grid: CellGrid) throws(RenderingError) {
    guard grid.columns > 0, grid.colors.count.isMultiple(of: grid.columns) else {
      throw .unevenCells(figure: figure.id, columns: grid.columns, colors: grid.colors.count)
    }
    let rows = grid.colors.count / grid.columns
    guard rows > 0 else { return }
    let frame = snapped(grid.frame)
    let cells = try image(of: grid, rows: rows)
    guard pixelsPerPoint == nil else {
      unsafe paint(cells.pointer, columns: grid.columns, rows: rows, in: frame, of: context)
      return
    }
    // Many viewers of vector files smooth images whatever the file says; pixels that are small
    // beside a cell keep its edges sharp there. Cells of hardly a point have no edges to see.
    let cell = max(frame.width / Double(grid.columns), frame.height / Double(rows))
    let wanted = cell < 1.5 ? 1 : 2 * cell
    let factor = max(min(Int(wanted.rounded(.up)), 1024 / max(grid.columns, rows)), 1)
    let (columns, lines) = (grid.columns * factor, rows * factor)
    let enlarged = try unsafe CairoSurface(
      adopting: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(columns), Int32(lines)),
      "grid of cells")
    try unsafe enlarged.withContext { context throws(RenderingError) in
      unsafe paint(
        cells.pointer, columns: grid.columns, rows: rows,
        in: Rectangle(x: 0, y: 0, width: Double(columns), height: Double(lines)), of: context)
    }
    unsafe paint(enlarged.pointer, columns: columns, rows: lines, in: frame, of: context)
  }

  /// An image with one pixel a cell.
  private func image(of grid: CellGrid, rows: Int) throws(RenderingError) -> CairoSurface {
    let image = try unsafe CairoSurface(
      adopting: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(grid.columns), Int32(rows)),
      "grid of cells")
    unsafe cairo_surface_flush(image.pointer)
    if let data = unsafe cairo_image_surface_get_data(image.pointer) {
      let stride = unsafe Int(cairo_image_surface_get_stride(image.pointer))
      for (index, color) in grid.colors.enumerated() {
        let offset = index / grid.columns * stride + index % grid.columns * 4
        unsafe UnsafeMutableRawPointer(data).storeBytes(
          of: color.packed, toByteOffset: offset, as: UInt32.self)
      }
    }
    unsafe cairo_surface_mark_dirty(image.pointer)
    return image
  }

  /// Stretches an image over a frame; each pixel becomes a rectangle with sharp edges.
  private func paint(
    _ image: OpaquePointer, columns: Int, rows: Int, in frame: Rectangle, of context: OpaquePointer
  ) {
    unsafe cairo_save(context)
    unsafe cairo_translate(context, frame.x, frame.y)
    unsafe cairo_scale(context, frame.width / Double(columns), frame.height / Double(rows))
    unsafe cairo_set_source_surface(context, image, 0, 0)
    unsafe cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    unsafe cairo_paint(context)
    unsafe cairo_restore(context)
  }

  /// Fills a rectangle with a linear gradient.
  func paint(_ bar: GradientBar) throws(RenderingError) {
    guard let first = bar.colors.first else { return }
    let frame = snapped(bar.frame)
    let gradient = try unsafe CairoPattern(
      adopting: bar.vertical
        ? cairo_pattern_create_linear(0, frame.maxY, 0, frame.minY)
        : cairo_pattern_create_linear(frame.minX, 0, frame.maxX, 0))
    let last = max(bar.colors.count - 1, 1)
    for (index, color) in (bar.colors.count == 1 ? [first, first] : bar.colors).enumerated() {
      gradient.addStop(at: Double(index) / Double(last), color)
    }
    unsafe cairo_set_source(context, gradient.pointer)
    unsafe cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
    unsafe cairo_fill(context)
  }
}

/// The sole owner of a `cairo_pattern_t`.
@safe struct CairoPattern: ~Copyable {
  let pointer: OpaquePointer

  init(adopting pattern: OpaquePointer?) throws(RenderingError) {
    // A pattern without memory is a constant of Cairo that needs no owner.
    guard let pattern = unsafe pattern,
      unsafe cairo_pattern_status(pattern) == CAIRO_STATUS_SUCCESS
    else { throw .cairo(operation: "colour gradient", reason: "out of memory") }
    unsafe self.pointer = pattern
  }

  deinit { unsafe cairo_pattern_destroy(pointer) }

  func addStop(at offset: Double, _ color: Color) {
    unsafe cairo_pattern_add_color_stop_rgb(pointer, offset, color.red, color.green, color.blue)
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
