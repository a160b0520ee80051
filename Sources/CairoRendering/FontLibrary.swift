internal import CPangoCairo

/// The bundled fonts, loaded into a fontconfig configuration that knows no others.
///
/// Installed fonts, `fonts.conf` and `FONTCONFIG_FILE` therefore never change a figure, and nothing
/// on the system is scanned. The configuration is loaded once a process and only read afterwards,
/// which fontconfig allows from any thread.
@safe struct FontLibrary: Sendable {
  /// The folder from which the fonts were loaded.
  let folder: String
  nonisolated(unsafe) private let configuration: OpaquePointer

  /// The library of this process, or why there is none.
  static let bundled: Result<FontLibrary, RenderingError> = Result { () throws(RenderingError) in
    try FontLibrary(folder: FontFolder.find())
  }

  private init(folder: String) throws(RenderingError) {
    guard let configuration = unsafe FcConfigCreate() else {
      throw .cairo(operation: "fontconfig", reason: "out of memory")
    }
    for file in FontFolder.files {
      let path = folder + "/" + file
      let added = unsafe path.withCString { pointer in
        unsafe pointer.withMemoryRebound(to: FcChar8.self, capacity: path.utf8.count + 1) {
          unsafe FcConfigAppFontAddFile(configuration, $0)
        }
      }
      guard added == FcTrue else {
        unsafe FcConfigDestroy(configuration)
        throw .fontUnreadable(path: path)
      }
    }
    // Pango asks fontconfig for its current configuration in a thread of its own as soon as a font
    // map is made; this one in its place spares the scan of the system's fonts.
    unsafe FcConfigSetCurrent(configuration)
    self.folder = folder
    unsafe self.configuration = configuration
  }

  /// Makes a font map with these fonts alone; the caller owns it.
  func makeFontMap() throws(RenderingError) -> UnsafeMutablePointer<PangoFontMap> {
    guard let map = unsafe pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT) else {
      throw .cairo(operation: "font map", reason: "Pango was built without FreeType")
    }
    unsafe pango_fc_font_map_set_config(OpaquePointer(map), configuration)
    return unsafe map
  }
}
