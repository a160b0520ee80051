extension LlamaConfiguration {
  /// The name and the shape of a parameter.
  public struct Parameter: Equatable, Sendable {
    public let name: String
    /// [out, in] for a linear layer, [vocabulary, hidden] for the embedding, [hidden] for a norm.
    public let shape: [Int]
    /// Whether it is the weight of a linear layer inside a decoder layer, which QLoRA quantizes.
    public let isQuantizable: Bool

    public var count: Int { shape.reduce(1, *) }
  }

  static let embeddingName = "model.embed_tokens.weight"
  static let headName = "lm_head.weight"

  /// All parameters in the order in which the model uses them; tied models have no `lm_head.weight`.
  public var parameters: [Parameter] {
    var parameters = [
      Parameter(
        name: Self.embeddingName, shape: [vocabularySize, hiddenSize], isQuantizable: false)
    ]
    for layer in 0..<layerCount { parameters += layerParameters(layer) }
    parameters.append(
      Parameter(name: "model.norm.weight", shape: [hiddenSize], isQuantizable: false))
    if !tiesEmbeddings {
      parameters.append(
        Parameter(name: Self.headName, shape: [vocabularySize, hiddenSize], isQuantizable: false))
    }
    return parameters
  }

  private func layerParameters(_ layer: Int) -> [Parameter] {
    let queries = headCount * headSize
    let keys = keyValueHeadCount * headSize
    let prefix = "model.layers.\(layer)."
    let linear = [
      ("self_attn.q_proj", [queries, hiddenSize]), ("self_attn.k_proj", [keys, hiddenSize]),
      ("self_attn.v_proj", [keys, hiddenSize]), ("self_attn.o_proj", [hiddenSize, queries]),
      ("mlp.gate_proj", [intermediateSize, hiddenSize]),
      ("mlp.up_proj", [intermediateSize, hiddenSize]),
      ("mlp.down_proj", [hiddenSize, intermediateSize]),
    ].map {
      Parameter(name: "\(prefix)\($0.0).weight", shape: $0.1, isQuantizable: true)
    }
    let norms = ["input_layernorm", "post_attention_layernorm"].map {
      Parameter(name: "\(prefix)\($0).weight", shape: [hiddenSize], isQuantizable: false)
    }
    return [norms[0]] + linear[..<4] + [norms[1]] + linear[4...]
  }

  /// The number of weights of the model, each counted once.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}
