public import LinearAlgebra

/// The gradients of a loss with respect to an adapter and the input of its layer.
public struct LoRAGradients: Equatable, Sendable {
  /// The gradient of A, [rank, in].
  public let loraA: Matrix
  /// The gradient of B, [out, rank].
  public let loraB: Matrix
  /// With DoRA, the gradient of the row lengths, [out].
  public let magnitude: [Float]?
  /// The gradient of the input, [batch, in].
  public let input: Matrix
}

extension LoRAAdapter {
  /// The gradients by the chain rule; none is computed for the frozen weight.
  ///
  /// With the gradient G of the output, [batch, out], and its rows weighted by DoRA's factors g:
  ///
  ///     dB = scaling · Gᵀ (x Aᵀ)
  ///     dA = scaling · Bᵀ Gᵀ x
  ///     dx = G (W + scaling · B A)
  ///
  /// At the start B is zero, and so is dA: the first step moves B alone. DoRA's row lengths count as
  /// constants (arXiv:2402.09353, section 4.3).
  ///
  /// - Throws: `AdapterError.doesNotFitWeight` or `.batchDoesNotFit`.
  public func gradients(
    upstream: Matrix, input: Matrix, weight: Matrix
  ) throws(AdapterError) -> LoRAGradients {
    try check(weight)
    try check("input", input, rows: input.rows, columns: weight.columns)
    try check("gradient of the output", upstream, rows: input.rows, columns: weight.rows)
    let adapted = weight + deltaWeight
    var weighted = upstream
    var magnitudeGradient: [Float]?
    if let factors = rowFactors(adapted) {
      let output = input.multiplied(by: adapted.transposed)
      magnitudeGradient = adapted.rowNorms.enumerated().map { row, length in
        let sum = (0..<upstream.rows).reduce(0.0) {
          $0 + Double(upstream[$1, row]) * Double(output[$1, row])
        }
        return length > 0 ? Float(sum / length) : 0
      }
      for index in weighted.values.indices {
        weighted.values[index] *= factors[index % weighted.columns]
      }
    }
    let factor = Float(scaling)
    let down = input.multiplied(by: loraA.transposed)
    return LoRAGradients(
      loraA: factor * loraB.transposed.multiplied(by: weighted.transposed.multiplied(by: input)),
      loraB: factor * weighted.transposed.multiplied(by: down), magnitude: magnitudeGradient,
      input: weighted.multiplied(by: adapted))
  }
}
