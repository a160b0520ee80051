internal import CPangoCairo
internal import Drawing

extension MarkPainter {
  /// Paints a grid of cells as one image without smoothing.
  func paint(_ grid: CellGrid) throws(RenderingError) {
    let rows = try grid.rowCount(in: figure)
    guard rows > 0 else { return }
    let frame = snapped(grid.frame)
    if pixelsPerPoint == nil {
      let image = try grid.enlargedImage(rows: rows)
      if leavesGroupEdges { try image.attachPNG() }
      unsafe image.paint(in: frame, of: context)
    } else {
      try unsafe grid.image(rows: rows).paint(in: frame, of: context)
    }
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
