internal import CPangoCairo
public import Drawing

extension FigureRenderer {
  /// Draws a figure as a self-contained SVG.
  ///
  /// All identifiers begin with the figure's own, so that many figures can stand in one page.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - text: What letters are: outlines, or text with the letters that it needs in the file.
  ///   - transparent: Whether the background is left out.
  ///   - metadata: What the file says about itself.
  /// - Returns: The bytes of the file, in UTF-8.
  /// - Throws: `RenderingError` when a glyph is missing or the size is unsuitable.
  public func svg(
    _ figure: Figure, text: SVGText = .outlines, transparent: Bool = false,
    metadata: FigureMetadata
  ) throws(RenderingError) -> [UInt8] {
    try checkSize(of: figure, scale: 1, unit: "points")
    if text == .live {
      var writer = SVGWriter(figure: figure, metadata: metadata, shaper: shaper)
      return try writer.file(transparent: transparent)
    }
    let sink = ByteSink()
    let surface = try unsafe CairoSurface(
      adopting: cairo_svg_surface_create_for_stream(
        ByteSink.write, sink.closure, figure.size.width, figure.size.height),
      writingTo: sink, "SVG")
    unsafe cairo_svg_surface_set_document_unit(surface.pointer, CAIRO_SVG_UNIT_PT)
    try unsafe surface.withContext { context throws(RenderingError) in
      try unsafe MarkPainter(
        figure: figure, shaper: shaper, context: context, leavesGroupEdges: true
      ).paint(background: !transparent)
    }
    try surface.finish()
    var postprocessing = SVGPostprocessing(figure: figure, metadata: metadata)
    return postprocessing.finish(sink.bytes)
  }
}
