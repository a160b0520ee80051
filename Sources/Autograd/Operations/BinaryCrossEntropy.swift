internal import CKernels

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
    let sum = unsafe lora_binary_cross_entropy(frame.values[0], frame.values[1], logits.count)
    unsafe frame.output[0] = Float(sum / Double(logits.count))
  }

  /// dx = (σ(x) − target) / n.
  func backward(_ frame: Frame) {
    guard let gradient = frame.gradients[0] else { return }
    unsafe lora_binary_cross_entropy_backward(
      frame.values[0], frame.values[1], frame.outputGradient[0] / Float(logits.count),
      logits.count, gradient.start, gradient.flag)
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
