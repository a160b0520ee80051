public import Drawing

/// What a picture is made for: its size, its colours, its language, and how wide text is.
public struct FigureContext {
  public var preset: Preset
  public var theme: Theme
  public var words: Words
  public var measurer: any TextMeasurer

  public init(preset: Preset, theme: Theme, words: Words, measurer: any TextMeasurer) {
    self.preset = preset
    self.theme = theme
    self.words = words
    self.measurer = measurer
  }
}

/// A figure in the making: charts add their marks to it.
public struct Canvas {
  public let context: FigureContext
  public private(set) var marks: [Mark] = []

  public init(_ context: FigureContext) { self.context = context }

  public var preset: Preset { context.preset }
  public var theme: Theme { context.theme }
  public var words: Words { context.words }

  /// Adds a mark above those that are there.
  public mutating func add(_ mark: Mark) { marks.append(mark) }
}
