/// A finished picture as a value: its size, its marks in painting order, and its words.
///
/// It knows no drawing library: it can be compared, stored and sent to any renderer.
public struct Figure: Hashable, Codable, Sendable {
  /// A name unique among the figures of a course, such as `quantization-absmax-es`.
  public var id: String
  /// The language of the words, `es` or `en`.
  public var language: String
  public var size: Size
  public var background: Color
  public var marks: [Mark]
  /// What the figure claims, in one line.
  public var title: String
  /// The alternative text: what a reader who cannot see the figure needs.
  public var alternativeText: String

  public init(
    id: String, language: String, size: Size, background: Color, marks: [Mark], title: String,
    alternativeText: String
  ) {
    self.id = id
    self.language = language
    self.size = size
    self.background = background
    self.marks = marks
    self.title = title
    self.alternativeText = alternativeText
  }

  /// Every run of text, inside groups too, in painting order.
  public var texts: [TextMark] {
    func collect(_ marks: [Mark]) -> [TextMark] {
      marks.flatMap { mark -> [TextMark] in
        switch mark {
        case .text(let text): [text]
        case .group(_, let inner): collect(inner)
        case .rectangle, .circle, .path, .cells, .gradient: []
        }
      }
    }
    return collect(marks)
  }
}
