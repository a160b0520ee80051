internal import CKernels

/// y = a · b, element by element.
struct Multiply: Operation {
  static let kind = OperationKind.multiply
  let a: Tensor
  let b: Tensor

  var inputs: [Tensor] { [a, b] }
  func backwardReads(input: Int) -> Bool { input == 0 ? b.needsGradient : a.needsGradient }

  func outputShape() throws(AutogradError) -> [Int] {
    guard a.shape == b.shape else {
      throw .shapesDoNotFit(operation: "multiply", left: a.shape, right: b.shape)
    }
    return a.shape
  }

  func forward(_ frame: Frame) {
    frame.threads.forEachRange(of: a.count) { range in
      let first = range.lowerBound
      unsafe lora_multiply(
        frame.values[0] + first, frame.values[1] + first, range.count, frame.output + first)
    }
  }

  /// da = dy · b and db = dy · a.
  func backward(_ frame: Frame) {
    for (input, other) in [(0, 1), (1, 0)] {
      guard let gradient = frame.gradients[input] else { continue }
      frame.threads.forEachRange(of: a.count) { range in
        let first = range.lowerBound
        unsafe lora_multiply_backward(
          frame.outputGradient + first, frame.values[other] + first, range.count,
          gradient.start + first, gradient.flag)
      }
    }
  }
}

extension Graph {
  /// a · b, element by element, for tensors of one shape.
  public mutating func multiply(_ a: Tensor, _ b: Tensor) throws(AutogradError) -> Tensor {
    try append(Multiply(a: a, b: b))
  }
}
