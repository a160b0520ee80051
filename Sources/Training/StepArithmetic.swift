public import Models

/// The arithmetic of a step of training a transformer, counted as this course's trainer does it.
///
/// A multiplication and an addition count as one operation each. What grows with activations alone, norms,
/// rotary positions, softmax and SiLU, is left out: it is the same for every method.
public struct StepArithmetic: Equatable, Sendable {
  /// Products of batches with the weights on the way forward.
  public private(set) var forward = 0
  /// Products that carry gradients back to the inputs of layers.
  public private(set) var inputGradients = 0
  /// Products that make gradients of whole weights.
  public private(set) var weightGradients = 0
  /// Scores and weighted sums of the attention, forward and back.
  public private(set) var attention = 0
  /// Merging adapters with weights, and the gradients of their factors.
  public private(set) var adapters = 0
  /// The part of ``adapters`` that does not grow with the batch.
  public private(set) var merging = 0
  /// Writing weights out of four bits: a product a weight, and two operations for each absmax.
  public private(set) var dequantization = 0
  /// What AdamW does for each trained number.
  public private(set) var optimizer = 0

  public var total: Int {
    forward + inputGradients + weightGradients + attention + adapters + dequantization + optimizer
  }

  /// The operations of AdamW for a number: three for the first moment, four for the second, seven for the
  /// step with its corrections and the decay.
  public static let adamW = 14

  /// Counts a step.
  ///
  /// - Parameters:
  ///   - configuration: The sizes of the model.
  ///   - method: What is trained.
  ///   - rank: The rank of the adapters, which are beside all linear layers of the decoder.
  ///   - batch: The sequences of the step.
  ///   - length: The tokens of each.
  public init(
    _ configuration: TransformerConfiguration, method: MemoryModel.Method, rank: Int, batch: Int,
    length: Int
  ) {
    let tokens = batch * length
    let isFull = method == .full
    var trained = 0
    for (name, shape) in configuration.weightShapes {
      let count = shape.reduce(1, *)
      if isFull { trained += count }
      let isLinear = name.hasSuffix("_proj.weight")
      guard isLinear || name == "lm_head.weight" else { continue }
      let product = 2 * tokens * count
      // Behind a frozen embedding nothing has to go back through the first layers.
      let isFirst =
        !isFull && name.hasPrefix("model.layers.0.self_attn.") && !name.contains("o_proj")
      forward += product
      if !isFirst { inputGradients += product }
      if isFull { weightGradients += product }
      guard isLinear else { continue }
      let uses = isFirst ? 1 : 2
      if method == .qlora { dequantization += uses * (count + 2 * ((count + 63) / 64)) }
      if !isFull {
        // B A onto a copy of the weight, and x Aᵀ, dyᵀ (x Aᵀ), dy B and (dy B)ᵀ x.
        merging += uses * 2 * rank * count
        adapters += uses * 2 * rank * count + 4 * tokens * rank * (shape[0] + shape[1])
        trained += rank * (shape[0] + shape[1])
      }
    }
    if configuration.tiesEmbeddings {
      let product = 2 * tokens * configuration.vocabularySize * configuration.hiddenSize
      forward += product
      inputGradients += product
      if isFull { weightGradients += product }
    }
    // A token looks at itself and those before it: two products forward, and five on the way back.
    let pairs = batch * length * (length + 1) / 2
    attention =
      configuration.layerCount * configuration.headCount * pairs * 14 * configuration.headSize
    optimizer = Self.adamW * trained
  }
}
