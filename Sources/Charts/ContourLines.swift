public import Drawing

/// Where a grid of numbers crosses a level, as lines through its cells: marching squares.
///
/// Between two neighbours the numbers are taken to run straight. Where a cell has two opposite corners
/// above the level, the mean of its corners says whether they are joined.
public struct ContourLines {
  /// The numbers row by row, all finite; the first row is at the top.
  private let values: [Double]
  private let columns: Int
  private let rows: Int
  private let level: Double

  /// - Parameters:
  ///   - values: The numbers row by row; their count is a multiple of `columns`.
  ///   - columns: The numbers of a row.
  ///   - level: The number that is crossed.
  public init(values: [Double], columns: Int, level: Double) {
    precondition(
      columns > 0 && values.count.isMultiple(of: columns),
      "\(values.count) numbers are no grid of \(columns) columns.")
    self.values = values
    self.columns = columns
    self.level = level
    rows = values.count / columns
  }

  /// The lines from border to border or closed, in columns and rows of the grid counted from 0.
  public var lines: [[Point]] {
    let neighbours = neighbours
    var left = Set(neighbours.keys)
    var lines: [[Point]] = []
    // Lines that end at the border begin there; what is left is closed.
    let ends = neighbours.keys.filter { neighbours[$0]?.count == 1 }.sorted()
    for start in ends + neighbours.keys.sorted() where left.contains(start) {
      var line: [Int] = []
      var next: Int? = start
      while let edge = next {
        line.append(edge)
        left.remove(edge)
        next = neighbours[edge]?.first(where: left.contains)
      }
      let isClosed = line.count > 2 && neighbours[start]?.contains(line[line.count - 1]) == true
      if isClosed { line.append(start) }
      lines.append(line.map(crossing))
    }
    return lines
  }

  private func isAbove(_ index: Int) -> Bool { values[index] >= level }

  /// For each side of a cell that is crossed, those to which the line goes on.
  ///
  /// A side has the number of its first corner: doubled where it goes to the right, and one more where it
  /// goes down.
  private var neighbours: [Int: [Int]] {
    var neighbours: [Int: [Int]] = [:]
    func join(_ one: Int, _ other: Int) {
      neighbours[one, default: []].append(other)
      neighbours[other, default: []].append(one)
    }
    guard rows > 1, columns > 1 else { return [:] }
    for row in 0..<rows - 1 {
      for column in 0..<columns - 1 {
        let corner = row * columns + column
        let corners = [corner, corner + 1, corner + columns + 1, corner + columns]
        // The sides in turn: top, right, bottom, left.
        let sides = [2 * corner, 2 * (corner + 1) + 1, 2 * (corner + columns), 2 * corner + 1]
        let crossed = (0..<4).filter { isAbove(corners[$0]) != isAbove(corners[($0 + 1) % 4]) }
        if crossed.count == 2 {
          join(sides[crossed[0]], sides[crossed[1]])
        } else if crossed.count == 4 {
          let mean = corners.reduce(0) { $0 + values[$1] } / 4
          if (mean >= level) == isAbove(corner) {
            join(sides[0], sides[1])
            join(sides[2], sides[3])
          } else {
            join(sides[3], sides[0])
            join(sides[1], sides[2])
          }
        }
      }
    }
    return neighbours
  }

  /// Where a side is crossed.
  private func crossing(_ side: Int) -> Point {
    let (first, isDown) = (side / 2, !side.isMultiple(of: 2))
    let second = first + (isDown ? columns : 1)
    let share = (level - values[first]) / (values[second] - values[first])
    let (x, y) = (Double(first % columns), Double(first / columns))
    return isDown ? Point(x, y + share) : Point(x + share, y)
  }
}
