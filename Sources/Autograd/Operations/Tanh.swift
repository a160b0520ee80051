internal import CKernels

/// y = tanh(x).
struct Tanh: Operation {
  static let kind = OperationKind.tanh
  let x: Tensor

  var inputs: [Tensor] { [x] }
  func backwardReads(input: Int) -> Bool { false }
  var backwardReadsOutput: Bool { true }
  var mayOverwriteInput: Bool { true }
  func mayShareGradient(input: Int) -> Bool { true }

  func outputShape() throws(AutogradError) -> [Int] { x.shape }

  func forward(_ frame: Frame) {
    frame.threads.forEachRange(of: x.count) { range in
      let first = range.lowerBound
      unsafe lora_tanh(frame.values[0] + first, range.count, frame.output + first)
    }
  }

  /// dx = dy · (1 − y²).
  func backward(_ frame: Frame) {
    guard let dx = frame.gradients[0] else { return }
    frame.threads.forEachRange(of: x.count) { range in
      let first = range.lowerBound
      unsafe lora_tanh_backward(
        frame.outputGradient + first, frame.output + first, range.count, dx.start + first, dx.flag)
    }
  }
}

extension Graph {
  /// y = tanh(x).
  public mutating func tanh(_ x: Tensor) throws(AutogradError) -> Tensor {
    try append(Tanh(x: x))
  }
}
