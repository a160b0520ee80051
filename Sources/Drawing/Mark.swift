/// A line that is drawn along a shape.
public struct Stroke: Hashable, Codable, Sendable {
  public var color: Color
  /// The width in points.
  public var width: Double
  /// Lengths of dashes and gaps in points; empty for a solid line.
  public var dashes: [Double]

  public init(_ color: Color, width: Double, dashes: [Double] = []) {
    self.color = color
    self.width = width
    self.dashes = dashes
  }
}

/// A shape made of lines and curves.
public struct Path: Hashable, Codable, Sendable {
  public enum Element: Hashable, Codable, Sendable {
    case move(Point)
    case line(Point)
    case curve(Point, control1: Point, control2: Point)
    case close
  }

  public var elements: [Element]

  public init(_ elements: [Element] = []) { self.elements = elements }

  /// An open line through points.
  public static func polyline(_ points: [Point]) -> Path {
    Path(points.enumerated().map { $0.offset == 0 ? .move($0.element) : .line($0.element) })
  }

  /// A closed shape through points.
  public static func polygon(_ points: [Point]) -> Path {
    var path = polyline(points)
    path.elements.append(.close)
    return path
  }
}

/// A run of text on one line, already measured and placed.
public struct TextMark: Hashable, Codable, Sendable {
  public var string: String
  public var style: TextStyle
  public var color: Color
  /// Where the run starts, on its baseline.
  public var origin: Point
  /// The room that the run takes, as measured when it was placed.
  public var metrics: TextMetrics
  /// The rectangle that the run must not leave; a layout test holds it to that.
  public var box: Rectangle?
  /// The colour behind the run, where that is not the background of the figure: for contrast tests.
  public var backdrop: Color?

  public init(
    _ string: String, style: TextStyle, color: Color, origin: Point, metrics: TextMetrics,
    box: Rectangle? = nil, backdrop: Color? = nil
  ) {
    self.string = string
    self.style = style
    self.color = color
    self.origin = origin
    self.metrics = metrics
    self.box = box
    self.backdrop = backdrop
  }

  /// The rectangle from ascent to descent that the run covers.
  public var bounds: Rectangle {
    Rectangle(
      x: origin.x, y: origin.y - metrics.ascent, width: metrics.width,
      height: metrics.ascent + metrics.descent)
  }

  /// The rectangle that letters of the run can darken: from the height of a `d` to the depth of a `p`.
  public var inkBounds: Rectangle {
    Rectangle(
      x: origin.x, y: origin.y - 0.76 * style.size, width: metrics.width,
      height: 0.97 * style.size)
  }
}

/// A grid of coloured cells without gaps, painted as one image: for matrices too large for rectangles.
public struct CellGrid: Hashable, Codable, Sendable {
  public var frame: Rectangle
  public var columns: Int
  /// The colours row by row; the count is a multiple of `columns`.
  public var colors: [Color]

  public init(frame: Rectangle, columns: Int, colors: [Color]) {
    self.frame = frame
    self.columns = columns
    self.colors = colors
  }
}

/// A rectangle filled with colours that run evenly from left to right, or from bottom to top.
public struct GradientBar: Hashable, Codable, Sendable {
  public var frame: Rectangle
  /// Colours at equal distances, from the left or from the bottom.
  public var colors: [Color]
  public var vertical: Bool

  public init(frame: Rectangle, colors: [Color], vertical: Bool) {
    self.frame = frame
    self.colors = colors
    self.vertical = vertical
  }
}

/// One thing drawn in a figure.
public indirect enum Mark: Hashable, Codable, Sendable {
  case rectangle(Rectangle, cornerRadius: Double, fill: Color?, stroke: Stroke?)
  case circle(center: Point, radius: Double, fill: Color?, stroke: Stroke?)
  case path(Path, fill: Color?, stroke: Stroke?)
  case text(TextMark)
  case cells(CellGrid)
  case gradient(GradientBar)
  /// Marks that belong together; `id` is unique in the figure and made of lower-case words and hyphens.
  case group(id: String, [Mark])
}
