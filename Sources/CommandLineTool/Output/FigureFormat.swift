/// A kind of file that a figure is written as.
enum FigureFormat: String, CaseIterable {
  case png, svg, pdf
  /// All steps of a lesson, one after the other.
  case webp

  /// The formats of single figures.
  static let stills: [FigureFormat] = [.png, .svg, .pdf]
}
