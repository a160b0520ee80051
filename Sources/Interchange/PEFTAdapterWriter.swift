public import LinearAlgebra

/// Writes a LoRA adapter as PEFT's `save_pretrained` does: `adapter_config.json` and
/// `adapter_model.safetensors`.
///
/// Names and settings are those that PEFT 0.21.2 reads. A module whose rank or alpha is not the
/// adapter's stands under its whole path in `rank_pattern` or `alpha_pattern`.
public enum PEFTAdapterWriter {
  /// What the tensors' names begin with; under another name PEFT would leave them out.
  static let prefix = "base_model.model."
  static let configurationName = "adapter_config.json"
  static let weightsName = "adapter_model.safetensors"

  /// The settings of an adapter as a whole.
  public struct Configuration: Equatable, Sendable {
    public var rank: Int
    public var alpha: Double
    /// Whether alpha is divided by the square root of the rank (rsLoRA).
    public var isRankStabilized = false
    /// Whether every module has a magnitude (DoRA).
    public var usesDoRA = false
    /// The ends of the paths of the modules that PEFT has to adapt, such as `q_proj`; nothing for the
    /// whole paths of the modules that are written.
    public var targets: [String]?
    /// The share of the adapter's input that training dropped.
    public var dropout = 0.0
    /// The folder or the name of the base model, for those who load the adapter.
    public var baseModel: String?
    public var taskType = "CAUSAL_LM"

    public init(rank: Int, alpha: Double) {
      self.rank = rank
      self.alpha = alpha
    }
  }

  /// The factors of one module.
  public struct Module: Equatable, Sendable {
    /// The path in the base, such as `model.layers.0.self_attn.q_proj`.
    public var path: String
    /// The down-projection, [rank, in].
    public var loraA: Matrix
    /// The up-projection, [out, rank].
    public var loraB: Matrix
    /// With DoRA, the length of every row of the merged weight, [out].
    public var magnitude: [Float]?
    /// The alpha of this module, where it is not that of the adapter.
    public var alpha: Double?

    public init(
      path: String, loraA: Matrix, loraB: Matrix, magnitude: [Float]? = nil, alpha: Double? = nil
    ) {
      self.path = path
      self.loraA = loraA
      self.loraB = loraB
      self.magnitude = magnitude
      self.alpha = alpha
    }
  }

  /// Why an adapter cannot be written.
  public enum Problem: Error, Equatable, Sendable {
    case noModules
    case malformedPath(String)
    case duplicateModule(String)
    case rankNotPositive(Int)
    case alphaNotUsable(Double)
    case dropoutOutOfRange(Double)
    case factorsDoNotFit(module: String, loraA: [Int], loraB: [Int])
    case magnitudeDoesNotFit(module: String, count: Int, rows: Int)
    case magnitudeMissing(module: String)
    case magnitudeWithoutDoRA(module: String)
    case notFinite(module: String, part: String)
    /// A module that no target names: PEFT would leave it out.
    case notATarget(module: String)
    /// A target that names no module.
    case idleTarget(String)
  }

  /// Writes both files or neither.
  ///
  /// - Parameters:
  ///   - modules: The adapted modules, in any order.
  ///   - configuration: The settings of the adapter.
  ///   - path: The folder, which is made if there is none.
  /// - Throws: `adapterToWrite` with what is wrong, or `unwritable`; earlier files are then untouched.
  public static func write(
    _ modules: [Module], configuration: Configuration, to path: String
  ) throws(InterchangeError) {
    try Folder.write(files(modules, configuration: configuration, for: path), to: path)
  }

  /// Both files as they would be written.
  ///
  /// - Throws: As `write`, with the folder that the files are for.
  public static func files(
    _ modules: [Module], configuration: Configuration, for path: String
  ) throws(InterchangeError) -> [(name: String, bytes: [UInt8])] {
    do throws(Problem) {
      try check(modules, configuration)
    } catch {
      throw .adapterToWrite(folder: path, error)
    }
    let bytes: [UInt8]
    do throws(Safetensors.Problem) {
      bytes = try Safetensors.serialized(modules.flatMap(tensors), metadata: [("format", "pt")])
    } catch {
      throw .safetensors(file: Folder.joined(path, weightsName), error)
    }
    let text = configurationText(configuration, modules)
    return [(weightsName, bytes), (configurationName, Array(text.utf8))]
  }

  private static func tensors(of module: Module) -> [Safetensors.NewTensor] {
    let name = prefix + module.path
    var tensors = [
      Safetensors.NewTensor(
        name: name + ".lora_A.weight", shape: [module.loraA.rows, module.loraA.columns],
        values: module.loraA.values),
      Safetensors.NewTensor(
        name: name + ".lora_B.weight", shape: [module.loraB.rows, module.loraB.columns],
        values: module.loraB.values),
    ]
    if let magnitude = module.magnitude {
      tensors.append(
        .init(name: name + ".lora_magnitude_vector", shape: [magnitude.count], values: magnitude))
    }
    return tensors
  }

  /// The text of `adapter_config.json`.
  static func configurationText(_ configuration: Configuration, _ modules: [Module]) -> String {
    func number(_ value: Double) -> JSONValue {
      Int(exactly: value).map { JSONValue.whole($0) } ?? .float(value)
    }
    let modules = modules.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let ranks = modules.filter { $0.loraA.rows != configuration.rank }.map {
      ($0.path, JSONValue.whole($0.loraA.rows))
    }
    let alphas = modules.compactMap { module in
      module.alpha.flatMap { $0 == configuration.alpha ? nil : (module.path, number($0)) }
    }
    let targets = (configuration.targets ?? modules.map(\.path)).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    return JSONValue.members([
      ("peft_type", .string("LORA")), ("task_type", .string(configuration.taskType)),
      ("base_model_name_or_path", configuration.baseModel.map { JSONValue.string($0) } ?? .null),
      ("r", .whole(configuration.rank)), ("lora_alpha", number(configuration.alpha)),
      ("rank_pattern", .members(ranks)), ("alpha_pattern", .members(alphas)),
      ("target_modules", .array(targets.map { JSONValue.string($0) })),
      ("use_rslora", .bool(configuration.isRankStabilized)),
      ("use_dora", .bool(configuration.usesDoRA)),
      ("lora_dropout", .float(configuration.dropout)), ("bias", .string("none")),
      ("fan_in_fan_out", .bool(false)), ("inference_mode", .bool(true)),
      ("init_lora_weights", .bool(true)), ("modules_to_save", .null),
    ]).pythonText()
  }
}
