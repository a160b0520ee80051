internal import Adapters
internal import Course
internal import Datasets
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra
internal import Models
internal import Quantization

/// A Llama folder as it was read: sizes, weights and vocabulary.
struct LanguageModel {
  static let vocabularyName = "vocabulary.json"

  var configuration: TransformerConfiguration
  var weights: ModelWeights
  let tokenizer: CharacterTokenizer

  /// A model that has learned nothing: two blocks of width 64.
  init(tokenizer: CharacterTokenizer, length: Int, seed: UInt64) throws {
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
  /// - Throws: `InterchangeError`, or `ToolError.failure` where the vocabulary is not known.
  init(folder: String, shown: String) throws {
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
    let path = Paths.joined(folder, vocabularyName)
    guard let bytes = FileManager.default.contents(atPath: path) else {
      guard size == CharacterTokenizer.exam.vocabularySize else {
        throw ToolError.failure(
          "\(shown): there is no \(vocabularyName) with the characters of its \(size) tokens; "
            + "only folders that train wrote can be used")
      }
      return .exam
    }
    guard let fields = try? JSONFields(parsing: Array(bytes)),
      let characters = try? fields.text("characters")
    else { throw ToolError.failure("\(shown)/\(vocabularyName): it has no “characters”") }
    let tokenizer = CharacterTokenizer(characters.unicodeScalars)
    guard tokenizer.vocabularySize == size else {
      throw ToolError.failure(
        "\(shown)/\(vocabularyName): it has \(tokenizer.vocabularySize) tokens, and the model "
          + "has \(size)")
    }
    return tokenizer
  }

  /// The linear layers of the decoder in NF4, as QLoRA freezes them.
  mutating func quantize() throws {
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: 64)
    for (name, shape) in configuration.weightShapes where name.hasSuffix("_proj.weight") {
      guard case .dense(let values, _) = weights[name] else { continue }
      weights[name] = .fourBit(
        try quantizer.quantize(values, shape: shape).doubleQuantized(), shape: shape)
    }
  }

  /// The model, with the adapter of a folder beside its layers if one is given.
  ///
  /// - Throws: `InterchangeError`, `ModelError`, or `ToolError.failure` for an adapter of another base.
  func frozen(adapter: (folder: String, shown: String)?) throws -> Transformer {
    guard let adapter else {
      return try Transformer(configuration, weights: weights, method: .frozen)
    }
    let file = try PEFTAdapter(path: adapter.folder)
    if let first = file.replacements.first {
      throw ToolError.failure(
        "\(adapter.shown): it replaces \(first.name), which is not supported here; merge it first")
    }
    let shapes = Dictionary(uniqueKeysWithValues: configuration.weightShapes.map { ($0.0, $0.1) })
    var adapters: [String: LoRAAdapter] = [:]
    for module in file.modules {
      guard let shape = shapes[module.weightName], module.weightName.hasSuffix("_proj.weight"),
        shape == module.weightShape
      else {
        throw ToolError.failure(
          "\(adapter.shown): it belongs to another base: \(module.path) is not a layer of this "
            + "model with \(module.weightShape.map(String.init).joined(separator: "×")) weights")
      }
      adapters[module.path] = try file.adapter(of: module)
    }
    guard !adapters.isEmpty else {
      throw ToolError.failure("\(adapter.shown): it adapts no layer")
    }
    return try Transformer(configuration, weights: weights, method: .lora(LoRATuning(adapters)))
  }

  /// The shape as `config.json` says it.
  func llamaConfiguration() throws -> LlamaConfiguration {
    try LlamaConfiguration(
      vocabularySize: configuration.vocabularySize, hiddenSize: configuration.hiddenSize,
      intermediateSize: configuration.intermediateSize, layerCount: configuration.layerCount,
      headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
      headSize: configuration.headSize, longestSequence: configuration.longestSequence,
      normEpsilon: configuration.normEpsilon, ropeTheta: configuration.ropeBase,
      tiesEmbeddings: configuration.tiesEmbeddings, beginToken: CharacterTokenizer.begin,
      endTokens: [CharacterTokenizer.end], paddingToken: CharacterTokenizer.padding)
  }

  /// The vocabulary as a file.
  var vocabularyText: String {
    var characters = String.UnicodeScalarView()
    characters.append(contentsOf: tokenizer.characters)
    return JSONNode.object([("characters", .string(String(characters)))]).serialized() + "\n"
  }
}

/// Asks a model questions.
struct Examination {
  let model: Transformer
  let tokenizer: CharacterTokenizer

  /// The scores, group by group in the order of the questions; those with a character that the model
  /// does not know count as wrong.
  func scores(_ questions: [PromptAnswer], progress: (Double) -> Void) throws -> [Score] {
    guard !questions.isEmpty else { return [] }
    let prompts = questions.map { question in
      (try? tokenizer.tokens(of: question.prompt)).map {
        ([CharacterTokenizer.begin] + $0).map(Int32.init)
      } ?? []
    }
    let needed =
      questions.map {
        $0.prompt.unicodeScalars.count + $0.answer.unicodeScalars.count + 2
      }.max() ?? 1
    let length = min(needed, model.configuration.longestSequence)
    let generator = try TextGenerator(model, batch: min(64, questions.count), length: length)
    let answers = generator.continuations(of: prompts, end: Int32(CharacterTokenizer.end)) {
      progress(Double($0) / Double(questions.count))
    }
    var scores: [Score] = []
    for (question, answer) in zip(questions, answers) {
      if scores.last?.group != question.group {
        scores.append(
          Score(
            group: question.group, right: 0, total: 0,
            isHeldOut: question.group != LanguageData.learnedByHeart.rawValue))
      }
      let right = (try? tokenizer.tokens(of: question.answer)).map {
        ($0 + [CharacterTokenizer.end]).map(Int32.init)
      }
      scores[scores.count - 1].total += 1
      if right == answer { scores[scores.count - 1].right += 1 }
    }
    return scores
  }
}
