internal import CKernels

/// y = w · x / √(mean(x²) + ε) for every row.
///
/// Source: Zhang and Sennrich 2019, arXiv:1910.07467.
struct RMSNorm: Operation {
  static let kind = OperationKind.rmsNorm
  let x: Tensor
  let weight: Tensor
  let epsilon: Float

  var inputs: [Tensor] { [x, weight] }
  /// The factor of every row.
  var stateCount: Int { x.rows }

  func outputShape() throws(AutogradError) -> [Int] {
    guard weight.shape == [x.columns] else {
      throw .shapesDoNotFit(operation: "rmsNorm", left: x.shape, right: weight.shape)
    }
    return x.shape
  }

  func forward(_ frame: Frame) {
    let columns = x.columns
    frame.threads.forEachRange(ofRows: x.rows, columns: columns) { rows in
      let first = rows.lowerBound * columns
      unsafe lora_rms_norm(
        frame.values[0] + first, frame.values[1], epsilon, rows.count, columns,
        frame.output + first, frame.state + rows.lowerBound)
    }
  }

  /// With r = 1/√… and x̂ = r x: dx = r (w dy − x̂ mean(w dy x̂)) and dw = Σ dy x̂.
  func backward(_ frame: Frame) {
    let columns = x.columns
    if let dw = frame.gradients[1] {
      if !dw.accumulates { unsafe dw.start.update(repeating: 0, count: columns) }
      frame.threads.forEachRange(ofColumns: columns, rows: x.rows) { range in
        unsafe lora_rms_norm_weight_gradient(
          frame.outputGradient, frame.values[0], frame.state, x.rows, columns, range.lowerBound,
          range.upperBound, dw.start)
      }
    }
    if let dx = frame.gradients[0] {
      frame.threads.forEachRange(ofRows: x.rows, columns: columns) { rows in
        let first = rows.lowerBound * columns
        unsafe lora_rms_norm_backward(
          frame.outputGradient + first, frame.values[0] + first, frame.values[1],
          frame.state + rows.lowerBound, rows.count, columns, dx.start + first, dx.flag)
      }
    }
  }
}

extension Graph {
  /// w · x / √(mean(x²) + ε): [rows, columns] and a weight of [columns] give [rows, columns].
  public mutating func rmsNorm(
    _ x: Tensor, weight: Tensor, epsilon: Float
  ) throws(AutogradError) -> Tensor {
    guard epsilon.isFinite, epsilon >= 0 else {
      throw .settingOutOfRange(
        operation: "rmsNorm", setting: "epsilon", value: Double(epsilon), needed: "0 or more")
    }
    return try append(RMSNorm(x: x, weight: weight, epsilon: epsilon))
  }
}
