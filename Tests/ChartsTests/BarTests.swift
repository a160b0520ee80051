import Charts
import Drawing
import Testing

@Suite("Bars, histograms, bits, tables and keys")
struct BarTests {
  private let plot = Rectangle(x: 40, y: 30, width: 200, height: 100)

  private func bars(_ values: [[Double]], limit: Double, names: [String]? = nil) -> BarChart {
    BarChart(
      groups: values.enumerated().map { index, row in
        BarChart.Group(
          name: names?[index] ?? "\(index)",
          bars: row.map { BarChart.Bar(value: $0, fill: .black, label: "\($0)") })
      }, limit: limit)
  }

  @Test("bars stand on one line, as high as their values, side by side inside the plot")
  func layout() {
    let values = [[1, 2, 4], [0, 8, 3], [0.5, 10, 7]]
    let (frames, centers) = bars(values, limit: 10).layout(in: plot)
    for (row, group) in zip(frames, values) {
      for (frame, value) in zip(row, group) {
        #expect(near(frame.maxY, plot.maxY))
        #expect(near(frame.height, value * 10))
        #expect(plot.contains(frame, tolerance: 1e-9))
      }
    }
    let flat = frames.flatMap { $0 }
    for (left, right) in zip(flat, flat.dropFirst()) { #expect(left.maxX < right.minX) }
    #expect(Set(flat.map { ($0.width * 1e6).rounded() }).count == 1)
    for (center, row) in zip(centers, frames) {
      #expect(near(center, (row[0].minX + row[2].maxX) / 2))
    }
  }

  @Test("values outside the range end at its limits")
  func clipped() {
    let frames = bars([[-3, 20]], limit: 10).layout(in: plot).bars[0]
    #expect(frames.map(\.height) == [0, 100])
  }

  @Test("labels above bars are all drawn or none")
  func labels() {
    var wide = canvas(.web)
    bars([[1, 2]], limit: 2).draw(in: plot, on: &wide)
    #expect(wide.texts.map(\.string).filter { $0.contains(".") } == ["1.0", "2.0"])
    var narrow = canvas(.web)
    bars([[1, 2], [1, 2], [1, 1000]], limit: 1000).draw(in: plot, on: &narrow)
    #expect(narrow.texts.allSatisfy { !$0.string.contains(".") })
  }

  @Test("bars in rows are as long as their values, and each has its name and its number")
  func rows() {
    var canvas = canvas(.web)
    BarRows(
      rows: [("a", 1.0), ("longer", 4), ("none", 0), ("too far", 9)].map { name, value in
        BarRows.Row(name: name, value: value, label: "\(value)", fill: .black)
      }, limit: 4
    ).draw(in: plot, on: &canvas)
    let widths = canvas.filled.map(\.frame.width)
    #expect(near(widths[1], 4 * widths[0]))
    #expect(widths[2] == 0)
    #expect(near(widths[3], widths[1]))
    #expect(Set(canvas.filled.map { ($0.frame.minX * 1e6).rounded() }).count == 1)
    #expect(canvas.texts.map(\.string).contains("too far"))
    #expect(canvas.texts.allSatisfy { plot.inset(-1).contains($0.inkBounds) })
  }

  @Test("names that would touch take two rows, and notes that would touch are left out")
  func names() {
    let names = ["a long name", "another one", "and a third", "the last"]
    var chart = bars([[1], [2], [3], [4]], limit: 4, names: names)
    for index in chart.groups.indices { chart.groups[index].note = "a long note" }
    var canvas = canvas(.web)
    #expect(chart.nameRows(width: plot.width, on: canvas) == 2)
    #expect(chart.nameRows(width: 900, on: canvas) == 1)
    chart.draw(in: plot, on: &canvas)
    let texts = canvas.texts.filter { names.contains($0.string) }
    #expect(texts.count == 4)
    #expect(!canvas.texts.contains { $0.string == "a long note" })
    for (index, text) in texts.enumerated() {
      for other in texts[(index + 1)...] {
        #expect(!text.inkBounds.overlaps(other.inkBounds))
      }
    }
    var wide = Charts.Canvas(canvas.context)
    chart.draw(in: Rectangle(x: 10, y: 0, width: 500, height: 50), on: &wide)
    #expect(wide.texts.count { $0.string == "a long note" } == 4)
  }

  @Test("the area of a bin is its count, also where bins differ in width")
  func histogram() {
    let chart = HistogramChart(edges: [0, 1, 3, 4], counts: [10, 40, 5], fill: .black)
    #expect(chart.densities == [10, 20, 5])
    var canvas = canvas()
    chart.draw(in: plot, scale: Scale(domain: 0...4, from: 40, to: 240), on: &canvas)
    let points = canvas.paths[0].points
    let areas = (0..<3).map { bin -> Double in
      let (left, right) = (points[2 * bin + 1], points[2 * bin + 2])
      return (right.x - left.x) * (plot.maxY - left.y)
    }
    #expect(near(areas[1] / areas[0], 4) && near(areas[2] / areas[0], 0.5))
    #expect(points.map(\.y).min() == plot.minY)
    #expect(
      points.allSatisfy { (plot.minX...plot.maxX) ~= $0.x && (plot.minY...plot.maxY) ~= $0.y })
  }

