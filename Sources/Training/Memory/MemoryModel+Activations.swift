extension MemoryModel {
  /// What a moment of a step holds beside weights and what is kept for them.
  struct Moment {
    var activations: Double
    var inputGradients: Double

    var total: Double { activations + inputGradients }
  }

  /// The fullest moment of a step: where the way back begins, at the logits or in the last block.
  ///
  /// Results are kept where the backward pass reads them, as this course's trainer lays them out: the
  /// attention without its table of probabilities (Dao et al. 2022, arXiv:2205.14135), rotary positions in
  /// place, norms from their input. The logits and their gradient are in 32 bits, as in transformers.
  var peak: Moment {
    let tokens = Double(tokens)
    let blocks =
      checkpointing
      ? Double(shape.layers) * tokens * Double(shape.hidden) * precision.bytes
      : (0..<min(shape.layers, 2)).map { keptInBlock(isFirst: $0 == 0) }.enumerated().reduce(0) {
        // All blocks but the first are alike.
        $0 + $1.element * ($1.offset == 0 ? 1 : Double(shape.layers - 1))
      }
    let hidden = tokens * Double(shape.hidden) * precision.bytes
    let inner = tokens * Double(shape.intermediate) * precision.bytes
    let logits = tokens * Double(shape.vocabulary) * 4
    // Behind the last block: the input of the last norm, its result where the output layer is trained, and
    // the logits; on the way back the gradients of the logits and of the norm's result.
    let atLogits = Moment(
      activations: blocks + (method == .full ? 2 : 1) * hidden + logits + 2 * 4 * tokens,
      inputGradients: logits + hidden)
    // In the last block: the gradients of the residual stream and of the norm's result, and of the three
    // results inside the feed-forward part.
    let inBlock = Moment(
      activations: blocks + (checkpointing ? keptInBlock(isFirst: shape.layers == 1) : 0),
      inputGradients: 2 * hidden + (shape.hasGate ? 3 : 2) * inner)
    return atLogits.total > inBlock.total ? atLogits : inBlock
  }

  /// The bytes that a block keeps.
  ///
  /// With h for the width, k for that of keys, i for the inner width, and for each token: the two inputs of
  /// the norms (2 h), queries, keys and values (h + 2 k), the result of the attention (h), gate and inner
  /// values (2 i); and, where what they are multiplied with is trained or has an adapter, the results of the
  /// two norms (2 h) and of the gated part (i). That is 6 h + 2 k + 3 i: freezing weights saves the last of
  /// these alone. A branch of rank r keeps x Aᵀ: r for each layer with an adapter.
  private func keptInBlock(isFirst: Bool) -> Double {
    let isTrained = { (linears: [ModelShape.Linear]) in
      method == .full || linears.contains { adapted.contains($0) }
    }
    let (hidden, inner) = (shape.hidden, shape.intermediate)
    // With a frozen embedding nothing has to go back through the first norm.
    var count = isFirst && method != .full ? hidden : 2 * hidden
    count += 2 * shape.queryWidth + 2 * shape.keyWidth
    if isTrained([.query, .key, .value]) { count += hidden }
    if isTrained([.gate, .up]) { count += hidden }
    count += shape.hasGate ? 2 * inner : inner
    if isTrained([.down]) { count += inner }
    if !mergesAdapters { count += rank * adapted.count }
    // A number for each row of a norm, and two for each row of scores, in 32 bits.
    let statistics = 4 * (2 + 2 * shape.heads)
    return Double(tokens) * (Double(count) * precision.bytes + Double(statistics))
  }
}
