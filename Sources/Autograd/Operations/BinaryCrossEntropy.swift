#if canImport(Glibc)
  internal import Glibc
#endif

/// The mean of log(1 + eˣ) − x · target, with x the logit of the answer 1.
struct BinaryCrossEntropy: Operation {
  static let kind = OperationKind.binaryCrossEntropy
  let logits: Tensor
  /// Numbers from 0 to 1.
  let target: Tensor

  var inputs: [Tensor] { [logits, target] }

  func outputShape() throws(AutogradError) -> [Int] {
    guard logits.shape == target.shape, logits.count > 0, !target.needsGradient else {
      throw .shapesDoNotFit(
        operation: "binaryCrossEntropy", left: logits.shape, right: target.shape)
    }
    return []
  }

  func forward(_ frame: Frame) {
    var sum = 0.0
    for index in 0..<logits.count {
      let (x, target) = unsafe (frame.values[0][index], frame.values[1][index])
      // max(x, 0) first, so that no exponential overflows.
      sum += Double(max(x, 0) - x * target + log1p(exp(-abs(x))))
      if x.isNaN { sum = .nan }
    }
    unsafe frame.output[0] = Float(sum / Double(logits.count))
  }

  /// dx = (σ(x) − target) / n.
  func backward(_ frame: Frame) {
    guard let gradient = frame.gradients[0] else { return }
    let factor = unsafe frame.outputGradient[0] / Float(logits.count)
    for index in 0..<logits.count {
      let (x, target) = unsafe (frame.values[0][index], frame.values[1][index])
      let slope = factor * (1 / (1 + exp(-x)) - target)
      unsafe gradient.start[index] =
        gradient.accumulates ? gradient.start[index] + slope : slope
    }
  }
}

extension Graph {
  /// The mean binary cross entropy of logits and targets from 0 to 1, of one shape.
  public mutating func binaryCrossEntropy(
    logits: Tensor, target: Tensor
  ) throws(AutogradError) -> Tensor {
    try append(BinaryCrossEntropy(logits: logits, target: target))
  }
}
