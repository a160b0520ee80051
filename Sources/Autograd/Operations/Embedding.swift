internal import CKernels

/// y[i] = table[tokens[i]]: a row of the table for every token, or some rows of any tensor.
struct Embedding: Operation {
  static let kind = OperationKind.embedding
  let tokens: Indices
  let table: Tensor
  /// The sides of the result before the last.
  let shape: [Int]

  var inputs: [Tensor] { [table] }
  func backwardReads(input: Int) -> Bool { false }

  func outputShape() throws(AutogradError) -> [Int] {
    guard table.shape.count >= 2, shape.reduce(1, *) == tokens.count else {
      throw .shapesDoNotFit(operation: "embedding", left: shape, right: table.shape)
    }
    return shape + [table.columns]
  }

  func forward(_ frame: Frame) {
    let columns = table.columns
    frame.threads.forEachRange(ofRows: tokens.count, columns: columns) { rows in
      for row in rows {
        let token = unsafe Int(tokens.start[row])
        precondition(token >= 0 && token < table.rows, "Token \(token) of \(table.rows).")
        unsafe (frame.output + row * columns).update(
          from: frame.values[0] + token * columns, count: columns)
      }
    }
  }

  /// The gradient of a row of the table is the sum over the places of its token, in their order.
  func backward(_ frame: Frame) {
    guard let gradient = frame.gradients[0] else { return }
    let columns = table.columns
    if !gradient.accumulates { unsafe gradient.start.update(repeating: 0, count: table.count) }
    // Threads take columns, so that no two of them add to the same number.
    frame.threads.forEachRange(ofColumns: columns, rows: tokens.count) { range in
      unsafe lora_add_to_rows(
        frame.outputGradient, tokens.start, tokens.count, columns, range.lowerBound,
        range.upperBound, gradient.start)
    }
  }
}

extension Graph {
  /// A row of a table, [vocabulary, size], for every token; the table may be any tensor, seen as rows.
  ///
  /// - Parameters:
  ///   - tokens: Rows of the table; their product of sides is that of `shape`.
  ///   - shape: The sides of the result before the last, such as [batch, length].
  ///   - table: [vocabulary, size].
  /// - Returns: [shape…, size].
  /// - Throws: `AutogradError` where the shapes do not fit.
  public mutating func embedding(
    _ tokens: Indices, shape: [Int], table: Tensor
  ) throws(AutogradError) -> Tensor {
    try append(Embedding(tokens: tokens, table: table, shape: shape))
  }
}
