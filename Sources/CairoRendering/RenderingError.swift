/// Why a figure could not be drawn.
public enum RenderingError: Error, Equatable {
  /// None of the searched folders holds the bundled fonts.
  case fontsMissing(searched: [String])
  /// A font file is there but cannot be read as a font.
  case fontUnreadable(path: String)
  /// A run of text would be drawn in another face than the one asked for.
  case faceMissing(text: String, wanted: String, found: String)
  /// The typeface has no glyphs for some characters of a text.
  case glyphsMissing(text: String, characters: String, typeface: String)
  /// The figure has a size that cannot be drawn, in the given unit.
  case unsuitableSize(figure: String, width: Double, height: Double, unit: String)
  /// A cell grid whose colours do not fill whole rows.
  case unevenCells(figure: String, columns: Int, colors: Int)
  /// A document without pages.
  case noFigures
  /// The frames of an animation differ in size.
  case unevenFrames(figure: String)
  /// The letters of a font cannot be taken out of its file.
  case noSubset(font: String)
  /// WebP reports a failure.
  case webp(operation: String, reason: String)
  /// The bytes are not a PNG image that can be read.
  case unreadableImage(reason: String)
  /// Cairo reports a failure.
  case cairo(operation: String, reason: String)
}

extension RenderingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fontsMissing(let searched):
      "the fonts of the figures were not found in \(searched.joined(separator: ", ")); "
        + "set \(FontFolder.variable) to the folder that holds \(FontFolder.files[0])"
    case .fontUnreadable(let path):
      "the font file \(path) cannot be read; put back the file of the distribution"
    case .faceMissing(let text, let wanted, let found):
      "the text “\(text)” would be drawn in \(found) instead of \(wanted); "
        + "check the files in the folder of the fonts"
    case .glyphsMissing(let text, let characters, let typeface):
      "\(typeface) has no glyph for \(characters) in the text “\(text)”; use other characters"
    case .unsuitableSize(let figure, let width, let height, let unit):
      "the figure \(figure) cannot be drawn at \(width) × \(height) \(unit); "
        + "choose a size from 1 to \(FigureRenderer.largestSide) \(unit) on each side"
    case .unevenCells(let figure, let columns, let colors):
      "a grid of cells in the figure \(figure) has \(colors) colours, "
        + "which do not fill rows of \(columns)"
    case .noFigures: "a document needs at least one figure"
    case .unevenFrames(let figure):
      "the figure \(figure) has another size than the first one of the animation"
    case .noSubset(let font):
      "the letters of a figure cannot be taken out of the font \(font); "
        + "put back the file of the distribution, or write text as outlines"
    case .webp(let operation, let reason): "WebP failed in \(operation): \(reason)"
    case .unreadableImage(let reason): "the image cannot be read as PNG: \(reason)"
    case .cairo(let operation, let reason): "drawing failed in \(operation): \(reason)"
    }
  }
}
