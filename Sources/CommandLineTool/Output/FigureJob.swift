internal import CairoRendering
internal import Charts
internal import Course
internal import Demonstrations
internal import Drawing

/// A file to be drawn: one figure, or a document of several.
struct FigureJob: Sendable {
  /// A step's picture, the id of its figure and what may stand below it.
  struct Page: Sendable {
    var id: String
    var picture: Picture
    var caption = ""
  }

  var pages: [Page]
  /// What a document of several pages is called and what it is about.
  var document: (title: String, summary: String)?
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
  /// Pixels per inch, where they are not those of the preset.
  var resolution: Double?
  var isTransparent = false
  var showsCaptions = false
  var svgText = SVGText.outlines
  /// How long an animation shows each step, in seconds.
  var frameTime = usualFrameTime
  /// The date in PDF files, in seconds since 1970.
  var timestamp = FigureMetadata.fixedTimestamp

  static let usualFrameTime = 2.5

  /// The number of pixels across an animation of a preset.
  private static let animationWidth = 1280.0

  /// Pixels per inch of files in a format; animations keep to a width that pages and chats show.
  func resolution(of format: FigureFormat) -> Double {
    if let resolution { return resolution }
    guard format == .webp else { return preset.resolution }
    return min(preset.resolution, Self.animationWidth / preset.size.width * 72)
  }
}

extension FigureMetadata {
  /// The environment variable with the date of files.
  static let timestampVariable = "SOURCE_DATE_EPOCH"

  /// The date that `SOURCE_DATE_EPOCH` asks for, else a fixed one: never the clock's.
  ///
  /// - Throws: `ToolError.usage` where the variable is not a number of seconds.
  static func timestamp(in environment: [String: String]) throws(ToolError) -> Int {
    guard let word = environment[timestampVariable], !word.isEmpty else { return fixedTimestamp }
    // The year 9999 is the last that a PDF can name.
    guard let seconds = Int(word), (0...253_402_300_799).contains(seconds) else {
      throw .usage("\(timestampVariable) is a number of seconds since 1970, not “\(word)”")
    }
    return seconds
  }
}

extension FigureJob {
  /// Draws the file with a renderer that is the caller's alone.
  func draw(_ look: FigureLook, _ renderer: FigureRenderer) throws(RenderingError) -> DrawnFile {
    let context = FigureContext(
      preset: look.preset, theme: look.theme, words: look.words, measurer: renderer.measurer)
    // Figures in two themes may stand in one page, where they may not share names.
    let theme = look.theme.name == Theme.light.name ? "" : "-\(look.theme.name)"
    let figures = pages.map { page in
      page.picture.figure(
        id: page.id + theme, context: context, caption: look.showsCaptions ? page.caption : nil)
    }
    let (title, alternativeText) = describe(figures)
    let metadata = FigureMetadata(
      software: "\(Tool.name) \(Tool.version)", command: command, title: title,
      subject: alternativeText, timestamp: look.timestamp)
    let (transparent, resolution) = (look.isTransparent, look.resolution(of: format))
    let bytes: [UInt8] =
      switch format {
      case .png:
        try renderer.png(
          figures[0], resolution: resolution, transparent: transparent, metadata: metadata)
      case .svg:
        try renderer.svg(
          figures[0], text: look.svgText, transparent: transparent, metadata: metadata)
      case .pdf: try renderer.pdf(figures, transparent: transparent, metadata: metadata)
      case .webp:
        try renderer.webp(
          figures, resolution: resolution, frameTime: look.frameTime, transparent: transparent,
          metadata: metadata)
      }
    return DrawnFile(
      path: path, bytes: bytes, size: figures[0].size, title: title,
      alternativeText: alternativeText)
  }

  /// Title and alternative text: of the figure, or of the document with those of all its pages.
  private func describe(_ figures: [Figure]) -> (title: String, alternativeText: String) {
    guard let document else { return (figures[0].title, figures[0].alternativeText) }
    let pages = figures.enumerated().map { index, figure in
      "\(index + 1). \(figure.title). \(figure.alternativeText)"
    }
    return (document.title, ([document.summary] + pages).joined(separator: "\n"))
  }
}
