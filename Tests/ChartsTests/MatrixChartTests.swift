import Charts
import Drawing
import LinearAlgebra
import Testing

@Suite("Matrix chart")
struct MatrixChartTests {
  private func chart(_ rows: Int, _ columns: Int, label: String = "0.25") -> MatrixChart {
    MatrixChart(
      rows: rows, columns: columns,
      cells: (0..<rows * columns).map { .init(label: label, fill: Color(UInt32($0))) })
  }

  @Test(
    "cells of the fitting width fill one side of a room and leave neither",
    arguments: [(1, 1), (3, 4), (12, 1), (1, 64), (40, 3), (31, 33)], [0.5, 1, 2])
  func fitting(shape: (rows: Int, columns: Int), aspect: Double) {
    var chart = chart(shape.rows, shape.columns)
    chart.aspect = aspect
    for room in [Size(width: 300, height: 200), Size(width: 90, height: 400)] {
      let width = chart.cellWidth(fitting: room, gap: 1)
      let size = chart.size(cellWidth: width, gap: 1)
      #expect(size.width <= room.width + 1e-9 && size.height <= room.height + 1e-9)
      #expect(near(size.width, room.width) || near(size.height, room.height))
    }
  }

  @Test("cells lie row by row inside the chart, a gap apart")
  func frames() {
    let chart = chart(3, 4)
    let size = chart.size(cellWidth: 10, gap: 2)
    let whole = Rectangle(x: 5, y: 7, width: size.width, height: size.height)
    var frames: [Rectangle] = []
    for row in 0..<3 {
      for column in 0..<4 {
        frames.append(
          chart.frame(row: row, column: column, origin: Point(5, 7), cellWidth: 10, gap: 2))
      }
    }
    #expect(frames.allSatisfy { whole.contains($0, tolerance: 1e-9) })
    #expect(frames[0].minX == whole.minX && frames[0].minY == whole.minY)
    #expect(near(frames[11].maxX, whole.maxX) && near(frames[11].maxY, whole.maxY))
    #expect(near(frames[1].minX - frames[0].maxX, 2) && near(frames[4].minY - frames[0].maxY, 2))
  }

  @Test("what is drawn is the frame that is returned, with the label of each cell in it")
  func drawn() {
    var canvas = canvas()
    let chart = chart(3, 4)
    let style = MatrixChart.labelStyle(for: [chart], cellWidth: 60, on: canvas)
    let frame = chart.draw(at: Point(20, 30), cellWidth: 60, labels: style, on: &canvas)
    #expect(canvas.filled.map(\.color) == chart.cells.map(\.fill))
    #expect(canvas.filled.allSatisfy { frame.contains($0.frame, tolerance: 1e-9) })
    #expect(near(canvas.filled[11].frame.maxX, frame.maxX))
    #expect(canvas.texts.count == 12)
    for (text, cell) in zip(canvas.texts, canvas.filled) {
      #expect(text.box == cell.frame && text.backdrop == cell.color)
      #expect(cell.frame.contains(text.inkBounds))
      #expect(text.color.contrast(with: cell.color) >= 4.5)
    }
  }

  @Test("either all charts have labels or none, in the largest style that fits")
  func labelStyle() {
    let canvas = canvas(.slide)
    let (short, long) = (chart(2, 2, label: "1"), chart(2, 2, label: "−0.123456"))
    func size(_ charts: [MatrixChart], _ width: Double) -> Double? {
      MatrixChart.labelStyle(for: charts, cellWidth: width, on: canvas)?.size
    }
    #expect(size([short], 60) == 18)
    #expect(size([short], 24) == 14)
    #expect(size([short], 20) == nil)
    #expect(size([short, long], 60) == nil)
    #expect(size([short, long], 90) == 14)
    #expect(size([short, long], 120) == 18)
  }

  @Test("many cells are one image without labels", arguments: [(32, 32, false), (25, 41, true)])
  func image(rows: Int, columns: Int, isImage: Bool) {
    var canvas = canvas()
    let chart = chart(rows, columns)
    let frame = chart.draw(
      at: Point(0, 0), cellWidth: 8, labels: TextStyle(size: 4), on: &canvas)
    guard isImage else {
      #expect(canvas.filled.count == 1024)
      return
    }
    #expect(
      canvas.marks == [
        .cells(CellGrid(frame: frame, columns: columns, colors: chart.cells.map(\.fill)))
      ])
    #expect(near(frame.width, 8 * Double(columns)))
  }

  @Test("values are coloured and written on one scale, also where they are too many to label")
  func values() {
    let context = canvas().context
    let small = MatrixChart(
      Matrix(rows: 1, columns: 3, values: [-0.5, 0, 0.25]), limit: 0.5, decimals: 2,
      context: context)
    let scale = Theme.light.signedScale
    #expect(small.cells.map(\.label) == ["−0.50", "0.00", "0.25"])
    #expect(
      small.cells.map(\.fill) == [-0.5, 0, 0.25].map { scale.color(ofSigned: $0, limit: 0.5) })
    let values = (0..<1089).map { Float($0) / 544 - 1 }
    let large = MatrixChart(
      Matrix(rows: 33, columns: 33, values: values), limit: 1, decimals: 2, context: context)
    for (cell, value) in zip(large.cells, values) {
      let exact = scale.color(ofSigned: Double(value), limit: 1)
      let worst = max(
        abs(cell.fill.red - exact.red), abs(cell.fill.green - exact.green),
        abs(cell.fill.blue - exact.blue))
      #expect(worst < 0.01)
      #expect(cell.label.isEmpty)
    }
  }
}
