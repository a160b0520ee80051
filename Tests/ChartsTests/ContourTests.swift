import Charts
import Drawing
import Testing

@Suite("Contour lines and markers") struct ContourTests {
  @Test("a slope is crossed by one straight line from border to border, where its numbers say")
  func slope() {
    let values = (0..<20).map { Double($0 % 5) }
    let lines = ContourLines(values: values, columns: 5, level: 1.25).lines
    #expect(lines.count == 1)
    #expect(lines[0].count == 4)
    #expect(lines[0].allSatisfy { near($0.x, 1.25) })
    #expect(lines[0].map(\.y).sorted() == [0, 1, 2, 3])
  }

  @Test("a hill is crossed by one closed line, all of whose points are at its level")
  func hill() {
    let side = 41
    let values = (0..<side * side).map { place in
      let (x, y) = (Double(place % side - 20), Double(place / side - 20))
      return 200 - x * x - y * y
    }
    let lines = ContourLines(values: values, columns: side, level: 100).lines
    #expect(lines.count == 1)
    #expect(lines[0].first == lines[0].last)
    for point in lines[0] {
      let (x, y) = (point.x - 20, point.y - 20)
      #expect(abs((x * x + y * y).squareRoot() - 10) < 0.05)
    }
  }

  @Test("two hills that touch at a corner are joined or parted by the mean of the four")
  func saddle() {
    let parted = ContourLines(values: [1, 0, 0, 1], columns: 2, level: 0.6).lines
    let joined = ContourLines(values: [1, 0, 0, 1], columns: 2, level: 0.4).lines
    #expect(parted.count == 2 && joined.count == 2)
    // Parted, a line goes round each high corner; joined, round each low one.
    #expect(parted.contains { $0.allSatisfy { $0.x <= 0.5 && $0.y <= 0.5 } })
    #expect(joined.contains { $0.allSatisfy { $0.x >= 0.5 && $0.y <= 0.5 } })
  }

  @Test(
    "grids without a cell, and those that are nowhere crossed, have no lines",
    arguments: [([], 1), ([1, 2, 3], 3), ([1, 2, 3], 1), ([1, 1, 1, 1], 2), ([9, 8, 7, 9], 2)]
      as [([Double], Int)])
  func nothing(values: [Double], columns: Int) {
    #expect(ContourLines(values: values, columns: columns, level: 5).lines.isEmpty)
  }

  @Test("every marker stays near its place, and no two classes in a row have one shape")
  func markers() {
    var shapes: [MarkerShape] = []
    for index in 0..<6 {
      var canvas = canvas()
      shapes.append(.ofClass(index))
      canvas.marker(.ofClass(index), at: Point(50, 50), radius: 4, fill: .black)
      #expect(canvas.marks.count == 1)
      for point in canvas.paths.flatMap(\.points) {
        #expect(abs(point.x - 50) <= 5.01 && abs(point.y - 50) <= 5.01)
      }
    }
    #expect(zip(shapes, shapes.dropFirst()).allSatisfy { $0 != $1 })
  }
}
