public import Drawing

/// Measures text exactly as the renderer draws it, on any kind of output.
///
/// The width is the advance in points, unrounded; ascent and descent are those of the font, the
/// same for all texts of a style. Use one measurer a thread: it keeps what it has measured.
public final class PangoTextMeasurer: TextMeasurer {
  let shaper: TextShaper

  /// Creates a measurer with the bundled fonts.
  ///
  /// - Throws: ``RenderingError/fontsMissing(searched:)`` or
  ///   ``RenderingError/fontUnreadable(path:)``.
  public init() throws(RenderingError) { shaper = try TextShaper() }

  public func measure(_ string: String, style: TextStyle) -> TextMetrics {
    shaper.line(string, style: style).metrics
  }
}
