/// Puts labels along a line into as few rows as they need, so that none touches another.
public enum LabelRows {
  /// A label and where it went: row 0 is nearest to the line.
  public struct Placed {
    public var x: Double
    public var label: String
    public var row: Int
  }

  /// Places labels centred at positions along a line; those for which no row has room are left out.
  ///
  /// - Parameters:
  ///   - labels: Positions in increasing order, with the texts.
  ///   - rows: How many rows there may be.
  ///   - gap: The smallest distance between labels of a row, in points.
  ///   - width: The width of a text in points.
  /// - Returns: The labels that have room, in the order of their positions.
  public static func place(
    _ labels: [(x: Double, label: String)], rows: Int, gap: Double, width: (String) -> Double
  ) -> [Placed] {
    var ends = Array(repeating: -Double.infinity, count: rows)
    var placed: [Placed] = []
    for (x, label) in labels {
      let half = width(label) / 2
      guard let row = ends.firstIndex(where: { x - half >= $0 + gap }) else { continue }
      ends[row] = x + half
      placed.append(Placed(x: x, label: label, row: row))
    }
    return placed
  }
}
