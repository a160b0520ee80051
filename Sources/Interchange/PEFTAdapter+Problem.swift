public import Adapters

extension PEFTAdapter {
  /// What is wrong with an adapter's configuration or its tensors.
  public enum Problem: Error, Equatable, Sendable {
    case noConfiguration
    case pickledWeights
    case configurationTooLarge(Int)
    /// The place is a byte of the file, counted from 0, here and below.
    case notUTF8(offset: Int)
    case notJSON(offset: Int, reason: String)
    case notAnObject
    case duplicateKey(String)
    case missingKey(String)
    case wrongValue(key: String, expected: String)
    /// Another method than LoRA.
    case otherMethod(String)
    /// A setting whose mathematics is not known here.
    case notSupported(key: String)
    case malformedPattern(String)
    case rankNotPositive(key: String, Int)
    case alphaNotUsable(key: String, Double)
    case noTensors
    case noPrefix(tensor: String)
    case unknownTensor(tensor: String)
    case noPartner(tensor: String, missing: String)
    case notALinearLayer(tensor: String, shape: [Int])
    case factorsDoNotFit(module: String, loraA: [Int], loraB: [Int])
    case otherRank(module: String, declared: Int, found: Int)
    case rankTooLarge(module: String, rank: Int, shape: [Int])
    case magnitudeWithoutDoRA(tensor: String)
    case magnitudeDoesNotFit(tensor: String, count: Int, rows: Int)
    case unusable(module: String, AdapterError)
  }
}

extension PEFTAdapter.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noConfiguration:
      "there is no \(PEFTAdapter.configurationName) beside the weights, and only it says alpha; "
        + "name the folder that save_pretrained wrote"
    case .pickledWeights:
      "adapter_model.bin is a Python pickle, which could run code; save the adapter again with "
        + "safe_serialization=True"
    case .configurationTooLarge(let count):
      "\(count) bytes are too many for a configuration"
    case .notUTF8(let offset):
      "the text is not valid UTF-8 at byte \(offset)"
    case .notJSON(let offset, let reason):
      "it is not valid JSON at byte \(offset): \(reason)"
    case .notAnObject:
      "it is not a JSON object"
    case .duplicateKey(let key):
      "the key \(quoted(key)) appears twice"
    case .missingKey(let key):
      "the key \(quoted(key)) is missing, without which PEFT loads nothing"
    case .wrongValue(let key, let expected):
      "the value of \(quoted(key)) is not \(expected)"
    case .otherMethod(let name):
      "the adapter is of type \(quoted(name)); only LORA is read"
    case .notSupported(let key):
      "the adapter uses \(quoted(key)), which is not known here; merge it with PEFT's "
        + "merge_and_unload"
    case .malformedPattern(let pattern):
      "the pattern \(quoted(pattern)) is not a regular expression of at most "
        + "\(PEFTPattern.longest) characters and \(PEFTPattern.mostRepetitions) repetitions, none "
        + "inside another"
    case .rankNotPositive(let key, let rank):
      "the rank of \(quoted(key)) is \(rank), and it has to be at least 1"
    case .alphaNotUsable(let key, let alpha):
      "alpha of \(quoted(key)) is \(alpha), and it has to be a positive number"
    case .noTensors:
      "the file holds no tensors"
    case .noPrefix(let tensor):
      "the name \(quoted(tensor)) does not begin with \(PEFTAdapter.prefix), so PEFT would leave "
        + "it out; rename the tensors"
    case .unknownTensor(let tensor):
      "the tensor \(quoted(tensor)) is none of lora_A.weight, lora_B.weight, "
        + "lora_magnitude_vector, lora_embedding_A and lora_embedding_B"
    case .noPartner(let tensor, let missing):
      "\(quoted(tensor)) is there without \(quoted(missing)): the file is not complete"
    case .notALinearLayer(let tensor, let shape):
      "\(quoted(tensor)) has shape \(shape); only linear layers and embeddings are merged"
    case .factorsDoNotFit(let module, let loraA, let loraB):
      "\(quoted(module)): lora_A is \(sides(loraA)) and lora_B is \(sides(loraB)), and the rows "
        + "of the first have to be as many as the columns of the second"
    case .otherRank(let module, let declared, let found):
      "\(quoted(module)) has rank \(found) in the file and \(declared) in "
        + "\(PEFTAdapter.configurationName): one of the two belongs to another adapter"
    case .rankTooLarge(let module, let rank, let shape):
      "\(quoted(module)) has rank \(rank), more than the shorter side of a \(sides(shape)) weight"
    case .magnitudeWithoutDoRA(let tensor):
      "\(quoted(tensor)) belongs to DoRA, but the configuration does not say use_dora"
    case .magnitudeDoesNotFit(let tensor, let count, let rows):
      "\(quoted(tensor)) has \(count) numbers, and lora_B \(rows) rows"
    case .unusable(let module, let error):
      "\(quoted(module)): \(error)"
    }
  }
}

/// The lengths of a shape as they are written in sentences, such as 32×64.
func sides(_ shape: [Int]) -> String {
  shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: "×")
}
