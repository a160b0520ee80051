internal import CPangoCairo
internal import Drawing

/// A run of text on one line, laid out and measured.
@safe final class TextLine {
  let metrics: TextMetrics
  private let string: String
  private let style: TextStyle
  private let layout: OpaquePointer
  /// Whether every character was found in the face asked for, once that was looked up.
  private var isChecked = false

  init(
    _ string: String, style: TextStyle, context: OpaquePointer,
    height: (ascent: Double, descent: Double)
  ) {
    self.string = string
    self.style = style
    // GLib ends the process when there is no memory, so this never returns NULL.
    let layout: OpaquePointer = unsafe pango_layout_new(context)
    unsafe self.layout = unsafe layout
    unsafe FontDescription(style).withPointer {
      unsafe pango_layout_set_font_description(layout, $0)
    }
    unsafe pango_layout_set_single_paragraph_mode(layout, 1)
    let attributes = unsafe pango_attr_list_new()
    unsafe pango_attr_list_insert(
      attributes, pango_attr_font_features_new(Self.features(of: string)))
    unsafe pango_layout_set_attributes(layout, attributes)
    unsafe pango_attr_list_unref(attributes)
    unsafe pango_layout_set_text(layout, string, Int32(string.utf8.count))
    var logical = PangoRectangle()
    unsafe pango_layout_line_get_extents(
      pango_layout_get_line_readonly(layout, 0), nil, &logical)
    metrics = TextMetrics(
      width: Double(logical.width) / Double(PANGO_SCALE), ascent: height.ascent,
      descent: height.descent)
  }

  deinit { unsafe g_object_unref(UnsafeMutableRawPointer(layout)) }

  /// Whether a run is a number or a sign, and no part of a sentence.
  static func standsAlone(_ string: String) -> Bool { !string.contains(where: \.isLetter) }

  /// No ligatures: what is written is what is seen.
  ///
  /// Numbers that stand alone have digits of equal width, so that they align; among words that
  /// would tear them apart.
  private static func features(of string: String) -> String {
    let isNumber = standsAlone(string)
    return "tnum=\(isNumber ? 1 : 0), calt=0, liga=0, clig=0, dlig=0, hlig=0"
  }

  /// Draws the run with its baseline starting at the context's current point.
  ///
  /// - Throws: ``RenderingError/glyphsMissing(text:characters:typeface:)`` or
  ///   ``RenderingError/faceMissing(text:wanted:found:)`` instead of drawing something else.
  func show(in context: OpaquePointer) throws(RenderingError) {
    try check()
    unsafe pango_cairo_show_layout_line(context, pango_layout_get_line_readonly(layout, 0))
  }

  /// Makes sure that every character was found in the face asked for.
  func check() throws(RenderingError) {
    guard !isChecked else { return }
    var missing = ""
    var runs = unsafe pango_layout_get_line_readonly(layout, 0).pointee.runs
    while let node = unsafe runs {
      let run = unsafe node.pointee.data.assumingMemoryBound(to: PangoLayoutRun.self)
      let item = unsafe run.pointee.item.pointee
      missing += unsafe charactersWithoutGlyphs(run.pointee.glyphs.pointee, start: item.offset)
      let text = unsafe self.text(from: Int(item.offset), count: Int(item.length))
      try unsafe checkFace(of: item.analysis.font, text: text, missing: &missing)
      unsafe runs = node.pointee.next
    }
    guard missing.isEmpty else {
      throw .glyphsMissing(
        text: string, characters: missing, typeface: style.typeface.rawValue)
    }
    isChecked = true
  }

  /// Compares the face of a run with the one asked for; another family means missing glyphs.
  private func checkFace(
    of font: UnsafeMutablePointer<PangoFont>, text: String, missing: inout String
  ) throws(RenderingError) {
    let description = unsafe pango_font_describe(font)
    defer { unsafe pango_font_description_free(description) }
    let family = unsafe pango_font_description_get_family(description)
      .map { unsafe String(cString: $0) }
    guard family == style.typeface.rawValue else {
      missing += text.filter { !$0.isWhitespace && !missing.contains($0) }
      return
    }
    let isBold = unsafe pango_font_description_get_weight(description) == PANGO_WEIGHT_BOLD
    let isItalic = unsafe pango_font_description_get_style(description) == PANGO_STYLE_ITALIC
    guard isBold == style.bold, isItalic == style.italic else {
      throw .faceMissing(
        text: string, wanted: Self.name(bold: style.bold, italic: style.italic, style),
        found: Self.name(bold: isBold, italic: isItalic, style))
    }
  }

  private static func name(bold: Bool, italic: Bool, _ style: TextStyle) -> String {
    let face = [bold ? "Bold" : nil, italic ? "Italic" : nil].compactMap { $0 }
    return style.typeface.rawValue + " "
      + (face.isEmpty ? "Regular" : face.joined(separator: " "))
  }

  /// The characters that would be drawn as a box with their number.
  private func charactersWithoutGlyphs(_ glyphs: PangoGlyphString, start: Int32) -> String {
    var characters = String.UnicodeScalarView()
    for index in 0..<(unsafe Int(glyphs.num_glyphs)) {
      guard unsafe glyphs.glyphs[index].glyph & PangoGlyph(PANGO_GLYPH_UNKNOWN_FLAG) != 0
      else { continue }
      let offset = unsafe Int(start + glyphs.log_clusters[index])
      characters.append(
        string.unicodeScalars[string.utf8.index(string.startIndex, offsetBy: offset)])
    }
    return String(characters)
  }

  private func text(from offset: Int, count: Int) -> String {
    String(decoding: string.utf8.dropFirst(offset).prefix(count), as: UTF8.self)
  }
}
