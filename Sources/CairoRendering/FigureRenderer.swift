internal import Drawing

/// Draws figures as PNG, SVG and PDF.
///
/// The same figure and metadata give the same bytes on every machine with the same version of
/// Cairo, in any order and on any thread. A renderer belongs to one thread at a time; for parallel
/// work give each worker its own, which costs about a millisecond.
public final class FigureRenderer {
  /// The longest side of an output, in pixels or points.
  public static let largestSide = 30_000

  /// Measures text as this renderer draws it.
  public let measurer: PangoTextMeasurer

  var shaper: TextShaper { measurer.shaper }

  /// Creates a renderer with the bundled fonts.
  ///
  /// - Throws: ``RenderingError/fontsMissing(searched:)`` or
  ///   ``RenderingError/fontUnreadable(path:)``.
  public init() throws(RenderingError) { measurer = try PangoTextMeasurer() }

  /// Checks that a figure has a size that can be drawn.
  func checkSize(of figure: Figure, scale: Double, unit: String) throws(RenderingError) {
    let (width, height) = (figure.size.width * scale, figure.size.height * scale)
    let allowed = 1...Double(Self.largestSide)
    guard allowed.contains(width.rounded()), allowed.contains(height.rounded()) else {
      throw .unsuitableSize(figure: figure.id, width: width, height: height, unit: unit)
    }
  }
}
