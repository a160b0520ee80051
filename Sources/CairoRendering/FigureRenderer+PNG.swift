internal import CPangoCairo
public import Drawing

extension FigureRenderer {
  /// Draws a figure as a PNG image with its title, alternative text, resolution and origin.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - resolution: Pixels per inch; a point is 1/72 inch.
  ///   - transparent: Whether the background is left out.
  ///   - metadata: What the file says about itself.
  /// - Returns: The bytes of the file.
  /// - Throws: `RenderingError` when a glyph is missing or the size is unsuitable.
  public func png(
    _ figure: Figure, resolution: Double, transparent: Bool = false, metadata: FigureMetadata
  ) throws(RenderingError) -> [UInt8] {
    let surface = try image(of: figure, resolution: resolution, transparent: transparent)
    let pixels = try PixelRows(of: surface, transparent: transparent)
    try surface.finish()
    return PNGFile(
      pixels: pixels, figure: figure, resolution: resolution, metadata: metadata
    ).bytes
  }

  /// Paints a figure on an image.
  func image(
    of figure: Figure, resolution: Double, transparent: Bool
  ) throws(RenderingError) -> CairoSurface {
    let scale = resolution / 72
    try checkSize(of: figure, scale: scale, unit: "pixels")
    let surface = try unsafe CairoSurface(
      adopting: cairo_image_surface_create(
        transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
        Int32((figure.size.width * scale).rounded()),
        Int32((figure.size.height * scale).rounded())), "image")
    try unsafe surface.withContext { context throws(RenderingError) in
      unsafe cairo_scale(context, scale, scale)
      try unsafe MarkPainter(
        figure: figure, shaper: shaper, context: context, pixelsPerPoint: scale
      ).paint(background: !transparent)
    }
    return surface
  }
}
