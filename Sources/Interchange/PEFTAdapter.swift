public import Adapters
internal import LinearAlgebra

/// A LoRA adapter as PEFT saves it: `adapter_config.json` beside `adapter_model.safetensors`.
///
/// The tensors of a module are named `base_model.model.`, its path, and
///
///     .lora_A.weight, .lora_B.weight                  [rank, in], [out, rank]
///     .lora_magnitude_vector                          [out], with DoRA
///     .lora_embedding_A, .lora_embedding_B            [rank, vocabulary], [dimensions, rank]
///
/// and a parameter that was trained as a whole has its own name. Source: PEFT 0.21.2.
public struct PEFTAdapter: Sendable {
  /// What every tensor's name begins with.
  public static let prefix = "base_model.model."
  static let configurationName = "adapter_config.json"
  static let weightsName = "adapter_model.safetensors"

  /// The path that was asked for: of the folder or of the file of weights.
  public let path: String
  public let configuration: PEFTConfiguration
  /// The file of weights.
  public let weights: Safetensors
  /// The modules that have an adapter, by their paths.
  public let modules: [Module]
  /// The parameters that were trained as a whole, by the names that they have in the base.
  public let replacements: [Replacement]

  /// A pair of factors and what goes with it.
  public struct Module: Equatable, Sendable {
    /// The path in the base, such as `model.layers.0.self_attn.q_proj`.
    public let path: String
    public let loraA: Safetensors.Tensor
    public let loraB: Safetensors.Tensor
    public let magnitude: Safetensors.Tensor?
    public let alpha: Double
    public let scaling: Double
    /// Whether the base stores the weight as [in, out]: embeddings, and what GPT-2 has.
    public let isTransposed: Bool

    public var rank: Int { loraA.shape[0] }
    /// The name of the weight in the base.
    public var weightName: String { path + ".weight" }
    /// The shape that the weight has in the base.
    public var weightShape: [Int] {
      let shape = [loraB.shape[0], loraA.shape[1]]
      return isTransposed ? shape.reversed() : shape
    }
  }

  /// A tensor that takes the place of one of the base.
  public struct Replacement: Equatable, Sendable {
    /// The name in the base.
    public let name: String
    public let tensor: Safetensors.Tensor
  }

  /// Whether a folder holds the configuration of an adapter.
  public static func isAdapter(folder: String) -> Bool {
    isDirectory(folder) && isThere(joined(folder, configurationName))
  }

  /// Opens an adapter, and checks its configuration and the names and shapes of its tensors.
  ///
  /// - Parameter path: The folder, or the file of weights beside which the configuration lies.
  /// - Throws: `unreadable`, `safetensors`, or `adapter` with what is wrong.
  public init(path: String) throws(InterchangeError) {
    let isFolder = isDirectory(path)
    let folder = isFolder ? path : parentFolder(path)
    let file = isFolder ? Self.joined(path, Self.weightsName) : path
    // A file of another kind is named as what it is, before anything beside it is missed.
    if !isFolder, try WeightsFile.format(of: path) != .safetensors {
      throw .unknownFormat(file: path, looksLike: "an adapter is a folder or a .safetensors file")
    }
    let configurationPath = Self.joined(folder, Self.configurationName)
    do {
      configuration = try PEFTConfiguration(path: configurationPath)
    } catch .unreadable(_, .missing) {
      throw .adapter(file: path, .noConfiguration)
    }
    if isFolder, !isThere(file), isThere(Self.joined(path, "adapter_model.bin")) {
      throw .adapter(file: path, .pickledWeights)
    }
    weights = try Safetensors(path: file)
    self.path = path
    do {
      (modules, replacements) = try Self.sorted(weights.tensors, configuration)
    } catch {
      throw .adapter(file: file, error)
    }
  }

  /// The factors of a module as numbers.
  ///
  /// - Throws: `safetensors` for a type that is not read, or `adapter` for numbers that are not finite.
  public func adapter(of module: Module) throws(InterchangeError) -> LoRAAdapter {
    func matrix(_ tensor: Safetensors.Tensor) throws(InterchangeError) -> Matrix {
      Matrix(
        rows: tensor.shape[0], columns: tensor.shape[1], values: try weights.values(of: tensor))
    }
    let loraA = try matrix(module.loraA)
    let loraB = try matrix(module.loraB)
    var magnitude: [Float]?
    if let tensor = module.magnitude { magnitude = try weights.values(of: tensor) }
    do {
      return try LoRAAdapter(
        loraA: loraA, loraB: loraB, scaling: module.scaling, magnitude: magnitude)
    } catch {
      throw .adapter(file: weights.path, .unusable(module: module.path, error))
    }
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}

extension PEFTAdapter {
  /// What a tensor is to its module.
  private enum Part: String, CaseIterable {
    case loraA = ".lora_A.weight"
    case loraB = ".lora_B.weight"
    case embeddingA = ".lora_embedding_A"
    case embeddingB = ".lora_embedding_B"
    case magnitude = ".lora_magnitude_vector"