  @Test("a histogram of nothing draws nothing")
  func emptyHistogram() {
    var canvas = canvas()
    HistogramChart(edges: [0, 1, 2], counts: [0, 0], fill: .black).draw(
      in: plot, scale: Scale(domain: 0...2, from: 0, to: 1), on: &canvas)
    #expect(canvas.marks.isEmpty)
  }

  @Test("a strip shows the bits of a 16-bit number from the sign on")
  func bits() {
    // −1.5 is a sign, the exponent 01111, and the fraction 1000000000.
    let pattern = Float16(-1.5).bitPattern
    var canvas = canvas()
    let strip = BitStrip(pattern, count: 16, color: Color(0x0069A8))
    #expect(strip.bits.map { $0 ? "1" : "0" }.joined() == "1011111000000000")
    strip.draw(
      at: Point(10, 10), square: 20, height: 20, groupOf: 4, groupGap: 6, on: &canvas)
    #expect(canvas.texts.map(\.string).joined() == "1011111000000000")
    for (bit, fill) in zip(strip.bits, canvas.filled) {
      #expect((fill.color == Color(0x0069A8)) == bit)
    }
    let starts = canvas.filled.map(\.frame.minX)
    #expect(near(starts[1] - starts[0], 20) && near(starts[4] - starts[3], 26))
    #expect(canvas.texts.allSatisfy { $0.color.contrast(with: $0.backdrop ?? .white) >= 4.5 })
  }

  @Test("bits too small for digits are drawn without")
  func smallBits() {
    var canvas = canvas()
    BitStrip(0b101, count: 3, color: .black).draw(
      at: Point(0, 0), square: 6, height: 6, groupOf: 0, groupGap: 0, on: &canvas)
    #expect(canvas.texts.isEmpty)
    #expect(canvas.filled.count == 3)
  }

  @Test("columns of a table stay apart and inside it, with numbers at their right edge")
  func table() {
    var canvas = canvas(.web)
    let style = canvas.style(.base)
    var table = TableChart(
      head: ["format", "bits", "times smaller"],
      rows: [
        ["float32", "32", "0.50"], ["NF4", "4.5", "3.56"], ["a long name here", "16", "1.00"],
      ],
      alignments: [.left, .right, .right])
    table.boldRows = [2]
    table.rowColors = [1: Color(0x0069A8)]
    let width = table.minimumWidth(style, on: canvas)
    let frame = Rectangle(x: 20, y: 20, width: width, height: table.height(style))
    table.draw(in: frame, style, on: &canvas)
    let texts = canvas.texts
    #expect(texts.count == 12)
    for (index, text) in texts.enumerated() {
      #expect(frame.contains(text.inkBounds, tolerance: 1e-9))
      for other in texts[(index + 1)...] { #expect(!text.inkBounds.overlaps(other.inkBounds)) }
    }
    for column in 0..<3 {
      let bounds = (0..<4).map { texts[3 * $0 + column].inkBounds }
      let edges = bounds.map { column == 0 ? $0.minX : $0.maxX }
      #expect(edges.allSatisfy { near($0, edges[0]) })
    }
    #expect(near(texts[2].inkBounds.maxX, frame.maxX))
    #expect(
      texts.map(\.style.bold) == [true, true, true] + Array(repeating: false, count: 6) + [
        true, true, true,
      ])
    #expect(texts[6].color == Color(0x0069A8))
    #expect(canvas.paths.flatMap(\.points).allSatisfy { $0.y <= frame.maxY + 1e-9 })
  }

  @Test("the key of colours says both ends and the middle, or both ends in one where it is narrow")
  func colorBar() {
    let bar = ColorBar(limit: 0.25, decimals: 2)
    var canvas = canvas(.web)
    let width = bar.minimumWidth(on: canvas)
    bar.draw(in: Rectangle(x: 20, y: 10, width: width, height: 0), on: &canvas)
    #expect(canvas.texts.map(\.string) == ["−0.25", "0", "+0.25"])
    let bounds = canvas.texts.map(\.inkBounds)
    #expect(bounds[0].maxX < bounds[1].minX && bounds[1].maxX < bounds[2].minX)
    #expect(near(bounds[0].minX, 20) && near(bounds[2].maxX, 20 + width))
    #expect(bounds.allSatisfy { $0.maxY <= 10 + bar.height(on: canvas) + 3 })
    guard case .gradient(let gradient) = canvas.marks[0] else {
      Issue.record("a key is not one gradient")
      return
    }
    #expect(gradient.colors == Theme.light.signedScale.anchors)
    var narrow = Charts.Canvas(canvas.context)
    bar.draw(in: Rectangle(x: 20, y: 10, width: width - 1, height: 0), on: &narrow)
    #expect(narrow.texts.map(\.string) == ["±0.25"])
  }
}
