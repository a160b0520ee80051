internal import LinearAlgebra
internal import Quantization

/// A Llama model in a folder, as Hugging Face's `save_pretrained` writes it.
///
///     config.json                 the configuration; in 4 bits also quantization_config
///     model.safetensors           the parameters, or several shards and model.safetensors.index.json
///
/// The linear layers of the decoder may be stored in four bits, as bitsandbytes stores them. Files are
/// mapped, and a parameter is read when it is asked for. Source: transformers 5.23.0.
public struct LlamaCheckpoint: Sendable {
  static let configurationName = "config.json"
  static let generationName = "generation_config.json"
  static let weightsName = "model.safetensors"
  static let indexName = "model.safetensors.index.json"

  /// The path of the folder.
  public let path: String
  public let configuration: LlamaConfiguration
  /// How linear layers are stored in four bits, if any are.
  public let quantization: FourBitConfiguration?
  /// Where each parameter lies.
  private let places: [String: Place]

  struct Place: Sendable {
    let file: Safetensors
    let tensor: Safetensors.Tensor
  }

  /// Opens a folder, and checks the configuration, and the names and shapes of all tensors.
  ///
  /// - Throws: `unreadable`, `safetensors`, or `model` with the file and what is wrong.
  public init(path: String) throws(InterchangeError) {
    let configurationPath = Folder.joined(path, Self.configurationName)
    guard isThere(path) else { throw .unreadable(file: path, .missing) }
    guard isDirectory(path) else { throw .model(file: path, .notAFolder) }
    guard isThere(configurationPath) else { throw .model(file: path, .noConfiguration) }
    let fields = try Self.fields(of: configurationPath)
    do throws(ModelProblem) {
      configuration = try LlamaConfiguration(fields: fields)
      quantization = try Self.quantization(fields)
    } catch {
      throw .model(file: configurationPath, error)
    }
    let files = try Self.weightFiles(of: path)
    self.path = path
    do throws(ModelProblem) {
      places = try Self.places(in: files)
      try check()
    } catch {
      throw .model(file: files.count == 1 ? files[0].path : path, error)
    }
    try checkTiedHead()
  }

  /// The parameters of the model, in the order in which it uses them.
  public var parameters: [LlamaConfiguration.Parameter] { configuration.parameters }

  /// Reads a parameter by the name that `parameters` gives it.
  ///
  /// - Throws: `choice` for another name, `safetensors` for a type that is not read, `notFinite`, or
  ///   `model` for a weight in four bits that is broken.
  public func weight(named name: String) throws(InterchangeError) -> StoredWeight {
    guard let place = places[name], !FourBitWeights.isPart(name) else {
      let similar = similarNames(to: name, among: parameters.map(\.name))
      throw .choice(file: path, .unknown(name: name, similar: similar))
    }
    if let weight = try FourBitWeights.read(name, in: place.file.path, { places[$0] }) {
      return weight
    }
    let values = try place.file.values(of: place.tensor)
    let shape = place.tensor.shape
    let columns = max(shape.last ?? 1, 1)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(
        file: place.file.path, tensor: name, row: index / columns, column: index % columns,
        value: spelled(values[index]))
    }
    return shape.count == 2
      ? .matrix(Matrix(rows: shape[0], columns: shape[1], values: values)) : .vector(values)
  }

  /// Reads all parameters, in the order in which the model uses them.
  public func weights() throws(InterchangeError) -> [(name: String, weight: StoredWeight)] {
    var weights: [(name: String, weight: StoredWeight)] = []
    for parameter in parameters {
      weights.append((parameter.name, try weight(named: parameter.name)))
    }
    return weights
  }
}

extension LlamaCheckpoint {
  /// The limit of a list of names in a message.
  private static let listedNames = 4

  private static func listed(
    _ names: [String], _ problem: ([String], Int) -> ModelProblem
  ) throws(ModelProblem) {
    if names.isEmpty { return }
    throw problem(Array(names.prefix(listedNames)), max(0, names.count - listedNames))
  }

  private static func places(in files: [Safetensors]) throws(ModelProblem) -> [String: Place] {
    var places: [String: Place] = [:]
    for file in files {
      for tensor in file.tensors {
        guard places[tensor.name] == nil else { throw .duplicateTensor(tensor.name) }
        places[tensor.name] = Place(file: file, tensor: tensor)
      }
    }
    return places
  }

  private func check() throws(ModelProblem) {
    let parameters = parameters
    let missing = parameters.map(\.name).filter { places[$0] == nil }
    if missing == [LlamaConfiguration.headName] { throw .noHead }
    try Self.listed(missing) { .missingTensors($0, more: $1) }
    let states = places.keys.filter { FourBitWeights.weightName(ofState: $0) != nil }.sorted()
    let fourBit = Set(states.compactMap(FourBitWeights.weightName(ofState:)))
    let known = Set(parameters.map(\.name)).union([LlamaConfiguration.headName])
    // Older releases also stored the angles of the rotary embedding.
    let unexpected = places.keys.filter { name in
      !known.contains(name) && !name.hasSuffix(".rotary_emb.inv_freq")
        && FourBitWeights.weight(ofPart: name).map { !fourBit.contains($0) } ?? true
    }
    try Self.listed(unexpected.sorted()) { .unexpectedTensors($0, more: $1) }
    if let first = states.first {
      guard let quantization else {
        throw .fourBitUndeclared(tensor: FourBitWeights.weightName(ofState: first) ?? first)
      }
      for state in states {
        let type = FourBitWeights.typeName(ofState: state)
        guard type == quantization.type.rawValue else {
          throw .otherFourBitType(
            tensor: FourBitWeights.weightName(ofState: state) ?? state,
            declared: quantization.type.rawValue, found: type)
        }
      }
    } else if quantization != nil {
      throw .noFourBitWeights
    }
    for parameter in parameters where !fourBit.contains(parameter.name) {
      try checkShape(parameter)
    }
    for parameter in parameters where fourBit.contains(parameter.name) {
      try checkFourBitShape(parameter)
    }
  }

  private func checkShape(_ parameter: LlamaConfiguration.Parameter) throws(ModelProblem) {
    guard let found = places[parameter.name]?.tensor.shape, found != parameter.shape else { return }
    throw .wrongShape(tensor: parameter.name, expected: parameter.shape, found: found)
  }

  /// The shape that the state of a weight records, checked when the folder is opened.
  private func checkFourBitShape(_ parameter: LlamaConfiguration.Parameter) throws(ModelProblem) {
    let shape: [Int]
    do {
      shape = try FourBitWeights.shape(of: parameter.name) { places[$0] }
    } catch {
      throw .fourBit(tensor: parameter.name, error)
    }
    guard shape == parameter.shape else {
      throw .wrongShape(tensor: parameter.name, expected: parameter.shape, found: shape)
    }
  }

  /// An output layer beside a tied embedding is no harm where it has the same numbers.
  private func checkTiedHead() throws(InterchangeError) {
    guard configuration.tiesEmbeddings, let head = places[LlamaConfiguration.headName],
      let embedding = places[LlamaConfiguration.embeddingName]
    else { return }
    guard head.tensor.shape == embedding.tensor.shape,
      try head.file.values(of: head.tensor) == embedding.file.values(of: embedding.tensor)
    else { throw .model(file: head.file.path, .tiedHeadDiffers) }
  }
}
