/// A kind of file that a figure is written as.
enum FigureFormat: String, CaseIterable {
  case png, svg, pdf
}
