public import Autograd
internal import LinearAlgebra

/// A Llama model, exactly as `LlamaForCausalLM` of transformers computes it.
///
/// RMSNorm before each half of a block, rotary positions, causal attention with grouped queries, SwiGLU; no
/// biases.
public final class Transformer {
  public let configuration: TransformerConfiguration
  public let method: TuningMethod
  let embedding: Parameter
  let blocks: [Block]
  let norm: Parameter
  let head: any LinearLayer
  /// The angles of as many positions as the longest sequence so far has.
  private var angles: RotaryAngles?

  struct Block {
    let inputNorm: Parameter
    let query, key, value, output: any LinearLayer
    let attentionNorm: Parameter
    let gate, up, down: any LinearLayer
  }

  /// Creates a model from weights.
  ///
  /// - Parameters:
  ///   - configuration: Its sizes.
  ///   - weights: All weights by the names of ``TransformerConfiguration/weightShapes``.
  ///   - method: What is trained. Adapters are named as PEFT names them.
  /// - Throws: `ModelError`; `AdapterError` where a rank does not suit a layer; `QuantizationError` or
  ///   `LinearAlgebraError` for weights that are not finite.
  public init(
    _ configuration: TransformerConfiguration, weights: ModelWeights, method: TuningMethod
  ) throws {
    try configuration.check()
    self.configuration = configuration
    self.method = method
    var factory = LayerFactory(weights: weights, method: method)
    let hidden = configuration.hiddenSize
    let queries = configuration.headCount * configuration.headSize
    let keys = configuration.keyValueHeadCount * configuration.headSize
    let inner = configuration.intermediateSize
    embedding = try factory.parameter(
      "model.embed_tokens.weight", shape: [configuration.vocabularySize, hidden])
    var blocks: [Block] = []
    for index in 0..<configuration.layerCount {
      let prefix = "model.layers.\(index)."
      let attention = prefix + "self_attn."
      let mlp = prefix + "mlp."
      blocks.append(
        Block(
          inputNorm: try factory.parameter(prefix + "input_layernorm.weight", shape: [hidden]),
          query: try factory.linear(attention + "q_proj", inputs: hidden, outputs: queries),
          key: try factory.linear(attention + "k_proj", inputs: hidden, outputs: keys),
          value: try factory.linear(attention + "v_proj", inputs: hidden, outputs: keys),
          output: try factory.linear(attention + "o_proj", inputs: queries, outputs: hidden),
          attentionNorm: try factory.parameter(
            prefix + "post_attention_layernorm.weight", shape: [hidden]),
          gate: try factory.linear(mlp + "gate_proj", inputs: hidden, outputs: inner),
          up: try factory.linear(mlp + "up_proj", inputs: hidden, outputs: inner),
          down: try factory.linear(mlp + "down_proj", inputs: inner, outputs: hidden)))
    }
    self.blocks = blocks
    norm = try factory.parameter("model.norm.weight", shape: [hidden])
    head =
      configuration.tiesEmbeddings
      ? Linear(weight: embedding)
      : try factory.linear(
        "lm_head", inputs: hidden, outputs: configuration.vocabularySize, mayAdapt: false)
    try factory.checkTargets()
  }

  /// Random weights to train a model from: normal with standard deviation 0.02, and 1 in the norms.
  public static func randomWeights(
    for configuration: TransformerConfiguration, seed: UInt64, standardDeviation: Double = 0.02
  ) throws(ModelError) -> ModelWeights {
    try configuration.check()
    var generator = RandomGenerator(seed: seed)
    var weights = ModelWeights()
    for (name, shape) in configuration.weightShapes {
      let count = shape.reduce(1, *)
      weights[name] = .dense(
        shape.count == 1
          ? [Float](repeating: 1, count: count)
          : (0..<count).map { _ in Float(standardDeviation * generator.nextNormal()) },
        shape: shape)
    }
    return weights
  }

  /// All weights, adapters behind their layers, in the order of the model; a tied one once.
  public var parameters: [Parameter] {
    var parameters = [embedding]
    for block in blocks {
      for layer in [
        block.query, block.key, block.value, block.output, block.gate, block.up, block.down,
      ] {
        parameters += layer.parameters
      }
      parameters += [block.inputNorm, block.attentionNorm]
    }
    parameters.append(norm)
    if !configuration.tiesEmbeddings { parameters += head.parameters }
    return parameters
  }

