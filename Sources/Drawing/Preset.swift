/// A physical size for a figure and the text sizes and line widths that suit it.
///
/// All lengths are points, so a figure never needs to be scaled where it is used.
public struct Preset: Hashable, Codable, Sendable {
  public var name: String
  public var size: Size
  /// Pixels per inch of a PNG unless asked otherwise.
  public var resolution: Double
  /// Sizes of text: labels, secondary labels and the title.
  public var baseSize: Double
  public var smallSize: Double
  public var titleSize: Double
  /// Widths of lines: data, axes; and the gap between cells.
  public var lineWidth: Double
  public var axisWidth: Double
  public var cellGap: Double
  /// The empty border on every side.
  public var margin: Double
  /// No text may be smaller than this.
  public var smallestText: Double

  /// A widescreen slide, 13.33 × 7.5 in.
  public static let slide = Preset(
    name: "slide", size: Size(width: 960, height: 540), resolution: 144, baseSize: 18,
    smallSize: 14, titleSize: 26, lineWidth: 2.5, axisWidth: 1.25, cellGap: 2, margin: 36,
    smallestText: 14)
  /// The full text width of a Beamer slide with aspect ratio 16:9.
  public static let beamer = Preset(
    name: "beamer", size: Size(width: 397, height: 223), resolution: 300, baseSize: 9,
    smallSize: 7, titleSize: 11, lineWidth: 1.25, axisWidth: 0.6, cellGap: 1, margin: 10,
    smallestText: 7)
  /// One column of a two-column paper, 3.25 in.
  public static let column = Preset(
    name: "column", size: Size(width: 234, height: 145), resolution: 300, baseSize: 8,
    smallSize: 7, titleSize: 8, lineWidth: 1, axisWidth: 0.5, cellGap: 0.75, margin: 4,
    smallestText: 7)
  /// The text width of a one-column paper, 5.5 in.
  public static let text = Preset(
    name: "text", size: Size(width: 396, height: 245), resolution: 300, baseSize: 9,
    smallSize: 7, titleSize: 9, lineWidth: 1, axisWidth: 0.5, cellGap: 1, margin: 6,
    smallestText: 7)
  /// A column of a web page, 704 × 396 CSS pixels.
  public static let web = Preset(
    name: "web", size: Size(width: 528, height: 297), resolution: 192, baseSize: 10.5,
    smallSize: 9, titleSize: 14, lineWidth: 1.5, axisWidth: 0.75, cellGap: 1, margin: 14,
    smallestText: 9)

  /// All presets, in the order in which they are listed to a user.
  public static let all = [slide, beamer, column, text, web]
}

extension Preset {
  /// Whether the title is drawn: pictures in a paper leave it to the caption.
  public var showsTitle: Bool { self != .column && self != .text }
}
