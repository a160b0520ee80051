/// What is wrong with a model's folder: its configuration, its tensors, or how they fit together.
public enum ModelProblem: Error, Equatable, Sendable {
  case notAFolder
  case noConfiguration
  case noWeights
  /// The weights lie in Python pickles, which could run code.
  case pickledWeights
  case configurationTooLarge(Int)
  /// The place is a byte of the file, counted from 0, here and below.
  case notUTF8(offset: Int)
  case notJSON(offset: Int, reason: String)
  case notAnObject
  case duplicateField(String)
  case missingField(String)
  case wrongValue(field: String, expected: String)
  case outOfRange(field: String, value: String, allowed: String)
  case contradiction(field: String, one: String, other: String)
  /// Another architecture than Llama.
  case otherType(String)
  /// A value whose mathematics is not known here.
  case notSupported(field: String, value: String)
  case headsDoNotDivide(heads: Int, hiddenSize: Int)
  case keyValueHeadsDoNotDivide(keyValueHeads: Int, heads: Int)
  case tokenOutside(field: String, token: Int, vocabularySize: Int)
  /// Some of the names, and how many more.
  case missingTensors([String], more: Int)
  case unexpectedTensors([String], more: Int)
  case wrongShape(tensor: String, expected: [Int], found: [Int])
  /// Tied embeddings beside an output layer of other numbers.
  case tiedHeadDiffers
  /// An untied model without an output layer.
  case noHead
  /// A shard that the index names has no such tensor, or a name that leads out of the folder.
  case brokenIndex(String)
  case duplicateTensor(String)
  /// Weights in four bits in a model whose configuration does not say so.
  case fourBitUndeclared(tensor: String)
  case noFourBitWeights
  case otherFourBitType(tensor: String, declared: String, found: String)
  /// Some weights have quantized absmax values, and others not.
  case mixedDoubleQuantization(tensor: String)
  case fourBit(tensor: String, FourBitProblem)

  /// What is wrong with a weight in four bits.
  public enum FourBitProblem: Error, Equatable, Sendable {
    case missingPart(String)
    case wrongPart(String, expected: String)
    case malformedState(String)
    /// The values of the codes are not those of the type.
    case otherCodebook(String)
  }
}

extension ModelProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAFolder: "it is not a folder; name the folder that save_pretrained wrote"
    case .noConfiguration: "there is no config.json in the folder, as save_pretrained writes it"
    case .noWeights: "there is no model.safetensors in the folder"
    case .pickledWeights:
      "the weights are in pytorch_model.bin, a Python pickle, which could run code; save the model "
        + "again with safe_serialization=True"
    case .configurationTooLarge(let count): "\(count) bytes are too many for a configuration"
    case .notUTF8(let offset): "the text is not valid UTF-8 at byte \(offset)"
    case .notJSON(let offset, let reason): "it is not valid JSON at byte \(offset): \(reason)"
    case .notAnObject: "it is not a JSON object"
    case .duplicateField(let field): "the field \(quoted(field)) appears twice"
    case .missingField(let field): "the field \(quoted(field)) is missing"
    case .wrongValue(let field, let expected): "the value of \(quoted(field)) is not \(expected)"
    case .outOfRange(let field, let value, let allowed):
      "\(quoted(field)) is \(printable(value, limit: 30)), and it has to be \(allowed)"
    case .contradiction(let field, let one, let other):
      "\(quoted(field)) is \(one) and also \(other)"
    case .otherType(let type): "the model is of type \(quoted(type)); only llama is read"
    case .notSupported(let field, let value):
      "\(quoted(field)) is \(printable(value, limit: 60)), which is not known here"
    case .headsDoNotDivide(let heads, let hiddenSize):
      "\(heads) attention heads do not divide a hidden size of \(hiddenSize)"
    case .keyValueHeadsDoNotDivide(let keyValueHeads, let heads):
      "\(keyValueHeads) key and value heads do not divide \(heads) attention heads"
    case .tokenOutside(let field, let token, let vocabularySize):
      "\(quoted(field)) is \(token), and the vocabulary has the tokens 0 to \(vocabularySize - 1)"
    default: tensorDescription
    }
  }

  /// The sentences about tensors.
  private var tensorDescription: String {
    switch self {
    case .missingTensors(let names, let more): "the file has no \(Self.listed(names, more))"
    case .unexpectedTensors(let names, let more):
      "the file has \(Self.listed(names, more)), which the model of its config.json has not"
    case .wrongShape(let tensor, let expected, let found):
      "tensor \(quoted(tensor)) has shape \(found), and the configuration makes it \(expected)"
    case .tiedHeadDiffers:
      "tie_word_embeddings is true, but lm_head.weight differs from the embedding"
    case .noHead:
      "the file has no \(quoted("lm_head.weight")), which it may lack only where "
        + "tie_word_embeddings is true"
    case .brokenIndex(let name): "\(quoted(name)) is not the name of a shard in the folder"
    case .duplicateTensor(let name): "tensor \(quoted(name)) is in two shards"
    case .fourBitUndeclared(let tensor):
      "tensor \(quoted(tensor)) is stored in 4 bits, but config.json has no quantization_config"
    case .noFourBitWeights:
      "config.json has a quantization_config, but no tensor is stored in 4 bits"
    case .otherFourBitType(let tensor, let declared, let found):
      "tensor \(quoted(tensor)) is stored as \(found), and quantization_config says \(declared)"
    case .mixedDoubleQuantization(let tensor):
      "either all weights in 4 bits have double quantization or none, and \(quoted(tensor)) differs "
        + "from those before it"
    case .fourBit(let tensor, let problem): "tensor \(quoted(tensor)): \(problem)"
    default: ""
    }
  }

  private static func listed(_ names: [String], _ more: Int) -> String {
    names.map { quoted($0) }.joined(separator: ", ") + (more == 0 ? "" : " and \(more) more")
  }
}

extension ModelProblem.FourBitProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingPart(let part): "the part \(quoted(part)) is missing"
    case .wrongPart(let part, let expected): "the part \(quoted(part)) is not \(expected)"
    case .malformedState(let reason): "its quant_state is malformed: \(printable(reason))"
    case .otherCodebook(let part):
      "the numbers of \(quoted(part)) are not those of bitsandbytes, so its codes mean others"
    }
  }
}
