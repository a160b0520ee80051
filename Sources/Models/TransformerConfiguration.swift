/// The sizes of a Llama model, named as in `config.json` of transformers where the names differ in nothing
/// but their style.
public struct TransformerConfiguration: Equatable, Sendable {
  public var vocabularySize: Int
  public var hiddenSize: Int
  public var intermediateSize: Int
  public var layerCount: Int
  public var headCount: Int
  /// The number of heads of keys and values, each shared by a group of query heads.
  public var keyValueHeadCount: Int
  /// The size of a head; `hiddenSize / headCount` by habit.
  public var headSize: Int
  public var longestSequence: Int
  /// ε of RMSNorm.
  public var normEpsilon: Double
  /// θ of the rotary embedding.
  public var ropeBase: Double
  /// Whether the logits are made with the embedding's table.
  public var tiesEmbeddings: Bool

  public init(
    vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int, headCount: Int,
    keyValueHeadCount: Int? = nil, headSize: Int? = nil, longestSequence: Int = 2048,
    normEpsilon: Double = 1e-6, ropeBase: Double = 10000, tiesEmbeddings: Bool = false
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount ?? headCount
    self.headSize = headSize ?? (headCount > 0 ? hiddenSize / headCount : 0)
    self.longestSequence = longestSequence
    self.normEpsilon = normEpsilon
    self.ropeBase = ropeBase
    self.tiesEmbeddings = tiesEmbeddings
  }

  /// The largest side that is taken, so that no product of sides overflows.
  public static let largestSide = 1 << 20

  /// - Throws: `ModelError.setting` or `.number` for the first one that is not usable.
  public func check() throws(ModelError) {
    let sides = [
      ("vocab_size", vocabularySize), ("hidden_size", hiddenSize),
      ("intermediate_size", intermediateSize), ("num_hidden_layers", layerCount),
      ("num_attention_heads", headCount), ("num_key_value_heads", keyValueHeadCount),
      ("head_dim", headSize), ("max_position_embeddings", longestSequence),
    ]
    for (name, value) in sides where value < 1 || value > Self.largestSide {
      throw .setting(name: name, value: value, needed: "from 1 to \(Self.largestSide)")
    }
    guard headSize.isMultiple(of: 2) else {
      throw .setting(name: "head_dim", value: headSize, needed: "even")
    }
    guard headCount.isMultiple(of: keyValueHeadCount) else {
      throw .setting(
        name: "num_attention_heads", value: headCount,
        needed: "a multiple of the \(keyValueHeadCount) key/value heads")
    }
    guard normEpsilon.isFinite, normEpsilon >= 0 else {
      throw .number(name: "rms_norm_eps", value: normEpsilon, needed: "a number from 0 on")
    }
    guard ropeBase.isFinite, ropeBase > 0 else {
      throw .number(name: "rope_theta", value: ropeBase, needed: "a positive number")
    }
  }

  /// The names and shapes of all weights, in the order of the model.
  ///
  ///     model.embed_tokens.weight                          [vocabulary, hidden]
  ///     model.layers.N.self_attn.{q,k,v,o}_proj.weight
  ///     model.layers.N.mlp.{gate,up,down}_proj.weight
  ///     model.layers.N.{input,post_attention}_layernorm.weight
  ///     model.norm.weight
  ///     lm_head.weight                                     unless tied
  public var weightShapes: [(name: String, shape: [Int])] {
    let queries = headCount * headSize
    let keys = keyValueHeadCount * headSize
    var shapes = [("model.embed_tokens.weight", [vocabularySize, hiddenSize])]
    for index in 0..<layerCount {
      let prefix = "model.layers.\(index)."
      shapes += [
        (prefix + "self_attn.q_proj.weight", [queries, hiddenSize]),
        (prefix + "self_attn.k_proj.weight", [keys, hiddenSize]),
        (prefix + "self_attn.v_proj.weight", [keys, hiddenSize]),
        (prefix + "self_attn.o_proj.weight", [hiddenSize, queries]),
        (prefix + "mlp.gate_proj.weight", [intermediateSize, hiddenSize]),
        (prefix + "mlp.up_proj.weight", [intermediateSize, hiddenSize]),
        (prefix + "mlp.down_proj.weight", [hiddenSize, intermediateSize]),
        (prefix + "input_layernorm.weight", [hiddenSize]),
        (prefix + "post_attention_layernorm.weight", [hiddenSize]),
      ]
    }
    shapes.append(("model.norm.weight", [hiddenSize]))
    if !tiesEmbeddings { shapes.append(("lm_head.weight", [vocabularySize, hiddenSize])) }
    return shapes.map { (name: $0.0, shape: $0.1) }
  }
}
