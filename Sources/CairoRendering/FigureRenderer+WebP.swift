internal import CPangoCairo
public import Drawing

extension FigureRenderer {
  /// Draws figures of one size as the frames of an animated WebP, without loss and without end.
  ///
  /// - Parameters:
  ///   - figures: The frames.
  ///   - resolution: Pixels per inch; a point is 1/72 inch.
  ///   - frameTime: How long each frame stays, in seconds.
  ///   - transparent: Whether the backgrounds are left out.
  ///   - metadata: What the file says about itself.
  /// - Returns: The bytes of the file.
  /// - Throws: `RenderingError` when there is no figure, the sizes differ or do not suit, or a glyph
  ///   is missing.
  public func webp(
    _ figures: [Figure], resolution: Double, frameTime: Double, transparent: Bool = false,
    metadata: FigureMetadata
  ) throws(RenderingError) -> [UInt8] {
    guard let first = figures.first else { throw .noFigures }
    try checkSize(of: first, scale: resolution / 72, unit: "pixels")
    var animation = try WebPAnimation(
      width: Int((first.size.width * resolution / 72).rounded()),
      height: Int((first.size.height * resolution / 72).rounded()), frameTime: frameTime)
    for figure in figures {
      guard figure.size == first.size else { throw .unevenFrames(figure: figure.id) }
      let surface = try image(of: figure, resolution: resolution, transparent: transparent)
      try animation.add(surface, transparent: transparent)
      try surface.finish()
    }
    return try animation.finish(words: Self.packet(first, metadata))
  }

  /// Title, description and origin in the form that WebP has for them: XMP.
  private static func packet(_ first: Figure, _ metadata: FigureMetadata) -> String {
    func text(_ name: String, _ value: String) -> String {
      """
      <dc:\(name)><rdf:Alt><rdf:li xml:lang="x-default">\(SVGRoot.escaped(value))</rdf:li></rdf:Alt>\
      </dc:\(name)>
      """
    }
    let source = metadata.command.map { "<dc:source>\(SVGRoot.escaped($0))</dc:source>" } ?? ""
    return """
      <x:xmpmeta xmlns:x="adobe:ns:meta/">\
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
      <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
      xmlns:xmp="http://ns.adobe.com/xap/1.0/">\
      \(text("title", metadata.title ?? first.title))\
      \(text("description", metadata.subject ?? first.alternativeText))\
      <dc:language><rdf:Bag><rdf:li>\(SVGRoot.escaped(first.language))</rdf:li></rdf:Bag></dc:language>\
      \(source)<xmp:CreatorTool>\(SVGRoot.escaped(metadata.software))</xmp:CreatorTool>\
      </rdf:Description></rdf:RDF></x:xmpmeta>
      """
  }
}
