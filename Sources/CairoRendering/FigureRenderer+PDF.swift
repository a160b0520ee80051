internal import CPangoCairo
public import Drawing

extension FigureRenderer {
  /// Draws figures as the pages of a PDF document with embedded fonts and real text.
  ///
  /// Each page has the size of its figure, an entry in the outline with the figure's title, and a
  /// label with its number.
  ///
  /// - Parameters:
  ///   - figures: The pages; the first one names the document where `metadata` does not.
  ///   - transparent: Whether the backgrounds are left out.
  ///   - metadata: What the file says about itself. The subject is the alternative text of the
  ///     first figure where `metadata` gives none.
  /// - Returns: The bytes of the file.
  /// - Throws: `RenderingError` when there is no figure, a glyph is missing or a size is unsuitable.
  public func pdf(
    _ figures: [Figure], transparent: Bool = false, metadata: FigureMetadata
  ) throws(RenderingError) -> [UInt8] {
    guard let first = figures.first else { throw .noFigures }
    for figure in figures { try checkSize(of: figure, scale: 1, unit: "points") }
    let sink = ByteSink()
    let surface = try unsafe CairoSurface(
      adopting: cairo_pdf_surface_create_for_stream(
        ByteSink.write, sink.closure, first.size.width, first.size.height),
      writingTo: sink, "PDF")
    unsafe describe(surface.pointer, first: first, metadata: metadata)
    try unsafe surface.withContext { context throws(RenderingError) in
      for (index, figure) in figures.enumerated() {
        unsafe cairo_pdf_surface_set_size(
          surface.pointer, figure.size.width, figure.size.height)
        unsafe cairo_pdf_surface_set_page_label(surface.pointer, "\(index + 1)")
        // Whole numbers alone: Cairo reads these attributes in the process's locale.
        unsafe cairo_pdf_surface_add_outline(
          surface.pointer, CAIRO_PDF_OUTLINE_ROOT, figure.title, "page=\(index + 1) pos=[0 0]",
          cairo_pdf_outline_flags_t(rawValue: 0))
        try unsafe MarkPainter(
          figure: figure, shaper: shaper, context: context
        ).paint(background: !transparent)
        unsafe cairo_show_page(context)
      }
    }
    try surface.finish()
    return sink.bytes
  }

  private func describe(_ surface: OpaquePointer, first: Figure, metadata: FigureMetadata) {
    let entries: [(cairo_pdf_metadata_t, String)] = [
      (CAIRO_PDF_METADATA_TITLE, metadata.title ?? first.title),
      (CAIRO_PDF_METADATA_AUTHOR, metadata.software),
      (CAIRO_PDF_METADATA_SUBJECT, metadata.subject ?? first.alternativeText),
      (CAIRO_PDF_METADATA_KEYWORDS, metadata.keywords.joined(separator: ", ")),
      (CAIRO_PDF_METADATA_CREATOR, metadata.command ?? metadata.software),
      (CAIRO_PDF_METADATA_CREATE_DATE, metadata.date), (CAIRO_PDF_METADATA_MOD_DATE, metadata.date),
    ]
    for (entry, value) in entries where !value.isEmpty {
      unsafe cairo_pdf_surface_set_metadata(surface, entry, value)
    }
  }
}
