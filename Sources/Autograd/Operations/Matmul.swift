/// y = x Wᵀ, with x of [rows, in] and W of [out, in].
struct Matmul: Operation {
  static let kind = OperationKind.matmul
  let x: Tensor
  let weight: Tensor
  /// Whether the weight is written out from a compressed form for the call.
  let isCompressed: Bool

  var inputs: [Tensor] { [x, weight] }
  var weightScratchCount: Int { isCompressed ? weight.count : 0 }
  func backwardReads(input: Int) -> Bool { input == 0 ? weight.needsGradient : true }
  func mayBeCompressed(input: Int) -> Bool { input == 1 }

  func outputShape() throws(AutogradError) -> [Int] {
    guard weight.shape.count == 2, !x.shape.isEmpty, x.columns == weight.columns else {
      throw .shapesDoNotFit(operation: "matmul", left: x.shape, right: weight.shape)
    }
    return x.shape.dropLast() + [weight.rows]
  }

  func forward(_ frame: Frame) {
    unsafe MatrixProduct(
      rows: x.rows, columns: weight.rows, inner: weight.columns, transposesB: true
    ).run(frame.values[0], frame.weight(1), into: frame.output, frame.threads)
  }

  /// dx = dy W and dW = dyᵀ x; the latter only for a weight that is trained.
  func backward(_ frame: Frame) {
    if let dx = frame.gradients[0] {
      unsafe MatrixProduct(
        rows: x.rows, columns: weight.columns, inner: weight.rows,
        accumulates: dx.accumulates
      ).run(frame.outputGradient, frame.weight(1), into: dx.start, frame.threads)
    }
    if let dW = frame.gradients[1] {
      unsafe MatrixProduct(
        rows: weight.rows, columns: weight.columns, inner: x.rows, transposesA: true,
        accumulates: dW.accumulates
      ).run(frame.outputGradient, frame.values[0], into: dW.start, frame.threads)
    }
  }
}

extension Graph {
  /// x Wᵀ: [rows, in] and [out, in] give [rows, out].
  ///
  /// The weight may be compressed.
  public mutating func matmul(_ x: Tensor, _ weight: Tensor) throws(AutogradError) -> Tensor {
    try append(Matmul(x: x, weight: weight, isCompressed: isCompressed(weight)))
  }
}
