import Charts
import Drawing
import Testing

@Suite("Lines and number lines")
struct LineTests {
  @Test("a line goes through its points, with a dot at each and its name at the end")
  func lines() {
    var canvas = canvas()
    let x = Scale(domain: 0...2, from: 100, to: 300)
    let y = Scale(domain: 0...10, from: 200, to: 100)
    let chart = LineChart(
      series: [
        .init(name: "NF4", role: .quantized, points: [Point(0, 0), Point(1, 5), Point(2, 5)]),
        .init(name: "FP4", role: .fp4, points: [Point(0, 10), Point(2, 5)]),
      ], xScale: x, yScale: y)
    chart.draw(on: &canvas)
    #expect(canvas.paths[0].points == [Point(100, 200), Point(200, 150), Point(300, 150)])
    let dots = canvas.marks.count { if case .circle = $0 { true } else { false } }
    #expect(dots == 5)
    let names = canvas.texts
    #expect(Set(names.map(\.string)) == ["NF4", "FP4"])
    // Both lines end at one point, and the names are apart all the same.
    #expect(!names[0].inkBounds.overlaps(names[1].inkBounds))
    let room = LineChart.labelWidth(["NF4", "FP4"], on: canvas)
    #expect(names.allSatisfy { $0.inkBounds.maxX <= 300 + room + 1e-9 })
    #expect(names.first { $0.string == "FP4" }?.color == Theme.light.color(.fp4))
  }

  @Test(
    "a number line marks levels and thresholds, with labels within the heights that it asks for")
  func numberLine() {
    var canvas = canvas()
    let scale = Scale(domain: -1...1, from: 50, to: 450)
    var line = NumberLine(
      scale: scale, levels: [-1, 0, 0.05, 1], thresholds: [-0.5, 0.025, 0.5], color: .black)
    line.upperLabels = ["0", "1", "2", "3"]
    line.lowerLabels = ["−1", "0.000", "0.050", "1"]
    line.emphasized = [2]
    line.emphasisColor = Color(0xC04400)
    line.draw(y: 100, on: &canvas)
    // The line itself, three thresholds, four levels, and a leader to the second row.
    #expect(canvas.paths.count == 9)
    #expect(canvas.texts.count == 8)
    let lower = canvas.texts.suffix(4)
    #expect(Set(lower.map(\.origin.y)).count == 2)
    for text in canvas.texts {
      #expect(text.inkBounds.minY >= 100 - line.upperHeight(on: canvas) - 3)
      #expect(text.inkBounds.maxY <= 100 + line.lowerHeight(on: canvas) + 3)
    }
    let colors = canvas.marks.compactMap { mark -> Color? in
      if case .path(_, _, let stroke?) = mark { stroke.color } else { nil }
    }
    #expect(colors.count { $0 == Color(0xC04400) } == 1)
  }
}
