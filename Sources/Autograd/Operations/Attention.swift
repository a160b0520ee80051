internal import CKernels

/// Causal attention in one piece: softmax(q kᵀ / √size) v over the positions up to each query's own.
///
/// Query heads share key heads in consecutive groups. The scores are not kept: the backward pass computes
/// them again from two numbers a row. Source: Dao et al. 2022, arXiv:2205.14135.
struct Attention: Operation {
  static let kind = OperationKind.attention
  let q: Tensor
  let k: Tensor
  let v: Tensor
  let heads: Int
  let keyHeads: Int

  var inputs: [Tensor] { [q, k, v] }
  var backwardReadsOutput: Bool { true }
  private var batch: Int { q.shape[0] }
  private var shape: lora_attention {
    lora_attention(
      length: q.shape[1], heads: heads, key_heads: keyHeads, size: q.columns / heads)
  }
  /// The largest score of every row, and one over the sum of its exponentials.
  var stateCount: Int { 2 * batch * heads * q.shape[1] }
  func scratchCount(threads: Int) -> Int { threads * lora_attention_scratch(shape) }

  func outputShape() throws(AutogradError) -> [Int] {
    guard q.shape.count == 3, heads > 0, keyHeads > 0, heads.isMultiple(of: keyHeads),
      q.columns.isMultiple(of: heads),
      k.shape == [q.shape[0], q.shape[1], q.columns / heads * keyHeads]
    else { throw .shapesDoNotFit(operation: "attention", left: q.shape, right: k.shape) }
    guard k.shape == v.shape else {
      throw .shapesDoNotFit(operation: "attention", left: k.shape, right: v.shape)
    }
    return q.shape
  }

  func forward(_ frame: Frame) {
    unsafe forEachUnit(frame) { unit, scratch in
      unsafe lora_attention_forward(
        shape, unit, frame.values[0], frame.values[1], frame.values[2], frame.output, frame.state,
        scratch)
    }
  }

  /// With probabilities p and upstream gradient dy: dv = pᵀ dy, ds = p (dy vᵀ − Σ y dy) / √size,
  /// dq = ds k, dk = dsᵀ q.
  func backward(_ frame: Frame) {
    let (dq, dk, dv) = (frame.gradients[0], frame.gradients[1], frame.gradients[2])
    let gradients = unsafe lora_attention_gradients(
      q: dq?.start, k: dk?.start, v: dv?.start, adds_to_q: dq?.flag ?? 0, adds_to_k: dk?.flag ?? 0,
      adds_to_v: dv?.flag ?? 0)
    unsafe forEachUnit(frame) { unit, scratch in
      unsafe lora_attention_backward(
        shape, unit, frame.values[0], frame.values[1], frame.values[2], frame.output,
        frame.outputGradient, frame.state, gradients, scratch)
    }
  }

  /// A unit is one key head of one sequence.
  private func forEachUnit(
    _ frame: Frame, _ body: (_ unit: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
  ) {
    let units = batch * keyHeads
    let size = max(units / 16, 1)
    let scratch = lora_attention_scratch(shape)
    frame.threads.forEachChunk(of: (units + size - 1) / size) { chunk, worker in
      for unit in chunk * size..<min((chunk + 1) * size, units) {
        unsafe body(unit, frame.scratch + worker * scratch)
      }
    }
  }
}

extension Graph {
  /// Causal attention with grouped queries.
  ///
  /// - Parameters:
  ///   - q: [batch, length, heads · size].
  ///   - k: [batch, length, keyHeads · size].
  ///   - v: As `k`.
  ///   - heads: The number of query heads.
  ///   - keyHeads: The number of heads of keys and values, which divides that of query heads.
  /// - Returns: [batch, length, heads · size].
  /// - Throws: `AutogradError` where the shapes do not fit.
  public mutating func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, keyHeads: Int
  ) throws(AutogradError) -> Tensor {
    try append(Attention(q: q, k: k, v: v, heads: heads, keyHeads: keyHeads))
  }
}
