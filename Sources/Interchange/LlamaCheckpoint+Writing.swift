internal import Quantization

extension LlamaCheckpoint {
  /// Writes a folder that transformers loads: all of its files, or none of them.
  ///
  /// Weights in four bits need bitsandbytes there; the modules that stay as they are are listed in the
  /// configuration. The bytes of all files are in memory at once.
  ///
  /// - Parameters:
  ///   - weights: Every parameter of the configuration by its name, in any order.
  ///   - configuration: The shape of the model.
  ///   - path: The folder, which is made if there is none.
  /// - Throws: `model` if a parameter is missing, unknown or of another shape, `notFinite`, or
  ///   `unwritable`; earlier files are then untouched.
  public static func write(
    _ weights: [(name: String, weight: StoredWeight)], configuration: LlamaConfiguration,
    to path: String
  ) throws(InterchangeError) {
    try Folder.write(files(weights, configuration: configuration, for: path), to: path)
  }

  /// All files of such a folder as they would be written.
  ///
  /// - Throws: As `write`, with the folder that the files are for.
  public static func files(
    _ weights: [(name: String, weight: StoredWeight)], configuration: LlamaConfiguration,
    for path: String
  ) throws(InterchangeError) -> [(name: String, bytes: [UInt8])] {
    let quantization: FourBitConfiguration?
    do throws(ModelProblem) {
      quantization = try Self.check(weights, configuration)
    } catch {
      throw .model(file: path, error)
    }
    let bytes: [UInt8]
    for (name, weight) in weights where weight.quantized == nil {
      let values = weight.values
      guard let index = values.firstIndex(where: { !$0.isFinite }) else { continue }
      let columns = max(weight.shape.last ?? 1, 1)
      throw .notFinite(
        file: path, tensor: name, row: index / columns, column: index % columns,
        value: spelled(values[index]))
    }
    do throws(Safetensors.Problem) {
      bytes = try Safetensors.serialized(
        weights.flatMap { $0.weight.tensors(named: $0.name) }, metadata: [("format", "pt")])
    } catch {
      throw .safetensors(file: Folder.joined(path, weightsName), error)
    }
    return [
      (weightsName, bytes),
      (generationName, Array(configuration.generationText.utf8)),
      (configurationName, Array(configuration.configText(quantization: quantization).utf8)),
    ]
  }

  /// Checks names and shapes; returns how the weights in four bits are stored.
  private static func check(
    _ weights: [(name: String, weight: StoredWeight)], _ configuration: LlamaConfiguration
  ) throws(ModelProblem) -> FourBitConfiguration? {
    let parameters = configuration.parameters
    var given: [String: StoredWeight] = [:]
    for (name, weight) in weights {
      guard given.updateValue(weight, forKey: name) == nil else { throw .duplicateTensor(name) }
    }
    let missing = parameters.map(\.name).filter { given[$0] == nil }
    guard missing.isEmpty else {
      throw .missingTensors(Array(missing.prefix(4)), more: max(0, missing.count - 4))
    }
    let known = Set(parameters.map(\.name))
    let unexpected = given.keys.filter { !known.contains($0) }.sorted()
    guard unexpected.isEmpty else {
      throw .unexpectedTensors(Array(unexpected.prefix(4)), more: max(0, unexpected.count - 4))
    }
    var first: (type: FourBitType, isDouble: Bool)?
    var skipped = configuration.tiesEmbeddings ? [] : ["lm_head"]
    for parameter in parameters {
      guard let weight = given[parameter.name] else { continue }
      guard weight.shape == parameter.shape else {
        throw .wrongShape(
          tensor: parameter.name, expected: parameter.shape, found: weight.shape)
      }
      if let tensor = weight.quantized {
        let type = try fourBitType(of: tensor, parameter)
        let known = first ?? (type, weight.isDouble)
        first = known
        guard type == known.type else {
          throw .otherFourBitType(
            tensor: parameter.name, declared: known.type.rawValue, found: type.rawValue)
        }
        guard weight.isDouble == known.isDouble else {
          throw .mixedDoubleQuantization(tensor: parameter.name)
        }
      } else if parameter.isQuantizable {
        skipped.append(String(parameter.name.dropLast(".weight".count)))
      }
    }
    return first.map {
      FourBitConfiguration(
        type: $0.type, usesDoubleQuantization: $0.isDouble, skippedModules: skipped)
    }
  }

  /// The type of a weight in four bits, which has to be one that bitsandbytes can read.
  private static func fourBitType(
    of tensor: QuantizedTensor, _ parameter: LlamaConfiguration.Parameter
  ) throws(ModelProblem) -> FourBitType {
    guard parameter.isQuantizable else {
      throw .notSupported(field: parameter.name, value: "a weight in 4 bits")
    }
    guard let type = FourBitType(rawValue: tensor.codebook.name), tensor.codebook == type.codebook
    else { throw .notSupported(field: parameter.name, value: "another codebook than nf4 or fp4") }
    guard BlockQuantizer.allowedBlockSizes.contains(tensor.blockSize) else {
      throw .notSupported(field: parameter.name, value: "in blocks of \(tensor.blockSize)")
    }
    return type
  }
}

extension StoredWeight {
  fileprivate var isDouble: Bool {
    if case .doubleFourBit = self { return true }
    return false
  }
}
