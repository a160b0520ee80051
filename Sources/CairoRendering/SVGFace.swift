internal import Drawing

/// A face of a typeface as live text in an SVG needs it.
struct SVGFace: Hashable, Comparable {
  var typeface: Typeface
  var bold: Bool
  var italic: Bool

  /// The file with the face, as it is bundled.
  var file: String {
    let style = bold ? "Bold" : italic ? "Italic" : "Regular"
    return "\(typeface == .sans ? "LessonsSans" : "LessonsMono")-\(style).ttf"
  }

  static func < (first: SVGFace, second: SVGFace) -> Bool { first.file < second.file }

  /// The attribute that chooses a typeface: the letters in the file, else what looks most like them.
  static func family(_ typeface: Typeface, prefix: String) -> String {
    let others =
      switch typeface {
      case .sans: "Inter, 'Helvetica Neue', Arial, sans-serif"
      case .mono: "'JetBrains Mono', 'DejaVu Sans Mono', monospace"
      }
    return """
      font-family="'\(name(typeface, prefix: prefix))', '\(typeface.rawValue)', \(others)"
      """
  }

  /// The family name in the file; a page knows one family by a name, so that each file has its own.
  private static func name(_ typeface: Typeface, prefix: String) -> String {
    "\(prefix)-\(typeface == .sans ? "sans" : "mono")"
  }

  /// The rule that gives a page the letters of the face.
  ///
  /// - Throws: ``RenderingError/noSubset(font:)``.
  func rule(
    prefix: String, characters: Set<Unicode.Scalar>
  ) throws(RenderingError) -> String {
    let font = try FontSubset(file: file, characters: characters)
    return """
      @font-face{font-family:'\(Self.name(typeface, prefix: prefix))';\
      font-weight:\(bold ? "bold" : "normal");font-style:\(italic ? "italic" : "normal");\
      src:url(data:font/ttf;base64,\(Base64.text(of: font.bytes)))}
      """
  }
}