  /// The linear layers of the decoder by name, such as `model.layers.0.self_attn.q_proj`.
  public var linearLayers: [(name: String, layer: any LinearLayer)] {
    blocks.enumerated().flatMap { index, block in
      let prefix = "model.layers.\(index)."
      return [
        ("self_attn.q_proj", block.query), ("self_attn.k_proj", block.key),
        ("self_attn.v_proj", block.value), ("self_attn.o_proj", block.output),
        ("mlp.gate_proj", block.gate), ("mlp.up_proj", block.up), ("mlp.down_proj", block.down),
      ].map { (name: prefix + $0.0, layer: $0.1) }
    }
  }

  /// Adds the model to a graph.
  ///
  /// - Parameters:
  ///   - tokens: Batch after batch, each below the size of the vocabulary.
  ///   - batch: The number of sequences.
  ///   - length: The tokens of each.
  ///   - graph: The graph.
  ///   - trains: Whether dropout is active.
  ///   - places: The places of which logits are wanted, as many of each sequence, counted through the
  ///     whole batch; nil for all. What only the others need is left out.
  /// - Returns: The logits, [batch, length or places, vocabulary], and the state after the embedding,
  ///   after each block but the last, and after the last norm.
  /// - Throws: `ModelError.sequenceTooLong`.
  public func outputs(
    of tokens: Indices, batch: Int, length: Int, in graph: inout Graph, trains: Bool,
    at places: Indices? = nil
  ) throws -> (logits: Tensor, states: [Tensor]) {
    guard length <= configuration.longestSequence else {
      throw ModelError.sequenceTooLong(length: length, longest: configuration.longestSequence)
    }
    let epsilon = Float(configuration.normEpsilon)
    let angles = self.angles(length: length)
    let table = graph.parameter(embedding)
    var x = try graph.embedding(tokens, shape: [batch, length], table: table)
    var states: [Tensor] = []
    for (index, block) in blocks.enumerated() {
      states.append(x)
      // What the first block computes of a token by itself is the same at every place where it stands.
      let isTable = index == 0 && table.count < x.count && !(trains && method.drops)
      let own = try graph.rmsNorm(
        isTable ? table : x, weight: graph.parameter(block.inputNorm), epsilon: epsilon)
      var attended = try attention(block, angles, in: &graph) { layer, graph in
        let y = try layer.output(of: own, in: &graph, trains: trains)
        return isTable ? try graph.embedding(tokens, shape: [batch, length], table: y) : y
      }
      // Behind the last attention places no longer hear of each other.
      if let places, index == blocks.count - 1 {
        let shape = [batch, places.count / batch]
        attended = try graph.embedding(places, shape: shape, table: attended)
        x = try graph.embedding(places, shape: shape, table: x)
      }
      x = try graph.add(x, block.output.output(of: attended, in: &graph, trains: trains))
      let normed = try graph.rmsNorm(
        x, weight: graph.parameter(block.attentionNorm), epsilon: epsilon)
      let inner = try graph.swiglu(
        gate: block.gate.output(of: normed, in: &graph, trains: trains),
        up: block.up.output(of: normed, in: &graph, trains: trains))
      x = try graph.add(x, block.down.output(of: inner, in: &graph, trains: trains))
    }
    let last = try graph.rmsNorm(x, weight: graph.parameter(norm), epsilon: epsilon)
    states.append(last)
    return (try head.output(of: last, in: &graph, trains: trains), states)
  }

  func angles(length: Int) -> RotaryAngles {
    if let angles, angles.length >= length { return angles }
    let longer = RotaryAngles(
      length: length, headSize: configuration.headSize, base: configuration.ropeBase)
    angles = longer
    return longer
  }

  private func attention(
    _ block: Block, _ angles: RotaryAngles, in graph: inout Graph,
    project: (any LinearLayer, inout Graph) throws -> Tensor
  ) throws -> Tensor {
    let (heads, keyHeads) = (configuration.headCount, configuration.keyValueHeadCount)
    let q = try graph.rotary(project(block.query, &graph), heads: heads, angles: angles)
    let k = try graph.rotary(project(block.key, &graph), heads: keyHeads, angles: angles)
    return try graph.attention(
      q, k, project(block.value, &graph), heads: heads, keyHeads: keyHeads)
  }
}
