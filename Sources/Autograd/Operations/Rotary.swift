internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#endif

/// Rotary position embedding: the two halves of each head are turned by an angle that grows with the
/// position, y₁ = x₁ cos − x₂ sin and y₂ = x₂ cos + x₁ sin.
///
/// Source: Su et al. 2021, arXiv:2104.09864, in the layout of `rotate_half` of transformers.
struct Rotary: Operation {
  static let kind = OperationKind.rotary
  let x: Tensor
  let heads: Int
  let angles: RotaryAngles

  private var headSize: Int { x.columns / heads }

  var inputs: [Tensor] { [x] }
  func backwardReads(input: Int) -> Bool { false }
  var mayOverwriteInput: Bool { true }
  func mayShareGradient(input: Int) -> Bool { true }

  func outputShape() throws(AutogradError) -> [Int] {
    guard x.shape.count == 3, heads > 0, x.columns == heads * angles.headSize,
      x.shape[1] <= angles.length
    else {
      throw .shapesDoNotFit(
        operation: "rotary", left: x.shape, right: [angles.length, heads, angles.headSize])
    }
    return x.shape
  }

  func forward(_ frame: Frame) {
    unsafe turn(
      frame.threads, direction: 1, from: frame.values[0], to: frame.output, accumulates: 0)
  }

  /// The same turn, backwards.
  func backward(_ frame: Frame) {
    guard let dx = frame.gradients[0] else { return }
    unsafe turn(
      frame.threads, direction: -1, from: frame.outputGradient, to: dx.start,
      accumulates: dx.flag)
  }

  private func turn(
    _ threads: Threads, direction: Float, from x: UnsafePointer<Float>,
    to y: UnsafeMutablePointer<Float>, accumulates: Int32
  ) {
    let columns = self.x.columns
    threads.forEachRange(ofRows: self.x.rows, columns: columns) { rows in
      let first = rows.lowerBound * columns
      unsafe lora_rotate(
        x + first, angles.cosines.start, angles.sines.start, direction, rows.lowerBound,
        rows.count, self.x.shape[1], heads, headSize, y + first, accumulates)
    }
  }
}

/// The cosines and sines of the angles `position · θ^(−2i / size)`, [length, size / 2] each.
public final class RotaryAngles {
  public let length: Int
  public let headSize: Int
  package let cosines: Floats
  package let sines: Floats

  /// - Parameters:
  ///   - length: The number of positions.
  ///   - headSize: The size of a head, an even number.
  ///   - base: θ.
  public init(length: Int, headSize: Int, base: Double) {
    precondition(length >= 0 && headSize >= 0 && headSize.isMultiple(of: 2), "\(headSize) is odd.")
    self.length = length
    self.headSize = headSize
    var cosines: [Float] = []
    var sines: [Float] = []
    // Frequencies and angles are rounded to single precision where transformers rounds them.
    let frequencies = (0..<headSize / 2).map { index in
      1 / Float(pow(base, Double(2 * index) / Double(headSize)))
    }
    for position in 0..<length {
      for frequency in frequencies {
        let angle = Double(Float(position) * frequency)
        cosines.append(Float(cos(angle)))
        sines.append(Float(sin(angle)))
      }
    }
    self.cosines = Floats(cosines)
    self.sines = Floats(sines)
  }
}

extension Graph {
  /// Turns each head of [batch, length, heads · size] by the angles of its position.
  public mutating func rotary(
    _ x: Tensor, heads: Int, angles: RotaryAngles
  ) throws(AutogradError) -> Tensor {
    try append(Rotary(x: x, heads: heads, angles: angles))
  }
}
