/// The shape of a Llama model: what its `config.json` says.
///
/// The model is Hugging Face's `LlamaForCausalLM`: RMSNorm, rotary embedding on the two halves of each
/// head, grouped-query attention, SwiGLU, no biases. Source: transformers 5.23.0, `LlamaConfig`.
public struct LlamaConfiguration: Equatable, Sendable {
  /// The number of different tokens.
  public let vocabularySize: Int
  /// The width of the residual stream.
  public let hiddenSize: Int
  /// The width inside the gated layer after the attention.
  public let intermediateSize: Int
  public let layerCount: Int
  /// The number of query heads.
  public let headCount: Int
  /// The number of key and value heads; each serves `headCount / keyValueHeadCount` query heads.
  public let keyValueHeadCount: Int
  /// The width of a head, even.
  public let headSize: Int
  /// The longest sequence that the model is meant for.
  public let longestSequence: Int
  /// Added under the square root of RMSNorm.
  public let normEpsilon: Double
  /// The base of the rotary embedding's angles.
  public let ropeTheta: Double
  /// Whether the output layer is the embedding itself.
  public let tiesEmbeddings: Bool
  public let beginToken: Int?
  /// The tokens that end a text.
  public let endTokens: [Int]
  public let paddingToken: Int?
  /// The standard deviation of weights at their start.
  public let initializerRange: Double

  /// Creates a configuration; defaults are those of transformers.
  ///
  /// Without a number of key and value heads there are as many as query heads; without a size of heads
  /// it is `hiddenSize / headCount`.
  ///
  /// - Throws: The first rule that the numbers break.
  public init(
    vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int, headCount: Int,
    keyValueHeadCount: Int? = nil, headSize: Int? = nil, longestSequence: Int = 2048,
    normEpsilon: Double = 1e-6, ropeTheta: Double = 10_000, tiesEmbeddings: Bool = false,
    beginToken: Int? = 1, endTokens: [Int] = [2], paddingToken: Int? = nil,
    initializerRange: Double = 0.02
  ) throws(ModelProblem) {
    let sizes = [
      (Field.vocabularySize, vocabularySize, Self.largestCount),
      (Field.hiddenSize, hiddenSize, Self.largestSize),
      (Field.intermediateSize, intermediateSize, Self.largestSize),
      (Field.layerCount, layerCount, Self.mostLayers), (Field.headCount, headCount, 1 << 10),
      (Field.keyValueHeadCount, keyValueHeadCount ?? headCount, 1 << 10),
      (Field.longestSequence, longestSequence, Self.largestCount),
    ]
    for (field, size, limit) in sizes where !(1...limit).contains(size) {
      throw .outOfRange(
        field: field, value: "\(size)", allowed: "a whole number from 1 to \(limit)")
    }
    guard hiddenSize % headCount == 0 else {
      throw .headsDoNotDivide(heads: headCount, hiddenSize: hiddenSize)
    }
    let keyValueHeadCount = keyValueHeadCount ?? headCount
    guard headCount % keyValueHeadCount == 0 else {
      throw .keyValueHeadsDoNotDivide(keyValueHeads: keyValueHeadCount, heads: headCount)
    }
    let headSize = headSize ?? hiddenSize / headCount
    guard (1...1 << 10).contains(headSize), headSize % 2 == 0 else {
      throw .outOfRange(
        field: Field.headSize, value: "\(headSize)",
        allowed: "an even number up to \(1 << 10): the rotary embedding turns pairs")
    }
    let positives = [
      (Field.normEpsilon, normEpsilon), (Field.ropeTheta, ropeTheta),
    ]
    for (field, value) in positives where !(value > 0 && value.isFinite) {
      throw .outOfRange(field: field, value: "\(value)", allowed: "a positive number")
    }
    guard initializerRange >= 0, initializerRange.isFinite else {
      throw .outOfRange(
        field: Field.initializerRange, value: "\(initializerRange)", allowed: "a number from 0 up")
    }
    let tokens =
      [(Field.beginToken, beginToken), (Field.paddingToken, paddingToken)]
      + endTokens.map { (Field.endToken, $0) }
    for case (let field, let token?) in tokens where !(0..<vocabularySize).contains(token) {
      throw .tokenOutside(field: field, token: token, vocabularySize: vocabularySize)
    }
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.longestSequence = longestSequence
    self.normEpsilon = normEpsilon
    self.ropeTheta = ropeTheta
    self.tiesEmbeddings = tiesEmbeddings
    self.beginToken = beginToken
    self.endTokens = endTokens
    self.paddingToken = paddingToken
    self.initializerRange = initializerRange
  }

  // Larger numbers are a mistake, and products of them would overflow.
  static let largestSize = 1 << 20
  static let largestCount = 1 << 24
  static let mostLayers = 1 << 10

  /// The names that the numbers have in `config.json`.
  enum Field {
    static let vocabularySize = "vocab_size"
    static let hiddenSize = "hidden_size"
    static let intermediateSize = "intermediate_size"
    static let layerCount = "num_hidden_layers"
    static let headCount = "num_attention_heads"
    static let keyValueHeadCount = "num_key_value_heads"
    static let headSize = "head_dim"
    static let longestSequence = "max_position_embeddings"
    static let normEpsilon = "rms_norm_eps"
    static let ropeTheta = "rope_theta"
    static let ropeParameters = "rope_parameters"
    static let tiesEmbeddings = "tie_word_embeddings"
    static let beginToken = "bos_token_id"
    static let endToken = "eos_token_id"
    static let paddingToken = "pad_token_id"
    static let initializerRange = "initializer_range"
    static let quantization = "quantization_config"
  }
}
