import Drawing
import TestSupport
import Testing

@Suite("Geometry") struct GeometryTests {
  let frame = Rectangle(x: 10, y: 20, width: 100, height: 60)

  @Test("a cut gives two parts with the gap between them")
  func cuts() {
    let (top, below) = frame.cutTop(20, gap: 4)
    #expect(top == Rectangle(x: 10, y: 20, width: 100, height: 20))
    #expect(below == Rectangle(x: 10, y: 44, width: 100, height: 36))
    let (bottom, above) = frame.cutBottom(20, gap: 4)
    #expect(bottom == Rectangle(x: 10, y: 60, width: 100, height: 20))
    #expect(above == Rectangle(x: 10, y: 20, width: 100, height: 36))
    let (left, afterLeft) = frame.cutLeft(30, gap: 5)
    #expect(left == Rectangle(x: 10, y: 20, width: 30, height: 60))
    #expect(afterLeft == Rectangle(x: 45, y: 20, width: 65, height: 60))
    let (right, beforeRight) = frame.cutRight(30, gap: 5)
    #expect(right == Rectangle(x: 80, y: 20, width: 30, height: 60))
    #expect(beforeRight == Rectangle(x: 10, y: 20, width: 65, height: 60))
  }

  @Test("columns and rows share the room by their weights")
  func shares() {
    #expect(
      frame.columns([1, 3], gap: 4) == [
        Rectangle(x: 10, y: 20, width: 24, height: 60),
        Rectangle(x: 38, y: 20, width: 72, height: 60),
      ])
    #expect(
      frame.rows([2, 1, 1], gap: 10) == [
        Rectangle(x: 10, y: 20, width: 100, height: 20),
        Rectangle(x: 10, y: 50, width: 100, height: 10),
        Rectangle(x: 10, y: 70, width: 100, height: 10),
      ])
  }

  @Test("containing and overlapping allow a tolerance")
  func relations() {
    #expect(frame.contains(frame))
    #expect(frame.contains(frame.inset(1)))
    #expect(!frame.contains(frame.inset(left: -0.1)))
    #expect(frame.contains(frame.inset(-0.1), tolerance: 0.2))
    let neighbour = Rectangle(x: 110, y: 20, width: 5, height: 60)
    #expect(!frame.overlaps(neighbour))
    #expect(frame.overlaps(neighbour.inset(left: -0.5)))
    #expect(!frame.overlaps(neighbour.inset(left: -0.5), tolerance: 1))
    #expect(frame.center == Point(60, 50))
  }

  @Test("a run of text covers the room from its ascent to its descent")
  func textBounds() {
    let metrics = FixedAdvanceMeasurer(advance: 0.5).measure("codes", style: TextStyle(size: 10))
    let mark = TextMark(
      "codes", style: TextStyle(size: 10), color: .black, origin: Point(3, 40), metrics: metrics)
    #expect(mark.bounds.x == 3 && mark.bounds.width == 25)
    #expect(abs(mark.bounds.minY - 32.4) < 1e-12 && abs(mark.bounds.maxY - 42.4) < 1e-12)
  }

  @Test("a figure lists the texts inside its groups in painting order")
  func texts() {
    func text(_ string: String) -> Mark {
      .text(
        TextMark(
          string, style: TextStyle(size: 9), color: .black, origin: Point(0, 0),
          metrics: TextMetrics(width: 1, ascent: 1, descent: 0)))
    }
    let figure = Figure(
      id: "x", language: "en", size: Size(width: 9, height: 9), background: .white,
      marks: [
        text("a"), .group(id: "g", [text("b"), .group(id: "h", [text("c")])]),
        .path(.polygon([Point(0, 0), Point(1, 1)]), fill: nil, stroke: nil), text("d"),
      ], title: "x", alternativeText: "x")
    #expect(figure.texts.map(\.string) == ["a", "b", "c", "d"])
  }

  @Test("paths through points begin with a move and close when they are polygons")
  func paths() {
    let points = [Point(0, 0), Point(1, 0), Point(1, 1)]
    #expect(
      Path.polyline(points).elements == [.move(points[0]), .line(points[1]), .line(points[2])])
    #expect(Path.polygon(points).elements.last == .close)
    #expect(Path.polyline([]).elements == [])
  }

  @Test("presets keep text and lines above the smallest sizes", arguments: Preset.all)
  func presets(preset: Preset) {
    #expect(min(preset.smallSize, preset.baseSize, preset.titleSize) >= preset.smallestText)
    #expect(preset.smallestText >= 7)
    #expect(min(preset.lineWidth, preset.axisWidth) >= 0.5)
    #expect(2 * preset.margin < min(preset.size.width, preset.size.height) / 2)
  }
}
