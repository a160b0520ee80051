internal import CairoRendering
internal import Charts
internal import Course
internal import Demonstrations
internal import Drawing

/// A file to be drawn: one figure, or a document of several.
struct FigureJob: Sendable {
  /// A step's picture and the id of its figure.
  struct Page: Sendable {
    var id: String
    var picture: Picture
  }

  var pages: [Page]
  var format: FigureFormat
  /// The path of the file, from the folder of the output.
  var path: String
  /// The command that makes the file again.
  var command: String
}

/// A file as it will be written.
struct DrawnFile: Sendable {
  var path: String
  var bytes: [UInt8]
  /// The size in points of a page.
  var size: Size
  var title: String
  var alternativeText: String
}

/// The looks that all files of a run share.
struct FigureLook: Sendable {
  var preset: Preset
  var theme: Theme
  var words: Words
  /// Pixels per inch of PNG files.
  var resolution: Double
}

extension FigureJob {
  /// Draws the file with a renderer that is the caller's alone.
  func draw(_ look: FigureLook, _ renderer: FigureRenderer) throws(RenderingError) -> DrawnFile {
    let context = FigureContext(
      preset: look.preset, theme: look.theme, words: look.words, measurer: renderer.measurer)
    let figures = pages.map { $0.picture.figure(id: $0.id, context: context) }
    let metadata = FigureMetadata(
      software: "\(Tool.name) \(Tool.version)", command: command)
    let bytes: [UInt8] =
      switch format {
      case .png: try renderer.png(figures[0], resolution: look.resolution, metadata: metadata)
      case .svg: try renderer.svg(figures[0], metadata: metadata)
      case .pdf: try renderer.pdf(figures, metadata: metadata)
      }
    return DrawnFile(
      path: path, bytes: bytes, size: figures[0].size, title: figures[0].title,
      alternativeText: figures[0].alternativeText)
  }
}
