public import LinearAlgebra

/// The gradients of a loss with respect to the whole weight of a layer `y = x Wᵀ`, and its input.
public struct LayerGradients: Equatable, Sendable {
  /// The gradient of the weight, [out, in].
  public let weight: Matrix
  /// The gradient of the input, [batch, in]: what the layer before needs.
  public let input: Matrix

  /// Goes back through the layer.
  ///
  /// With the gradient G of the output, [batch, out]:
  ///
  ///     dW = Gᵀ x
  ///     dx = G W
  ///
  /// The first needs the input of the forward pass, so that it has to be kept; the second does not.
  ///
  /// - Throws: `AdapterError.batchDoesNotFit`.
  public init(upstream: Matrix, input: Matrix, weight: Matrix) throws(AdapterError) {
    guard input.columns == weight.columns else {
      throw .batchDoesNotFit(
        name: "input", found: [input.rows, input.columns], needed: [input.rows, weight.columns])
    }
    guard upstream.rows == input.rows, upstream.columns == weight.rows else {
      throw .batchDoesNotFit(
        name: "gradient of the output", found: [upstream.rows, upstream.columns],
        needed: [input.rows, weight.rows])
    }
    self.weight = upstream.transposed.multiplied(by: input)
    self.input = upstream.multiplied(by: weight)
  }
}

/// Half the squared distance of outputs from their targets, averaged over the examples.
public struct SquaredError: Equatable, Sendable {
  public let loss: Double
  /// The gradient of the loss with respect to the outputs, [batch, out]: the errors, averaged.
  public let gradient: Matrix

  /// Compares outputs with targets, both [batch, out].
  ///
  /// - Throws: `AdapterError.batchDoesNotFit`.
  public init(output: Matrix, target: Matrix) throws(AdapterError) {
    guard target.rows == output.rows, target.columns == output.columns else {
      throw .batchDoesNotFit(
        name: "target", found: [target.rows, target.columns],
        needed: [output.rows, output.columns])
    }
    let errors = output - target
    let examples = Double(max(output.rows, 1))
    loss = errors.norm * errors.norm / (2 * examples)
    gradient = Float(1 / examples) * errors
  }
}
