import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("Marks") struct MarkTests {
  let renderer: FigureRenderer

  init() throws { renderer = try FigureRenderer() }

  private func image(
    _ marks: [Mark], width: Double = 40, height: Double = 20, resolution: Double = 100
  ) throws -> DecodedImage {
    let figure = Figure(
      id: "marks", language: "en", size: Size(width: width, height: height), background: .white,
      marks: marks, title: "marks", alternativeText: "marks")
    return try DecodedImage(
      png: renderer.png(
        figure, resolution: resolution, metadata: FigureMetadata(software: "lora-lessons")))
  }

  @Test("neighbouring rectangles at broken positions show no seam")
  func seams() throws {
    let green = Color(0x4DB380)
    let image = try image(
      (0..<10).map { index in
        .rectangle(
          Rectangle(x: Double(index) * 3.37, y: 0, width: 3.37, height: 20), cornerRadius: 0,
          fill: green, stroke: nil)
      })
    let filled = Int((33.7 * 100 / 72).rounded())
    for column in 0..<filled { #expect(image[column, 10].red == 0x4D) }
    #expect(image[filled, 10].red == 255)
  }

  @Test("a thin rectangle never vanishes")
  func thin() throws {
    let image = try image([
      .rectangle(
        Rectangle(x: 10.1, y: 0, width: 0.01, height: 20), cornerRadius: 0, fill: .black,
        stroke: nil)
    ])
    #expect(image.pixels.contains { $0.red == 0 })
  }

  @Test("cells are painted in rows, each in its own colour up to its edge")
  func cells() throws {
    let colors = [0xFF0000, 0x00FF00, 0x0000FF, 0x000000].map { Color(UInt32($0)) }
    let grid = CellGrid(
      frame: Rectangle(x: 0, y: 0, width: 40, height: 20), columns: 2, colors: colors)
    let image = try image([.cells(grid)], resolution: 72)
    for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let color = colors[row * 2 + column]
      for (x, y) in [(0, 0), (19, 0), (0, 9), (19, 9)] {
        let pixel = image[column * 20 + x, row * 10 + y]
        #expect(pixel.red == UInt8(color.red * 255))
        #expect(pixel.green == UInt8(color.green * 255))
        #expect(pixel.blue == UInt8(color.blue * 255))
      }
    }
  }

  @Test("a grid that does not fill its rows is refused", arguments: [0, 3])
  func unevenCells(columns: Int) throws {
    let grid = CellGrid(
      frame: Rectangle(x: 0, y: 0, width: 40, height: 20), columns: columns,
      colors: [.black, .white, .black, .white])
    #expect(
      throws: RenderingError.unevenCells(figure: "marks", columns: columns, colors: 4)
    ) { try image([.cells(grid)]) }
  }

  @Test("a gradient runs from the left, or from the bottom")
  func gradients() throws {
    let bar = GradientBar(
      frame: Rectangle(x: 0, y: 0, width: 40, height: 20), colors: [.black, .white],
      vertical: false)
    let across = try image([.gradient(bar)], resolution: 72)
    #expect(across[0, 5].red < 10 && across[39, 5].red > 245)
    #expect((118...138).contains(across[20, 5].red))
    var upright = bar
    upright.vertical = true
    let upwards = try image([.gradient(upright)], resolution: 72)
    #expect(upwards[5, 19].red < 10 && upwards[5, 0].red > 245)
    var single = bar
    single.colors = [.black]
    #expect(try image([.gradient(single)], resolution: 72)[20, 5].red == 0)
  }

  @Test("later marks cover earlier ones, in groups too")
  func order() throws {
    let frame = Rectangle(x: 0, y: 0, width: 40, height: 20)
    let image = try image([
      .rectangle(frame, cornerRadius: 0, fill: .black, stroke: nil),
      .group(id: "g", [.rectangle(frame, cornerRadius: 0, fill: Color(0xFF0000), stroke: nil)]),
    ])
    #expect(image[5, 5].red == 255 && image[5, 5].green == 0)
  }

  @Test("dashes leave gaps, and a mark without paint leaves nothing")
  func strokes() throws {
    let line = Path.polyline([Point(0, 10), Point(40, 10)])
    let dashed = try image(
      [.path(line, fill: nil, stroke: Stroke(.black, width: 2, dashes: [5, 5]))], resolution: 72)
    #expect(dashed[2, 10].red == 0 && dashed[7, 10].red == 255 && dashed[12, 10].red == 0)
    let nothing = try image([
      .path(line, fill: nil, stroke: nil),
      .circle(center: Point(9, 9), radius: 5, fill: nil, stroke: nil),
    ])
    #expect(nothing.pixels.allSatisfy { $0.red == 255 })
  }
}
