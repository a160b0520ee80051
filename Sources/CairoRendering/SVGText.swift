/// What letters are in an SVG file.
public enum SVGText: String, Sendable, CaseIterable {
  /// Shapes that look the same in every program.
  case outlines
  /// Text that can be selected, searched and edited; the letters it needs are in the file.
  case live
}
