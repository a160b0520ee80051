public import Models

/// The sides of a model's matrices, from which every count of weights follows.
///
/// The parts are those of Llama: an embedding, layers of attention and of a gated feed-forward part, norms
/// and an output layer. Biases and tables of positions, which older models have, are not counted: they are
/// below a thousandth.
public struct ModelShape: Equatable, Sendable {
  /// What the model is called, such as `LLaMA 7B`.
  public var name: String
  public var vocabulary: Int
  public var hidden: Int
  public var intermediate: Int
  public var layers: Int
  public var heads: Int
  public var keyValueHeads: Int
  public var headSize: Int
  /// Whether the output layer is the embedding's table.
  public var tiesEmbeddings: Bool
  /// Whether the feed-forward part has a gate beside its two matrices.
  public var hasGate: Bool

  public init(
    _ name: String, vocabulary: Int, hidden: Int, intermediate: Int, layers: Int, heads: Int,
    keyValueHeads: Int? = nil, headSize: Int? = nil, tiesEmbeddings: Bool = false,
    hasGate: Bool = true
  ) {
    self.name = name
    self.vocabulary = vocabulary
    self.hidden = hidden
    self.intermediate = intermediate
    self.layers = layers
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.headSize = headSize ?? (heads > 0 ? hidden / heads : 0)
    self.tiesEmbeddings = tiesEmbeddings
    self.hasGate = hasGate
  }

  /// A linear layer of a block.
  public enum Linear: String, CaseIterable, Sendable {
    case query, key, value, output, gate, up, down
  }

  /// The linear layers that a block has.
  public var linears: [Linear] { Linear.allCases.filter { hasGate || $0 != .gate } }

  public var queryWidth: Int { heads * headSize }
  public var keyWidth: Int { keyValueHeads * headSize }

  /// The inputs and the outputs of a linear layer.
  public func sides(of linear: Linear) -> (inputs: Int, outputs: Int) {
    switch linear {
    case .query: (hidden, queryWidth)
    case .key, .value: (hidden, keyWidth)
    case .output: (queryWidth, hidden)
    case .gate, .up: (hidden, intermediate)
    case .down: (intermediate, hidden)
    }
  }

  public func count(of linear: Linear) -> Int {
    let sides = sides(of: linear)
    return sides.inputs * sides.outputs
  }

  /// The weights of all linear layers of the blocks, which QLoRA stores in four bits.
  public var linearCount: Int { layers * linears.reduce(0) { $0 + count(of: $1) } }
  /// The embedding, the output layer and the norms, which nobody quantizes.
  public var otherCount: Int {
    (tiesEmbeddings ? 1 : 2) * vocabulary * hidden + (2 * layers + 1) * hidden
  }
  public var parameterCount: Int { linearCount + otherCount }

  /// The largest sides that are taken, so that no count overflows.
  public static let largestSide = 1 << 20
  public static let mostLayers = 1 << 12
  public static let largestVocabulary = 1 << 24

  /// - Throws: `TrainingError.setting` for the first side that is not usable.
  public func check() throws(TrainingError) {
    let sides = [
      ("vocabulary", vocabulary, Self.largestVocabulary), ("hidden size", hidden, Self.largestSide),
      ("intermediate size", intermediate, Self.largestSide),
      ("number of layers", layers, Self.mostLayers),
      ("number of heads", heads, Self.largestSide),
      ("number of key heads", keyValueHeads, heads), ("size of a head", headSize, Self.largestSide),
      (
        "width of all heads", heads.multipliedReportingOverflow(by: headSize).partialValue,
        Self.largestSide
      ),
    ]
    for (name, value, most) in sides where !(1...max(most, 1)).contains(value) {
      throw .setting(name: name, value: Double(value), needed: "from 1 to \(max(most, 1))")
    }
  }
}

extension ModelShape {
  /// The shape of a model of this course's trainer.
  public init(_ name: String, of configuration: TransformerConfiguration) {
    self.init(
      name, vocabulary: configuration.vocabularySize, hidden: configuration.hiddenSize,
      intermediate: configuration.intermediateSize, layers: configuration.layerCount,
      heads: configuration.headCount, keyValueHeads: configuration.keyValueHeadCount,
      headSize: configuration.headSize, tiesEmbeddings: configuration.tiesEmbeddings)
  }
}
