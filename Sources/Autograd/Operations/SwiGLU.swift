internal import CKernels

/// y = silu(gate) · up.
///
/// Source: Shazeer 2020, arXiv:2002.05202.
struct SwiGLU: Operation {
  static let kind = OperationKind.swiglu
  let gate: Tensor
  let up: Tensor

  var inputs: [Tensor] { [gate, up] }

  func outputShape() throws(AutogradError) -> [Int] {
    guard gate.shape == up.shape else {
      throw .shapesDoNotFit(operation: "swiglu", left: gate.shape, right: up.shape)
    }
    return gate.shape
  }

  func forward(_ frame: Frame) {
    frame.threads.forEachRange(of: gate.count) { range in
      let first = range.lowerBound
      unsafe lora_swiglu(
        frame.values[0] + first, frame.values[1] + first, range.count, frame.output + first)
    }
  }

  /// dgate = dy · up · silu′(gate) and dup = dy · silu(gate).
  func backward(_ frame: Frame) {
    let (dgate, dup) = (frame.gradients[0], frame.gradients[1])
    frame.threads.forEachRange(of: gate.count) { range in
      let first = range.lowerBound
      unsafe lora_swiglu_backward(
        frame.outputGradient + first, frame.values[0] + first, frame.values[1] + first,
        range.count, dgate.map { unsafe $0.start + first }, dgate?.flag ?? 0,
        dup.map { unsafe $0.start + first }, dup?.flag ?? 0)
    }
  }
}

extension Graph {
  /// silu(gate) · up, element by element, for tensors of one shape.
  public mutating func swiglu(
    gate: Tensor, up: Tensor
  ) throws(AutogradError) -> Tensor {
    try append(SwiGLU(gate: gate, up: up))
  }
}
