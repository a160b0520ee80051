internal import CPangoCairo
internal import Drawing

/// Draws the marks of a figure with Cairo.
@safe struct MarkPainter {
  let figure: Figure
  let shaper: TextShaper
  let context: OpaquePointer
  /// Pixels per point where edges are moved to whole pixels; nil on vector outputs.
  var pixelsPerPoint: Double?
  /// Whether the edges of groups are marked for the finishing of an SVG.
  var leavesGroupEdges = false

  func paint(background: Bool) throws(RenderingError) {
    if background {
      setSource(figure.background)
      unsafe cairo_paint(context)
    }
    try paint(figure.marks)
  }

  private func paint(_ marks: [Mark]) throws(RenderingError) {
    for mark in marks {
      switch mark {
      case .rectangle(let rectangle, let cornerRadius, let fill, let stroke):
        paint(rectangle, cornerRadius: cornerRadius, fill: fill, stroke: stroke)
      case .circle(let center, let radius, let fill, let stroke):
        unsafe cairo_new_sub_path(context)
        unsafe cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
        unsafe cairo_close_path(context)
        paintPath(fill: fill, stroke: stroke)
      case .path(let path, let fill, let stroke):
        trace(path)
        paintPath(fill: fill, stroke: stroke)
      case .text(let text):
        setSource(text.color)
        unsafe cairo_move_to(context, text.origin.x, text.origin.y)
        try unsafe shaper.line(text.string, style: text.style).show(in: context)
        unsafe cairo_new_path(context)
      case .cells(let grid): try paint(grid)
      case .gradient(let bar): try paint(bar)
      case .group(_, let inner):
        markGroupEdge()
        try paint(inner)
        markGroupEdge()
      }
    }
  }

  /// Leaves a trace of where a group begins or ends, for outputs that have groups.
  ///
  /// Cairo has no such notion. The trace is the only thing drawn that is not opaque, which is how
  /// ``SVGPostprocessing`` finds it and puts a real group in its place.
  private func markGroupEdge() {
    guard leavesGroupEdges else { return }
    unsafe cairo_set_source_rgba(context, 0, 0, 0, 0.25)
    unsafe cairo_rectangle(context, 0, 0, 1, 1)
    unsafe cairo_fill(context)
  }

  private func setSource(_ color: Color) {
    unsafe cairo_set_source_rgb(context, color.red, color.green, color.blue)
  }

  /// Fills and strokes the current path, and clears it.
  private func paintPath(fill: Color?, stroke: Stroke?) {
    if let fill {
      setSource(fill)
      unsafe cairo_fill_preserve(context)
    }
    if let stroke, stroke.width > 0 {
      setSource(stroke.color)
      unsafe cairo_set_line_width(context, stroke.width)
      unsafe cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
      unsafe cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      unsafe cairo_set_dash(context, stroke.dashes, Int32(stroke.dashes.count), 0)
      unsafe cairo_stroke_preserve(context)
    }
    unsafe cairo_new_path(context)
  }

  private func paint(
    _ rectangle: Rectangle, cornerRadius: Double, fill: Color?, stroke: Stroke?
  ) {
    if cornerRadius > 0 {
      trace(rectangle, cornerRadius: cornerRadius)
    } else {
      let placed = stroke == nil ? snapped(rectangle) : rectangle
      unsafe cairo_rectangle(context, placed.x, placed.y, placed.width, placed.height)
    }
    paintPath(fill: fill, stroke: stroke)
  }

  /// The rectangle with its edges on whole pixels, so that neighbours meet without a seam.
  ///
  /// A side that has a length never vanishes.
  func snapped(_ rectangle: Rectangle) -> Rectangle {
    guard let scale = pixelsPerPoint else { return rectangle }
    func edges(_ low: Double, _ high: Double) -> (Double, Double) {
      let first = (low * scale).rounded()
      let last = (high * scale).rounded()
      return (first / scale, (high > low ? max(last, first + 1) : last) / scale)
    }
    let (left, right) = edges(rectangle.minX, rectangle.maxX)
    let (top, bottom) = edges(rectangle.minY, rectangle.maxY)
    return Rectangle(x: left, y: top, width: right - left, height: bottom - top)
  }

  private func trace(_ rectangle: Rectangle, cornerRadius: Double) {
    let radius = min(cornerRadius, rectangle.width / 2, rectangle.height / 2)
    let corners = [
      (rectangle.maxX - radius, rectangle.minY + radius),
      (rectangle.maxX - radius, rectangle.maxY - radius),
      (rectangle.minX + radius, rectangle.maxY - radius),
      (rectangle.minX + radius, rectangle.minY + radius),
    ]
    unsafe cairo_new_sub_path(context)
    for (index, corner) in corners.enumerated() {
      let start = Double(index - 1) * .pi / 2
      unsafe cairo_arc(context, corner.0, corner.1, radius, start, start + .pi / 2)
    }
    unsafe cairo_close_path(context)
  }

  private func trace(_ path: Path) {
    for element in path.elements {
      switch element {
      case .move(let point): unsafe cairo_move_to(context, point.x, point.y)
      case .line(let point): unsafe cairo_line_to(context, point.x, point.y)
      case .curve(let point, let control1, let control2):
        unsafe cairo_curve_to(
          context, control1.x, control1.y, control2.x, control2.y, point.x, point.y)
      case .close: unsafe cairo_close_path(context)
      }
    }
  }
}
