internal import Adapters
public import Datasets
internal import FoundationEssentials
public import Interchange
internal import LinearAlgebra
public import Models
internal import Quantization

/// A Llama folder as it was read: sizes, weights and vocabulary.
public struct LanguageModel: Sendable {
  /// The folder of the course's base model, in the lessons' folder of data.
  public static let courseBase = "exam-base"
  public static let vocabularyName = "vocabulary.json"

  public var configuration: TransformerConfiguration
  public var weights: ModelWeights
  public let tokenizer: CharacterTokenizer

  /// A model that has learned nothing: two blocks of width 64.
  public init(tokenizer: CharacterTokenizer, length: Int, seed: UInt64) throws {
    self.tokenizer = tokenizer
    configuration = TransformerConfiguration(
      vocabularySize: tokenizer.vocabularySize, hiddenSize: 64, intermediateSize: 176,
      layerCount: 2, headCount: 4, longestSequence: max(64, length))
    weights = try Transformer.randomWeights(for: configuration, seed: seed)
  }

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: The path for the system.
  ///   - shown: The path as the user wrote it.
  /// - Throws: `InterchangeError`, or `ExperimentError.unusableModel` where the vocabulary is not known.
  public init(folder: String, shown: String) throws {
    let checkpoint = try LlamaCheckpoint(path: folder)
    let sizes = checkpoint.configuration
    configuration = TransformerConfiguration(
      vocabularySize: sizes.vocabularySize, hiddenSize: sizes.hiddenSize,
      intermediateSize: sizes.intermediateSize, layerCount: sizes.layerCount,
      headCount: sizes.headCount, keyValueHeadCount: sizes.keyValueHeadCount,
      headSize: sizes.headSize, longestSequence: sizes.longestSequence,
      normEpsilon: sizes.normEpsilon, ropeBase: sizes.ropeTheta,
      tiesEmbeddings: sizes.tiesEmbeddings)
    tokenizer = try Self.tokenizer(folder: folder, shown: shown, size: sizes.vocabularySize)
    weights = ModelWeights()
    for (name, weight) in try checkpoint.weights() {
      weights[name] =
        if case .doubleFourBit(let tensor) = weight {
          .fourBit(tensor, shape: weight.shape)
        } else {
          .dense(weight.values, shape: weight.shape)
        }
    }
  }

  private static func tokenizer(
    folder: String, shown: String, size: Int
  ) throws -> CharacterTokenizer {
    let path = folder + "/" + vocabularyName
    guard let bytes = FileManager.default.contents(atPath: path) else {
      guard size == CharacterTokenizer.exam.vocabularySize else {
        throw ExperimentError.unusableModel(
          path: shown,
          reason: "there is no \(vocabularyName) with the characters of its \(size) tokens; "
            + "only folders that train wrote can be used")
      }
      return .exam
    }
    guard let fields = try? JSONFields(parsing: Array(bytes)),
      let characters = try? fields.text("characters")
    else {
      throw ExperimentError.unusableModel(
        path: "\(shown)/\(vocabularyName)", reason: "it has no “characters”")
    }
    let tokenizer = CharacterTokenizer(characters.unicodeScalars)
    guard tokenizer.vocabularySize == size else {
      throw ExperimentError.unusableModel(
        path: "\(shown)/\(vocabularyName)",
        reason: "it has \(tokenizer.vocabularySize) tokens, and the model "
          + "has \(size)")
    }
    return tokenizer
  }

  /// The linear layers of the decoder in NF4, as QLoRA freezes them.
  public mutating func quantize() throws {
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: 64)
    for (name, shape) in configuration.weightShapes where name.hasSuffix("_proj.weight") {
      guard case .dense(let values, _) = weights[name] else { continue }
      weights[name] = .fourBit(
        try quantizer.quantize(values, shape: shape).doubleQuantized(), shape: shape)
    }
  }

  /// The model, with the adapter of a folder beside its layers if one is given.
  ///
  /// - Throws: `InterchangeError`, `ModelError`, or `ExperimentError.unusableModel` for an adapter of another base.
  public func frozen(adapter: (folder: String, shown: String)?) throws -> Transformer {
    guard let adapter else {
      return try Transformer(configuration, weights: weights, method: .frozen)
    }
    let file = try PEFTAdapter(path: adapter.folder)
    if let first = file.replacements.first {
      throw ExperimentError.unusableModel(
        path: adapter.shown,
        reason: "it replaces \(first.name), which is not supported here; merge it first")
    }
    let shapes = Dictionary(uniqueKeysWithValues: configuration.weightShapes.map { ($0.0, $0.1) })
    var adapters: [String: LoRAAdapter] = [:]
    for module in file.modules {
      guard let shape = shapes[module.weightName], module.weightName.hasSuffix("_proj.weight"),
        shape == module.weightShape
      else {
        throw ExperimentError.unusableModel(
          path: adapter.shown,
          reason: "it belongs to another base: \(module.path) is not a layer of this "
            + "model with \(module.weightShape.map(String.init).joined(separator: "×")) weights")
      }
      adapters[module.path] = try file.adapter(of: module)
    }
    guard !adapters.isEmpty else {
      throw ExperimentError.unusableModel(path: adapter.shown, reason: "it adapts no layer")
    }
    return try Transformer(configuration, weights: weights, method: .lora(LoRATuning(adapters)))
  }

  /// The shape as `config.json` says it.
  public func llamaConfiguration() throws -> LlamaConfiguration {
    try LlamaConfiguration(
      vocabularySize: configuration.vocabularySize, hiddenSize: configuration.hiddenSize,
      intermediateSize: configuration.intermediateSize, layerCount: configuration.layerCount,
      headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
      headSize: configuration.headSize, longestSequence: configuration.longestSequence,
      normEpsilon: configuration.normEpsilon, ropeTheta: configuration.ropeBase,
      tiesEmbeddings: configuration.tiesEmbeddings, beginToken: CharacterTokenizer.begin,
      endTokens: [CharacterTokenizer.end], paddingToken: CharacterTokenizer.padding)
  }
}
