import Charts
import Drawing
import Testing

@Suite("Points and bands")
struct ScatterTests {
  @Test("the front has the points that nothing beats, from left to right")
  func front() {
    let points = [
      Point(0.2, 0.9), Point(0.5, 0.5), Point(0.5, 0.6), Point(0.4, 0.4), Point(0.9, 0.1),
      Point(0.9, 0.1), Point(0.1, 0.9),
    ]
    #expect(
      ScatterChart.front(of: points) == [Point(0.2, 0.9), Point(0.5, 0.6), Point(0.9, 0.1)])
    #expect(ScatterChart.front(of: []).isEmpty)
  }

  @Test("the line of the front leaves no point above and right of it")
  func frontLine() throws {
    var canvas = canvas()
    let scale = Scale(domain: 0...1, from: 0, to: 100)
    let chart = ScatterChart(
      series: [], xScale: scale, yScale: Scale(domain: 0...1, from: 100, to: 0))
    chart.drawFront(
      [Point(0.2, 0.9), Point(0.5, 0.6)], Stroke(.black, width: 1), on: &canvas)
    #expect(
      canvas.paths[0].points == [
        Point(0, 10), Point(20, 10), Point(20, 40), Point(50, 40), Point(50, 100),
      ])
  }

  @Test("every shape has a mark of its own, of about the same size", arguments: [false, true])
  func shapes(_ isHollow: Bool) {
    var canvas = canvas()
    let chart = ScatterChart(
      series: ScatterChart.Shape.allCases.map {
        .init(name: "\($0)", role: .update, shape: $0, points: [Point(5, 5)], isHollow: isHollow)
      }, xScale: Scale(domain: 0...10, from: 0, to: 100),
      yScale: Scale(domain: 0...10, from: 100, to: 0))
    chart.draw(on: &canvas)
    #expect(canvas.marks.count == 5)
    #expect(Set(canvas.paths.map(\.points)).count == 4)
    let size = ScatterChart.markSize(on: canvas)
    for point in canvas.paths.flatMap(\.points) {
      #expect(abs(point.x - 50) <= size * 0.7)
      #expect(abs(point.y - 50) <= size * 0.7)
    }
    chart.drawKey(at: Point(200, 20), on: &canvas)
    #expect(canvas.texts.map(\.string) == ScatterChart.Shape.allCases.map { "\($0)" })
    #expect(
      canvas.texts.allSatisfy {
        $0.inkBounds.maxX <= 200 + chart.keyWidth(on: canvas) + 1e-9
          && $0.inkBounds.maxY <= 20 + chart.keyHeight(on: canvas)
      })
  }

  @Test("a band reaches from the least to the greatest run, and the thick line is the median")
  func band() {
    var canvas = canvas()
    let chart = BandChart(
      series: [
        .init(
          name: "a", role: .update, x: [0, 1],
          runs: [[0, 10], [2, 0], [1, 3], [100, 100, 100]])
      ], xScale: Scale(domain: 0...1, from: 0, to: 100),
      yScale: Scale(domain: 0...10, from: 100, to: 0))
    chart.draw(on: &canvas)
    // The band, three runs, the median; a run of another length is left out.
    #expect(canvas.paths.count == 5)
    #expect(
      canvas.paths[0].points == [Point(0, 80), Point(100, 0), Point(100, 100), Point(0, 100)])
    #expect(canvas.paths[4].points == [Point(0, 90), Point(100, 70)])
    #expect(canvas.texts.map(\.string) == ["a"])
  }

  @Test("names at one height are pushed apart, and stay within the axis")
  func names() {
    var canvas = canvas()
    let chart = BandChart(
      series: ["a", "b", "c"].map {
        .init(name: $0, role: .update, x: [0, 1], runs: [[1, 0]])
      }, xScale: Scale(domain: 0...1, from: 0, to: 100),
      yScale: Scale(domain: 0...10, from: 200, to: 100))
    chart.draw(on: &canvas)
    let texts = canvas.texts
    #expect(!texts[0].inkBounds.overlaps(texts[1].inkBounds))
    #expect(!texts[1].inkBounds.overlaps(texts[2].inkBounds))
    #expect(texts.allSatisfy { $0.inkBounds.maxY <= 200 + $0.style.size })
  }
}
