public import Drawing
public import LinearAlgebra

/// A matrix as coloured cells, with its values where they fit.
public struct MatrixChart {
  /// What is written in a cell, and the colour behind it.
  public struct Cell {
    public var label: String
    public var fill: Color

    public init(label: String = "", fill: Color) {
      self.label = label
      self.fill = fill
    }
  }

  public var rows: Int
  public var columns: Int
  private let fills: [Color]
  /// What is written in each cell, row by row; no texts at all for more cells than have labels.
  public var labels: [String]
  /// The height of a cell as a share of its width.
  public var aspect = 1.0

  public init(rows: Int, columns: Int, cells: [Cell]) {
    precondition(cells.count == rows * columns, "A \(rows)×\(columns) chart needs that many cells.")
    self.rows = rows
    self.columns = columns
    fills = cells.map(\.fill)
    labels = cells.map(\.label)
  }

  /// The cells row by row.
  public var cells: [Cell] {
    fills.enumerated().map { index, fill in
      Cell(label: labels.isEmpty ? "" : labels[index], fill: fill)
    }
  }

  /// The most cells that are drawn one by one; more are painted as one image, without labels.
  public static let largestCellCount = 1024

  /// Creates a chart of signed values on the scale from -limit to +limit.
  public init(_ matrix: Matrix, limit: Double, decimals: Int, context: FigureContext) {
    let scale = context.theme.signedScale
    rows = matrix.rows
    columns = matrix.columns
    guard matrix.count <= Self.largestCellCount else {
      fills = Self.manyFills(matrix.values, limit: limit, scale: scale)
      labels = []
      return
    }
    fills = matrix.values.map { scale.color(ofSigned: Double($0), limit: limit) }
    labels = matrix.values.map { context.words.number(Double($0), decimals) }
  }

  /// The colours of many values, looked up among twice as many as a screen can show.
  private static func manyFills(_ values: [Float], limit: Double, scale: ColorScale) -> [Color] {
    let steps = 511
    let palette = (0...steps).map { scale.color(at: Double($0) / Double(steps)) }
    let factor = limit > 0 ? Double(steps) / (2 * limit) : 0
    return values.map { value in
      let place = Double(value) * factor + Double(steps) / 2 + 0.5
      return palette[Int(min(max(place, 0), Double(steps)))]
    }
  }

  /// The largest width of a cell with which the chart fits into a size.
  public func cellWidth(fitting size: Size, gap: Double) -> Double {
    let width = (size.width - gap * Double(columns - 1)) / Double(columns)
    let height = (size.height - gap * Double(rows - 1)) / Double(rows) / aspect
    return min(width, height)
  }

  /// The largest style in which the labels of all charts of a picture fit; nil where none does.
  ///
  /// Either every chart has its labels or none has.
  public static func labelStyle(
    for charts: [MatrixChart], cellWidth: Double, typeface: Typeface = .sans, on canvas: Canvas
  ) -> TextStyle? {
    [Canvas.TextSize.base, .small].map { canvas.style($0, typeface: typeface) }.first { style in
      charts.allSatisfy { $0.labelsFit(cellWidth: cellWidth, style: style, canvas: canvas) }
    }
  }

  /// Whether every label fits into cells of a width, in a text style.
  func labelsFit(cellWidth: Double, style: TextStyle, canvas: Canvas) -> Bool {
    style.size <= 0.62 * cellWidth * aspect
      && labels.allSatisfy { canvas.width($0, style) <= 0.88 * cellWidth }
  }

  /// The size of the chart with cells of a width.
  public func size(cellWidth: Double, gap: Double) -> Size {
    Size(
      width: Double(columns) * cellWidth + Double(columns - 1) * gap,
      height: Double(rows) * cellWidth * aspect + Double(rows - 1) * gap)
  }

  /// The rectangle of a cell, in a chart whose top left corner is at an origin.
  public func frame(
    row: Int, column: Int, origin: Point, cellWidth: Double, gap: Double
  )
    -> Rectangle
  {
    Rectangle(
      x: origin.x + Double(column) * (cellWidth + gap),
      y: origin.y + Double(row) * (cellWidth * aspect + gap), width: cellWidth,
      height: cellWidth * aspect)
  }

  /// Draws the chart with its top left corner at an origin, and returns its rectangle.
  ///
  /// Large charts are painted as one image, without gaps. Without a style for the labels they are
  /// left out. Without a gap the preset's is taken, or less between narrow cells.
  @discardableResult
  public func draw(
    at origin: Point, cellWidth: Double, gap wanted: Double? = nil, labels style: TextStyle?,
    on canvas: inout Canvas
  ) -> Rectangle {
    let gap =
      rows * columns > Self.largestCellCount
      ? 0 : wanted ?? min(canvas.preset.cellGap, cellWidth * 0.12)
    let whole = size(cellWidth: cellWidth, gap: gap)
    let frame = Rectangle(x: origin.x, y: origin.y, width: whole.width, height: whole.height)
    if rows * columns > Self.largestCellCount {
      canvas.add(.cells(CellGrid(frame: frame, columns: columns, colors: fills)))
      return frame
    }
    for (index, fill) in fills.enumerated() {
      let box = self.frame(
        row: index / columns, column: index % columns, origin: origin, cellWidth: cellWidth,
        gap: gap)
      canvas.fill(box, fill)
      if let style, !labels.isEmpty, !labels[index].isEmpty {
        canvas.text(
          labels[index], at: box.center, style, color: fill.readableInk, anchor: .middle,
          vertical: .middle, box: box, backdrop: fill)
      }
    }
    return frame
  }
}
