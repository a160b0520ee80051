internal import CPangoCairo
internal import Drawing

/// Lays out runs of text in points, once for all kinds of output.
///
/// The settings make widths linear in the size and equal on every surface: no hinting, no rounding
/// of glyph positions, 72 units an inch. A shaper belongs to one thread at a time.
@safe final class TextShaper {
  private struct Key: Hashable {
    var string: String
    var style: TextStyle
  }

  /// When so many lines are kept, all are let go: a long-running server must not grow without end.
  private static let capacity = 8192

  private let context: OpaquePointer
  private var lines: [Key: TextLine] = [:]
  private var heights: [TextStyle: (ascent: Double, descent: Double)] = [:]

  init() throws(RenderingError) {
    let map = unsafe try FontLibrary.bundled.get().makeFontMap()
    defer { unsafe g_object_unref(map) }
    guard let context = unsafe pango_font_map_create_context(map) else {
      throw .cairo(operation: "text context", reason: "out of memory")
    }
    unsafe self.context = context
    guard let options = unsafe cairo_font_options_create() else { return }
    defer { unsafe cairo_font_options_destroy(options) }
    unsafe cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    unsafe cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    unsafe cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    unsafe pango_cairo_context_set_font_options(context, options)
    unsafe pango_cairo_context_set_resolution(context, 72)
    unsafe pango_context_set_round_glyph_positions(context, 0)
    // Otherwise Pango takes the language from the environment.
    unsafe pango_context_set_language(context, pango_language_from_string("en"))
    unsafe pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
  }

  deinit {
    lines.removeAll()
    unsafe g_object_unref(UnsafeMutableRawPointer(context))
  }

  /// The laid-out run of text.
  func line(_ string: String, style: TextStyle) -> TextLine {
    let key = Key(string: string, style: style)
    if let line = lines[key] { return line }
    if lines.count >= Self.capacity { lines.removeAll(keepingCapacity: true) }
    let line = unsafe TextLine(string, style: style, context: context, height: height(of: style))
    lines[key] = line
    return line
  }

  /// The ascent and descent of a style in points, the same for all texts.
  private func height(of style: TextStyle) -> (ascent: Double, descent: Double) {
    if let height = heights[style] { return height }
    let description = FontDescription(style)
    let metrics = unsafe description.withPointer {
      unsafe pango_context_get_metrics(context, $0, nil)
    }
    defer { unsafe pango_font_metrics_unref(metrics) }
    let height = unsafe (
      ascent: Double(pango_font_metrics_get_ascent(metrics)) / Double(PANGO_SCALE),
      descent: Double(pango_font_metrics_get_descent(metrics)) / Double(PANGO_SCALE)
    )
    heights[style] = height
    return height
  }
}

/// The sole owner of a Pango font description.
@safe struct FontDescription: ~Copyable {
  private let pointer: OpaquePointer

  init(_ style: TextStyle) {
    // GLib ends the process when there is no memory, so these never return NULL.
    unsafe pointer = pango_font_description_new()
    unsafe pango_font_description_set_family(pointer, style.typeface.rawValue)
    unsafe pango_font_description_set_weight(
      pointer, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    unsafe pango_font_description_set_style(
      pointer, style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL)
    unsafe pango_font_description_set_absolute_size(pointer, style.size * Double(PANGO_SCALE))
  }

  deinit { unsafe pango_font_description_free(pointer) }

  func withPointer<T>(_ body: (OpaquePointer) -> T) -> T { unsafe body(pointer) }
}
