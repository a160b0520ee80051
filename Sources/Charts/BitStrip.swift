public import Drawing

/// A row of bits as squares: filled for 1, pale for 0, with the digit where it fits.
public struct BitStrip {
  /// The bits from the most significant one on.
  public var bits: [Bool]
  /// The colour of each bit.
  public var colors: [Color]

  public init(bits: [Bool], colors: [Color]) {
    precondition(bits.count == colors.count, "Every bit needs a colour.")
    self.bits = bits
    self.colors = colors
  }

  /// Creates the bits of a number, all in one colour.
  public init(_ pattern: UInt16, count: Int, color: Color) {
    self.init(
      bits: (0..<count).map { pattern >> (count - 1 - $0) & 1 == 1 },
      colors: Array(repeating: color, count: count))
  }

  /// Draws the strip from an origin with squares of a size, an extra gap after every few bits.
  public func draw(
    at origin: Point, square: Double, height: Double, groupOf: Int, groupGap: Double,
    on canvas: inout Canvas
  ) {
    let style = canvas.style(.small, typeface: .mono)
    let gap = min(canvas.preset.cellGap * 0.5, square * 0.15)
    for (index, bit) in bits.enumerated() {
      let x =
        origin.x + Double(index) * square + Double(groupOf > 0 ? index / groupOf : 0) * groupGap
      let frame = Rectangle(x: x, y: origin.y, width: square - gap, height: height)
      let pale = colors[index].mixed(with: canvas.theme.background, 0.72)
      let fill = bit ? colors[index] : pale
      canvas.fill(frame, fill)
      if style.size <= 1.1 * height, canvas.width("0", style) <= 0.86 * square {
        canvas.text(
          bit ? "1" : "0", at: frame.center, style, color: fill.readableInk, anchor: .middle,
          vertical: .middle, box: frame, backdrop: fill)
      }
    }
  }
}
