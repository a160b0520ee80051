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
  public var cells: [Cell]
  /// Cells with an outline, as flat indices.
  public var outlined: Set<Int> = []
  public var outlineColor: Color?
  public var typeface: Typeface = .sans
  /// The height of a cell as a share of its width.
  public var aspect = 1.0

  public init(rows: Int, columns: Int, cells: [Cell]) {
    precondition(cells.count == rows * columns, "A \(rows)×\(columns) chart needs that many cells.")
    self.rows = rows
    self.columns = columns
    self.cells = cells
  }

  /// Creates a chart of signed values on the scale from -limit to +limit.
  public init(_ matrix: Matrix, limit: Double, decimals: Int, context: FigureContext) {
    self.init(
      rows: matrix.rows, columns: matrix.columns,
      cells: matrix.values.map { value in
        Cell(
          label: context.words.number(Double(value), decimals),
          fill: context.theme.signedScale.color(ofSigned: Double(value), limit: limit))
      })
  }

  /// The largest width of a cell with which the chart fits into a size.
  public func cellWidth(fitting size: Size, gap: Double) -> Double {
    let width = (size.width - gap * Double(columns - 1)) / Double(columns)
    let height = (size.height - gap * Double(rows - 1)) / Double(rows) / aspect
    return min(width, height)
  }

  /// Whether every label fits into cells of a width, in a text style.
  public func labelsFit(cellWidth: Double, style: TextStyle, canvas: Canvas) -> Bool {
    style.size <= 0.62 * cellWidth * aspect
      && cells.allSatisfy { canvas.width($0.label, style) <= 0.88 * cellWidth }
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
  /// Labels are left out of all cells when one of them does not fit. Large charts are painted as one image.
  @discardableResult
  public func draw(
    at origin: Point, cellWidth: Double, on canvas: inout Canvas, labels: Bool = true
  ) -> Rectangle {
    let gap = rows * columns > 1024 ? 0 : min(canvas.preset.cellGap, cellWidth * 0.12)
    let whole = size(cellWidth: cellWidth, gap: gap)
    let frame = Rectangle(x: origin.x, y: origin.y, width: whole.width, height: whole.height)
    if rows * columns > 1024 {
      canvas.add(.cells(CellGrid(frame: frame, columns: columns, colors: cells.map(\.fill))))
      return frame
    }
    let base = canvas.style(.base, typeface: typeface)
    let small = canvas.style(.small, typeface: typeface)
    let style =
      labelsFit(cellWidth: cellWidth, style: base, canvas: canvas)
      ? base : labelsFit(cellWidth: cellWidth, style: small, canvas: canvas) ? small : nil
    for (index, cell) in cells.enumerated() {
      let box = self.frame(
        row: index / columns, column: index % columns, origin: origin, cellWidth: cellWidth,
        gap: gap)
      canvas.fill(box, cell.fill)
      if labels, let style, !cell.label.isEmpty {
        canvas.text(
          cell.label, at: box.center, style, color: cell.fill.readableInk, anchor: .middle,
          vertical: .middle, box: box, backdrop: cell.fill)
      }
    }
    for index in outlined.sorted() {
      let box = self.frame(
        row: index / columns, column: index % columns, origin: origin, cellWidth: cellWidth,
        gap: gap)
      let width = canvas.preset.lineWidth * 1.4
      canvas.outline(
        box.inset(-width / 2), Stroke(outlineColor ?? canvas.theme.ink, width: width))
    }
    return frame
  }
}
