internal import CHarfBuzz
internal import CPangoCairo
internal import CWebP

/// The versions of the libraries that draw, as found at run time.
public enum LibraryVersions {
  /// The version of WebP, which it gives as the bytes of a number.
  private static var webp: String {
    let number = WebPGetEncoderVersion()
    return [16, 8, 0].map { "\(number >> $0 & 0xFF)" }.joined(separator: ".")
  }

  /// Names and versions.
  public static var all: [(name: String, version: String)] {
    unsafe [
      ("cairo", String(cString: cairo_version_string())),
      ("pango", String(cString: pango_version_string())),
      ("harfbuzz", String(cString: hb_version_string())), ("webp", webp),
    ]
  }
}
