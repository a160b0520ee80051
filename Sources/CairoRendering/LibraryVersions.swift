internal import CPangoCairo

/// The versions of the libraries that draw, as found at run time.
public enum LibraryVersions {
  /// Names and versions.
  public static var all: [(name: String, version: String)] {
    unsafe [
      ("cairo", String(cString: cairo_version_string())),
      ("pango", String(cString: pango_version_string())),
    ]
  }
}
