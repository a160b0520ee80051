import Drawing
import LinearAlgebra
import Testing

@testable import Charts

@Suite("Labels that must not touch")
struct LabelTests {
  @Test("labels in rows never touch, whatever their places and lengths")
  func rows() {
    var generator = RandomGenerator(seed: 5)
    for _ in 0..<300 {
      let count = Int(generator.nextUniform() * 30)
      let labels = (0..<count).map { _ in
        (
          x: generator.next(in: 0...400),
          label: String(repeating: "x", count: 1 + Int(generator.nextUniform() * 8))
        )
      }.sorted { $0.x < $1.x }
      let rows = 1 + Int(generator.nextUniform() * 3)
      let placed = LabelRows.place(labels, rows: rows, gap: 3) { 6 * Double($0.count) }
      #expect(placed.allSatisfy { (0..<rows).contains($0.row) })
      for row in 0..<rows {
        let members = placed.filter { $0.row == row }
        for (left, right) in zip(members, members.dropFirst()) {
          let distance = 3 * Double(left.label.count + right.label.count) + 3
          #expect(right.x - left.x >= distance - 1e-9)
        }
      }
    }
  }

  @Test("a label takes the row nearest to the line that has room, and is left out where none has")
  func order() {
    let labels = [(x: 0.0, label: "a"), (4, "b"), (6, "c"), (20, "d")]
    let placed = LabelRows.place(labels, rows: 2, gap: 1) { _ in 8 }
    #expect(placed.map(\.label) == ["a", "b", "d"])
    #expect(placed.map(\.row) == [0, 1, 0])
    #expect(LabelRows.place(labels, rows: 0, gap: 1) { _ in 8 }.isEmpty)
  }

  @Test("positions are moved apart no more than needed, and their mean stays")
  func apart() {
    var generator = RandomGenerator(seed: 6)
    for _ in 0..<300 {
      let count = 1 + Int(generator.nextUniform() * 9)
      let positions = (0..<count).map { _ in generator.next(in: 0...100) }.sorted()
      let moved = LineChart.apart(positions, by: 12)
      #expect(moved.count == count)
      for (upper, lower) in zip(moved, moved.dropFirst()) { #expect(lower - upper >= 12 - 1e-9) }
      #expect(abs(Statistics.mean(moved) - Statistics.mean(positions)) < 1e-9)
      // The farthest that anything can need to go.
      for (old, new) in zip(positions, moved) {
        #expect(abs(old - new) <= 6 * Double(count - 1) + 1e-9)
      }
    }
  }

  @Test(
    "positions that are apart stay, and a pair moves by half of what is missing",
    arguments: [
      ([0, 20, 40], [0, 20, 40]), ([0, 6], [-2, 8]), ([5, 5, 5], [-5, 5, 15]), ([], []),
      ([0, 6, 100], [-2, 8, 100]),
    ] as [([Double], [Double])])
  func pairs(positions: [Double], expected: [Double]) {
    #expect(LineChart.apart(positions, by: 10) == expected)
  }

  @Test(
    "a number becomes a short label",
    arguments: [
      (0.25, 2, "0.25"), (0, 2, "0.00"), (-3, 0, "−3"), (0.1, 1, "0.1"), (0.001, 3, "0.001"),
      (0.000002, 2, "2.00 × 10⁻⁶"), (0.00004, 6, "4.00 × 10⁻⁵"), (3e8, 1, "3.00 × 10⁸"),
      (-3e8, 1, "−3.00 × 10⁸"), (250_000, 0, "250\u{202F}000"),
    ] as [(Double, Int, String)])
  func label(value: Double, decimals: Int, expected: String) {
    #expect(Words(.english).label(value, decimals) == expected)
  }

  @Test("labels of a horizontal axis stay on the page and apart", arguments: Preset.all)
  func axis(preset: Preset) {
    var canvas = canvas(preset)
    let width = preset.size.width
    let scale = Scale(domain: 0...1, from: 0, to: width)
    let ticks = (0...20).map { (value: Double($0) / 20, label: "\(1000 + $0)") }
    Axis(scale: scale, ticks: ticks, title: "what is measured").drawBelow(
      Rectangle(x: 0, y: 0, width: width, height: 40), on: &canvas)
    let bounds = canvas.texts.map(\.inkBounds)
    #expect(bounds.count > 3)
    #expect(bounds.allSatisfy { $0.minX >= 0 && $0.maxX <= width })
    for (left, right) in zip(bounds.dropLast(), bounds.dropFirst().dropLast()) {
      #expect(left.maxX < right.minX)
    }
    #expect(canvas.texts.first?.string == "1000")
    #expect(
      bounds.allSatisfy {
        $0.maxY <= 40 + Axis(scale: scale, ticks: ticks, title: "t").height(on: canvas) + 0.3
          * preset.smallSize
      })
  }

  @Test("as many round ticks are labelled as there is room for")
  func roundTicks() {
    let words = Words(.english)
    let few = Axis.roundTicks(0...1, length: 100, spacing: 50, words: words)
    let many = Axis.roundTicks(0...1, length: 500, spacing: 50, words: words)
    #expect(few.map(\.label) == ["0.0", "0.5", "1.0"])
    #expect(many.count > few.count)
    #expect(many.map(\.label).contains("0.3"))
  }
}
