/// The mean of (x − target)² over all elements.
struct MeanSquaredError: Operation {
  static let kind = OperationKind.meanSquaredError
  let x: Tensor
  let target: Tensor

  var inputs: [Tensor] { [x, target] }

  func outputShape() throws(AutogradError) -> [Int] {
    guard x.shape == target.shape, x.count > 0 else {
      throw .shapesDoNotFit(operation: "meanSquaredError", left: x.shape, right: target.shape)
    }
    return []
  }

  func forward(_ frame: Frame) {
    var sum = 0.0
    for index in 0..<x.count {
      let difference = unsafe Double(frame.values[0][index] - frame.values[1][index])
      sum += difference * difference
    }
    unsafe frame.output[0] = Float(sum / Double(x.count))
  }

  /// dx = 2 (x − target) / n, and the opposite for the target.
  func backward(_ frame: Frame) {
    let factor = unsafe 2 * frame.outputGradient[0] / Float(x.count)
    for (input, sign) in [(0, Float(1)), (1, -1)] {
      guard let gradient = frame.gradients[input] else { continue }
      for index in 0..<x.count {
        let slope = unsafe sign * factor * (frame.values[0][index] - frame.values[1][index])
        unsafe gradient.start[index] =
          gradient.accumulates ? gradient.start[index] + slope : slope
      }
    }
  }
}

extension Graph {
  /// The mean of (x − target)² over all elements of two tensors of one shape.
  public mutating func meanSquaredError(
    _ x: Tensor, target: Tensor
  ) throws(AutogradError) -> Tensor {
    try append(MeanSquaredError(x: x, target: target))
  }
}
