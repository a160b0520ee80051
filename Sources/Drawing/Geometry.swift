/// A position in a figure, in points (1/72 inch) from the top left corner; y grows downwards.
public struct Point: Hashable, Codable, Sendable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// A width and a height in points.
public struct Size: Hashable, Codable, Sendable {
  public var width: Double
  public var height: Double

  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }
}

/// An upright rectangle in points.
public struct Rectangle: Hashable, Codable, Sendable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  public var minX: Double { x }
  public var maxX: Double { x + width }
  public var midX: Double { x + width / 2 }
  public var minY: Double { y }
  public var maxY: Double { y + height }
  public var midY: Double { y + height / 2 }
  public var center: Point { Point(midX, midY) }
  public var size: Size { Size(width: width, height: height) }

  /// The rectangle moved inwards by a distance on each side.
  public func inset(
    left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0
  )
    -> Rectangle
  {
    Rectangle(x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
  }

  /// The rectangle moved inwards by the same distance on all sides.
  public func inset(_ distance: Double) -> Rectangle {
    inset(left: distance, top: distance, right: distance, bottom: distance)
  }

  /// Cuts off the top part, and returns it with what remains below a gap.
  public func cutTop(_ amount: Double, gap: Double = 0) -> (top: Rectangle, rest: Rectangle) {
    (
      Rectangle(x: x, y: y, width: width, height: amount),
      inset(top: amount + gap)
    )
  }

  /// Cuts off the bottom part, and returns it with what remains above a gap.
  public func cutBottom(_ amount: Double, gap: Double = 0) -> (bottom: Rectangle, rest: Rectangle) {
    (
      Rectangle(x: x, y: maxY - amount, width: width, height: amount),
      inset(bottom: amount + gap)
    )
  }

  /// Cuts off the left part, and returns it with what remains right of a gap.
  public func cutLeft(_ amount: Double, gap: Double = 0) -> (left: Rectangle, rest: Rectangle) {
    (
      Rectangle(x: x, y: y, width: amount, height: height),
      inset(left: amount + gap)
    )
  }

  /// Cuts off the right part, and returns it with what remains left of a gap.
  public func cutRight(_ amount: Double, gap: Double = 0) -> (right: Rectangle, rest: Rectangle) {
    (
      Rectangle(x: maxX - amount, y: y, width: amount, height: height),
      inset(right: amount + gap)
    )
  }

  /// Splits the rectangle into columns side by side, with widths in proportion to the weights.
  public func columns(_ weights: [Double], gap: Double) -> [Rectangle] {
    let unit = (width - gap * Double(weights.count - 1)) / weights.reduce(0, +)
    var left = x
    return weights.map { weight in
      defer { left += weight * unit + gap }
      return Rectangle(x: left, y: y, width: weight * unit, height: height)
    }
  }

  /// Splits the rectangle into rows one below the other, with heights in proportion to the weights.
  public func rows(_ weights: [Double], gap: Double) -> [Rectangle] {
    let unit = (height - gap * Double(weights.count - 1)) / weights.reduce(0, +)
    var top = y
    return weights.map { weight in
      defer { top += weight * unit + gap }
      return Rectangle(x: x, y: top, width: width, height: weight * unit)
    }
  }

  /// Whether another rectangle lies inside this one, up to a tolerance in points.
  public func contains(_ other: Rectangle, tolerance: Double = 0) -> Bool {
    other.minX >= minX - tolerance && other.maxX <= maxX + tolerance
      && other.minY >= minY - tolerance && other.maxY <= maxY + tolerance
  }

  /// Whether the two rectangles share an area, after each is shrunk by half a tolerance in points.
  public func overlaps(_ other: Rectangle, tolerance: Double = 0) -> Bool {
    minX + tolerance < other.maxX && other.minX + tolerance < maxX
      && minY + tolerance < other.maxY && other.minY + tolerance < maxY
  }
}
