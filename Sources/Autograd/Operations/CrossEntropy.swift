internal import CKernels

/// The mean over the rows that have a label of log Σ eˣ − x[label].
struct CrossEntropy: Operation {
  static let kind = OperationKind.crossEntropy
  let logits: Tensor
  let labels: Indices

  var inputs: [Tensor] { [logits] }
  /// A loss and a log Σ eˣ for every row.
  var stateCount: Int { 2 * logits.rows }

  func outputShape() throws(AutogradError) -> [Int] {
    guard logits.rows == labels.count, logits.columns > 0 else {
      throw .shapesDoNotFit(
        operation: "crossEntropy", left: logits.shape, right: [labels.count])
    }
    return []
  }

  private var labelled: Int {
    (0..<labels.count).reduce(0) { unsafe $0 + (labels.start[$1] >= 0 ? 1 : 0) }
  }

  func forward(_ frame: Frame) {
    let (rows, columns) = (logits.rows, logits.columns)
    for row in 0..<rows {
      let label = unsafe Int(labels.start[row])
      precondition(label < columns, "Label \(label) of \(columns) classes.")
    }
    frame.threads.forEachRange(ofRows: rows, columns: columns) { range in
      let first = range.lowerBound
      unsafe lora_cross_entropy(
        frame.values[0] + first * columns, labels.start + first, range.count, columns,
        frame.state + first, frame.state + rows + first)
    }
    var sum = 0.0
    for row in 0..<rows { unsafe sum += Double(frame.state[row]) }
    let count = labelled
    unsafe frame.output[0] = count > 0 ? Float(sum / Double(count)) : .nan
  }

  /// The softmax, less 1 at the label, divided by the number of labels; 0 in rows without one.
  func backward(_ frame: Frame) {
    guard let gradient = frame.gradients[0] else { return }
    let (rows, columns) = (logits.rows, logits.columns)
    let factor = unsafe frame.outputGradient[0] / Float(max(labelled, 1))
    frame.threads.forEachRange(ofRows: rows, columns: columns) { range in
      let first = range.lowerBound
      unsafe lora_cross_entropy_backward(
        frame.values[0] + first * columns, labels.start + first, frame.state + rows + first,
        factor, range.count, columns, gradient.start + first * columns, gradient.flag)
    }
  }
}

extension Graph {
  /// The mean cross entropy of [rows, classes] with one label a row; rows with a label below 0 do not count.
  ///
  /// Without any label the loss is not a number, as in PyTorch.
  public mutating func crossEntropy(
    logits: Tensor, labels: Indices
  ) throws(AutogradError) -> Tensor {
    try append(CrossEntropy(logits: logits, labels: labels))
  }
}
