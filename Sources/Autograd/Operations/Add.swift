internal import CKernels

/// y = a + factor · b, with b of the same shape or one row that is added to every row of a.
struct Add: Operation {
  static let kind = OperationKind.add
  let a: Tensor
  let b: Tensor
  let factor: Float

  private var isRow: Bool { b.shape != a.shape }

  var inputs: [Tensor] { [a, b] }
  func backwardReads(input: Int) -> Bool { false }
  var mayOverwriteInput: Bool { true }
  func mayShareGradient(input: Int) -> Bool { input == 0 || factor == 1 && !isRow }

  func outputShape() throws(AutogradError) -> [Int] {
    guard a.shape == b.shape || b.shape == [a.columns] && factor == 1 else {
      throw .shapesDoNotFit(operation: "add", left: a.shape, right: b.shape)
    }
    return a.shape
  }

  func forward(_ frame: Frame) {
    let columns = a.columns
    if isRow {
      frame.threads.forEachRange(ofRows: a.rows, columns: columns) { rows in
        let first = rows.lowerBound * columns
        unsafe lora_add_row(
          frame.values[0] + first, frame.values[1], rows.count, columns, frame.output + first)
      }
      return
    }
    frame.threads.forEachRange(of: a.count) { range in
      let first = range.lowerBound
      unsafe lora_add(
        frame.values[0] + first, frame.values[1] + first, factor, range.count,
        frame.output + first)
    }
  }

  /// da = dy and db = factor · dy, or its sum over the rows; nothing to do where they share memory.
  func backward(_ frame: Frame) {
    if let da = frame.gradients[0], !da.isShared {
      pass(frame, factor: 1, to: da)
    }
    guard let db = frame.gradients[1], !db.isShared else { return }
    guard isRow else {
      pass(frame, factor: factor, to: db)
      return
    }
    if !db.accumulates { unsafe db.start.update(repeating: 0, count: b.count) }
    frame.threads.forEachRange(ofColumns: a.columns, rows: a.rows) { range in
      unsafe lora_add_column_sums(
        frame.outputGradient, a.rows, a.columns, range.lowerBound, range.upperBound, db.start)
    }
  }

  private func pass(_ frame: Frame, factor: Float, to gradient: Frame.Gradient) {
    frame.threads.forEachRange(of: a.count) { range in
      let first = range.lowerBound
      let upstream = unsafe frame.outputGradient + first
      if gradient.accumulates {
        unsafe lora_add_scaled(upstream, factor, range.count, gradient.start + first)
      } else {
        unsafe lora_scale(upstream, factor, range.count, gradient.start + first)
      }
    }
  }
}

extension Graph {
  /// a + factor · b for one shape, or a + b with one row b, [columns], added to every row of a.
  public mutating func add(
    _ a: Tensor, _ b: Tensor, factor: Float = 1
  ) throws(AutogradError) -> Tensor {
    try append(Add(a: a, b: b, factor: factor))
  }
}
