import Charts
import Drawing
import Testing

@Suite("Canvas")
struct CanvasTests {
  private let style = TextStyle(size: 10)

  @Test("text starts, centres or ends at a point")
  func anchors() {
    var canvas = canvas()
    // Four characters of 5.8 points.
    canvas.text("text", at: Point(100, 50), style)
    canvas.text("text", at: Point(100, 50), style, anchor: .middle)
    canvas.text("text", at: Point(100, 50), style, anchor: .end)
    for (text, x) in zip(canvas.texts, [100, 100 - 11.6, 100 - 23.2]) {
      #expect(near(text.origin.x, x))
      #expect(text.origin.y == 50)
    }
  }

  @Test("text hangs below a point, stands above it, or has its capitals centred on it")
  func verticals() {
    var canvas = canvas()
    let top = canvas.text("Ty", at: Point(0, 50), style, vertical: .top)
    let bottom = canvas.text("Ty", at: Point(0, 50), style, vertical: .bottom)
    canvas.text("Ty", at: Point(0, 50), style, vertical: .middle)
    #expect(near(top.minY, 50))
    #expect(near(bottom.maxY, 50))
    let baseline = canvas.texts[2].origin.y
    #expect(near((baseline + baseline - Canvas.capHeight * 10) / 2, 50))
  }

  @Test("a run keeps its box and its backdrop, has ink of its own, and is not added when empty")
  func attributes() {
    var canvas = canvas()
    let box = Rectangle(x: 0, y: 0, width: 50, height: 20)
    canvas.text("a", at: Point(5, 10), style, color: .white, box: box, backdrop: .black)
    canvas.text("b", at: Point(5, 10), style)
    let empty = canvas.text("", at: Point(5, 10), style)
    #expect(canvas.texts.count == 2)
    #expect(empty.width == 0)
    #expect(canvas.texts[0].box == box)
    #expect(canvas.texts[0].backdrop == .black)
    #expect(canvas.texts[0].color == .white)
    #expect(canvas.texts[1].backdrop == nil)
    #expect(canvas.texts[1].color == Theme.light.ink)
  }

  @Test("runs of several colours follow each other without gaps")
  func runs() {
    var canvas = canvas()
    let bounds = canvas.runs(
      [("ab", .black), ("c", .white), ("def", .black)], at: Point(100, 50), style, anchor: .middle)
    let texts = canvas.texts
    #expect(near(texts[0].origin.x, 100 - 3 * 5.8))
    #expect(near(texts[1].origin.x, texts[0].inkBounds.maxX))
    #expect(near(texts[2].origin.x, texts[1].inkBounds.maxX))
    #expect(near(bounds.minX, texts[0].origin.x) && near(bounds.width, 6 * 5.8))
    #expect(texts.map(\.color) == [.black, .white, .black])
  }

  @Test("text is broken at spaces into lines that are no wider than a width")
  func wrapped() {
    let canvas = canvas()
    let words = "one two three four unbreakableword five"
    let lines = canvas.wrapped(words, style, width: 60)
    #expect(lines == ["one two", "three four", "unbreakableword", "five"])
    #expect(lines.joined(separator: " ") == words)
    #expect(canvas.wrapped("", style, width: 60).isEmpty)
  }

  @Test("a paragraph takes the height of its lines and stays in its frame")
  func paragraph() {
    var canvas = canvas()
    let frame = Rectangle(x: 10, y: 20, width: 60, height: 100)
    let height = canvas.paragraph("one two three four", in: frame, style, anchor: .end)
    #expect(near(height, 2 * 12.5))
    for text in canvas.texts {
      #expect(frame.contains(text.inkBounds, tolerance: 1e-9))
      #expect(near(text.inkBounds.maxX, 70))
      #expect(text.box == frame)
    }
    #expect(near(canvas.texts[1].origin.y - canvas.texts[0].origin.y, 12.5))
  }

  @Test("something centred near an edge is moved onto the page")
  func kept() {
    let canvas = canvas(.slide)
    #expect(canvas.kept(480, width: 100) == 480)
    #expect(canvas.kept(10, width: 100) == 59)
    #expect(canvas.kept(955, width: 100) == 960 - 59)
  }

  @Test("lines of roles that share a grey differ in their dashes, in widths of the line")
  func dashes() {
    let canvas = canvas(.web, theme: .print)
    #expect(canvas.dataStroke(.quantized).dashes.isEmpty)
    #expect(canvas.dataStroke(.fp4).dashes == [6, 3])
    #expect(canvas.dataStroke(.fp4, width: 2).dashes == [12, 6])
    #expect(canvas.dataStroke(.fp4, width: 2).width == 3)
    #expect(canvas.dataStroke(.int4).color == Theme.print.color(.int4))
    let compared: [Role] = [.quantized, .fp4, .int4, .error]
    #expect(Set(compared.map { canvas.dataStroke($0).dashes }).count == compared.count)
  }

  @Test("an outline stays inside its rectangle, and an arrow ends at its tip")
  func shapes() {
    var canvas = canvas()
    let frame = Rectangle(x: 10, y: 10, width: 40, height: 20)
    canvas.outline(frame, Stroke(.black, width: 4))
    guard case .rectangle(let drawn, _, nil, _) = canvas.marks[0] else {
      Issue.record("an outline is not a rectangle without a fill")
      return
    }
    #expect(drawn == frame.inset(2))
    canvas.arrow(from: Point(0, 0), to: Point(30, 40), Stroke(.black, width: 2))
    let points = canvas.paths.flatMap(\.points)
    #expect(points.contains(Point(30, 40)))
    #expect(points.allSatisfy { 3 * $0.x + 4 * $0.y <= 250 + 1e-9 })
    let count = canvas.marks.count
    canvas.arrow(from: Point(5, 5), to: Point(5, 5), Stroke(.black, width: 2))
    #expect(canvas.marks.count == count)
  }

  @Test("a group holds its own marks under its name")
  func group() {
    var canvas = canvas()
    canvas.group("inner") { $0.dot(Point(1, 1), radius: 2, fill: .black) }
    #expect(
      canvas.marks == [
        .group(
          id: "inner", [.circle(center: Point(1, 1), radius: 2, fill: .black, stroke: nil)])
      ])
  }
}
