internal import CKernels

/// y = x / (1 + e⁻ˣ), also called swish.
struct SiLU: Operation {
  static let kind = OperationKind.silu
  let x: Tensor

  var inputs: [Tensor] { [x] }
  func backwardReads(input: Int) -> Bool { true }
  func mayShareGradient(input: Int) -> Bool { true }

  func outputShape() throws(AutogradError) -> [Int] { x.shape }

  func forward(_ frame: Frame) {
    frame.threads.forEachRange(of: x.count) { range in
      let first = range.lowerBound
      unsafe lora_silu(frame.values[0] + first, range.count, frame.output + first)
    }
  }

  /// dx = dy · σ(x) · (1 + x (1 − σ(x))).
  func backward(_ frame: Frame) {
    guard let dx = frame.gradients[0] else { return }
    frame.threads.forEachRange(of: x.count) { range in
      let first = range.lowerBound
      unsafe lora_silu_backward(
        frame.outputGradient + first, frame.values[0] + first, range.count, dx.start + first,
        dx.flag)
    }
  }
}

extension Graph {
  /// y = x / (1 + e⁻ˣ), also called swish.
  public mutating func silu(_ x: Tensor) throws(AutogradError) -> Tensor {
    try append(SiLU(x: x))
  }
}