    var isEmbedding: Bool { self == .embeddingA || self == .embeddingB }

    /// The part with which this one makes a pair.
    var partner: Part? {
      switch self {
      case .loraA: .loraB
      case .loraB: .loraA
      case .embeddingA: .embeddingB
      case .embeddingB: .embeddingA
      case .magnitude: nil
      }
    }
  }

  private static func sorted(
    _ tensors: [Safetensors.Tensor], _ configuration: PEFTConfiguration
  ) throws(Problem) -> (modules: [Module], replacements: [Replacement]) {
    var parts: [String: [Part: Safetensors.Tensor]] = [:]
    var replacements: [Replacement] = []
    for tensor in tensors {
      guard tensor.name.hasPrefix(prefix) else { throw .noPrefix(tensor: tensor.name) }
      let name = String(tensor.name.dropFirst(prefix.count))
      if let part = Part.allCases.first(where: { name.hasSuffix($0.rawValue) }) {
        parts[String(name.dropLast(part.rawValue.count)), default: [:]][part] = tensor
      } else if name.contains("lora_") {
        throw .unknownTensor(tensor: tensor.name)
      } else {
        // An embedding with an adapter is saved with its base weight.
        replacements.append(
          Replacement(name: name.replacing(".base_layer.", with: "."), tensor: tensor))
      }
    }
    guard !parts.isEmpty || !replacements.isEmpty else { throw .noTensors }
    var modules: [Module] = []
    for (path, parts) in parts.sorted(by: { $0.key < $1.key }) {
      modules.append(try module(path, parts, configuration))
    }
    return (modules, replacements.sorted { $0.name < $1.name })
  }

  private static func module(
    _ path: String, _ parts: [Part: Safetensors.Tensor], _ configuration: PEFTConfiguration
  ) throws(Problem) -> Module {
    for part in Part.allCases {
      if let tensor = parts[part], let partner = part.partner, parts[partner] == nil {
        throw .noPartner(
          tensor: tensor.name, missing: prefix + path + partner.rawValue)
      }
    }
    let isEmbedding = parts[.embeddingA] != nil
    guard let loraA = parts[.loraA] ?? parts[.embeddingA],
      let loraB = parts[.loraB] ?? parts[.embeddingB]
    else { throw .noPartner(tensor: prefix + path, missing: prefix + path + Part.loraA.rawValue) }
    if isEmbedding, parts[.loraA] != nil { throw .unknownTensor(tensor: loraA.name) }
    for tensor in [loraA, loraB] where tensor.shape.count != 2 {
      throw .notALinearLayer(tensor: tensor.name, shape: tensor.shape)
    }
    let (rank, alpha) = configuration.rankAndAlpha(of: path)
    guard loraA.shape[0] == loraB.shape[1] else {
      throw .factorsDoNotFit(module: path, loraA: loraA.shape, loraB: loraB.shape)
    }
    guard loraA.shape[0] > 0 else { throw .rankNotPositive(key: path, 0) }
    guard loraA.shape[0] == rank else {
      throw .otherRank(module: path, declared: rank, found: loraA.shape[0])
    }
    guard rank <= min(loraB.shape[0], loraA.shape[1]) else {
      throw .rankTooLarge(module: path, rank: rank, shape: [loraB.shape[0], loraA.shape[1]])
    }
    if configuration.usesDoRA, parts[.magnitude] == nil {
      throw .noPartner(tensor: loraA.name, missing: prefix + path + Part.magnitude.rawValue)
    }
    if let magnitude = parts[.magnitude] {
      guard configuration.usesDoRA else { throw .magnitudeWithoutDoRA(tensor: magnitude.name) }
      guard magnitude.count == loraB.shape[0] else {
        throw .magnitudeDoesNotFit(
          tensor: magnitude.name, count: magnitude.count, rows: loraB.shape[0])
      }
    }
    let scaling: Double
    do {
      scaling = try LoRAConfiguration(
        rank: rank, alpha: alpha, isRankStabilized: configuration.isRankStabilized
      ).scaling
    } catch {
      throw .unusable(module: path, error)
    }
    return Module(
      path: path, loraA: loraA, loraB: loraB, magnitude: parts[.magnitude], alpha: alpha,
      scaling: scaling, isTransposed: configuration.isTransposed || isEmbedding)
  }
}
