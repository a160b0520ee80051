/// What `adapter_config.json` says about a LoRA adapter, as PEFT 0.21.2 writes and reads it.
public struct PEFTConfiguration: Sendable {
  /// The rank and alpha of modules that no pattern names; PEFT's default is 8 for both.
  public let rank: Int
  public let alpha: Double
  /// Ranks and alphas of modules whose path ends as a pattern says, in the order of the file.
  public let rankPattern: [(key: String, value: Int)]
  public let alphaPattern: [(key: String, value: Double)]
  /// Whether alpha is divided by the square root of the rank.
  public let isRankStabilized: Bool
  public let usesDoRA: Bool
  /// Whether the weights of the base are stored as [in, out], as GPT-2's are.
  public let isTransposed: Bool
  /// The modules that were asked for: names, or one regular expression.
  public let targets: [String]
  /// The modules that were trained as a whole.
  public let modulesToSave: [String]
  /// The base that the adapter was trained on.
  public let baseModel: String?
  /// How the factors were started, where it was not PEFT's default.
  public let start: String?

  /// Starts that take a part out of the base weight, which then is another than the original.
  public static let startsThatChangeTheBase = ["pissa", "olora", "corda", "loftq", "lora_ga"]

  /// Whether the adapter belongs to a base that its start has changed.
  public var changesBase: Bool {
    start.map { start in Self.startsThatChangeTheBase.contains { start.hasPrefix($0) } } ?? false
  }

  /// The rank and alpha of a module: those of the first pattern that its path ends with.
  func rankAndAlpha(of module: String) -> (rank: Int, alpha: Double) {
    (
      rankPattern.first { PEFTPattern.matches($0.key, module) }?.value ?? rank,
      alphaPattern.first { PEFTPattern.matches($0.key, module) }?.value ?? alpha
    )
  }
}

extension PEFTConfiguration {
  typealias Problem = PEFTAdapter.Problem

  /// A configuration of this many bytes is a mistake.
  static let largestFile = 4 << 20

  /// Settings whose mathematics is not known here: refused unless they have a value that is listed.
  private static let unknownMathematics = [
    "alora_invocation_tokens", "arrow_config", "kasa_config", "layer_replication", "lora_bias",
    "monteclora_config", "target_parameters", "trainable_token_indices", "use_bdlora",
    "use_qalora", "velora_config",
  ]

  /// Reads the file.
  init(path: String) throws(InterchangeError) {
    let file = try MemoryMappedFile(path: path)
    do {
      guard file.count <= Self.largestFile else { throw Problem.configurationTooLarge(file.count) }
      let text = file.copy(0..<file.count)
      if let offset = firstInvalidUTF8(in: text) { throw Problem.notUTF8(offset: offset) }
      try self.init(parsing: text)
    } catch let error as JSONError {
      if let name = error.duplicate { throw .adapter(file: path, .duplicateKey(name)) }
      throw .adapter(file: path, .notJSON(offset: error.offset, reason: error.reason))
    } catch let problem as Problem {
      throw .adapter(file: path, problem)
    } catch {
      throw .adapter(file: path, .notAnObject)
    }
  }

  private init(parsing text: [UInt8]) throws {
    guard case .object(let members) = try JSONParser.parse(text) else { throw Problem.notAnObject }
    let reader = Fields(members: members)
    guard let kind = try reader.text("peft_type") else { throw Problem.missingKey("peft_type") }
    guard kind == "LORA" else { throw Problem.otherMethod(kind) }
    for key in Self.unknownMathematics where reader.isSet(key) {
      throw Problem.notSupported(key: key)
    }
    rank = try reader.whole("r") ?? 8
    guard rank > 0 else { throw Problem.rankNotPositive(key: "r", rank) }
    alpha = try reader.number("lora_alpha") ?? 8
    guard alpha.isFinite, alpha > 0 else { throw Problem.alphaNotUsable(key: "lora_alpha", alpha) }
    rankPattern = try reader.pattern("rank_pattern").map { key, value throws(Problem) in
      let rank = try Fields.whole(value, "rank_pattern")
      guard rank > 0 else { throw .rankNotPositive(key: key, rank) }
      return (key, rank)
    }
    alphaPattern = try reader.pattern("alpha_pattern").map { key, value throws(Problem) in
      let alpha = try Fields.number(value, "alpha_pattern")
      guard alpha.isFinite, alpha > 0 else { throw .alphaNotUsable(key: key, alpha) }
      return (key, alpha)
    }
    isRankStabilized = try reader.flag("use_rslora")
    usesDoRA = try reader.flag("use_dora")
    isTransposed = try reader.flag("fan_in_fan_out")
    targets = try reader.texts("target_modules")
    modulesToSave = try reader.texts("modules_to_save")
    baseModel = try reader.text("base_model_name_or_path")
    if case .string(let start) = reader.value("init_lora_weights") {
      self.start = start
    } else {
      start = nil
    }
  }

  /// The members of the object; one that is `null` counts as not there.
  private struct Fields {
    let members: [JSONValue.Member]

    func value(_ key: String) -> JSONValue? {
      let value = members.first { $0.name == key }?.value
      return value == .null ? nil : value
    }

    /// Whether a setting says anything: neither null, nor false, nor an empty list.
    func isSet(_ key: String) -> Bool {
      switch value(key) {
      case nil, .bool(false), .array([]), .object([]): false
      default: true
      }
    }

    func text(_ key: String) throws(Problem) -> String? {
      guard let value = value(key) else { return nil }
      guard case .string(let text) = value else {
        throw .wrongValue(key: key, expected: "a text")
      }
      return text
    }

    func flag(_ key: String) throws(Problem) -> Bool {
      guard let value = value(key) else { return false }
      guard case .bool(let flag) = value else {
        throw .wrongValue(key: key, expected: "true or false")
      }
      return flag
    }

    func whole(_ key: String) throws(Problem) -> Int? {
      guard let value = value(key) else { return nil }
      return try Self.whole(value, key)
    }

    func number(_ key: String) throws(Problem) -> Double? {
      guard let value = value(key) else { return nil }
      return try Self.number(value, key)
    }

    func texts(_ key: String) throws(Problem) -> [String] {
      switch value(key) {
      case nil: return []
      case .string(let text): return [text]
      case .array(let elements):
        var texts: [String] = []
        for element in elements {
          guard case .string(let text) = element else { break }
          texts.append(text)
        }
        if texts.count == elements.count { return texts }
      default: break
      }
      throw .wrongValue(key: key, expected: "a list of names")
    }

    func pattern(_ key: String) throws(Problem) -> [(String, JSONValue)] {
      switch value(key) {
      case nil: return []
      case .object(let members):
        for member in members where !PEFTPattern.isValid(member.name) {
          throw .malformedPattern(member.name)
        }
        return members.map { ($0.name, $0.value) }
      default: throw .wrongValue(key: key, expected: "an object")
      }
    }

    static func whole(_ value: JSONValue, _ key: String) throws(Problem) -> Int {
      guard case .number(let text) = value, let number = Int(text) else {
        throw .wrongValue(key: key, expected: "a whole number")
      }
      return number
    }

    static func number(_ value: JSONValue, _ key: String) throws(Problem) -> Double {
      guard case .number(let text) = value, let number = Double(text) else {
        throw .wrongValue(key: key, expected: "a number")
      }
      return number
    }
  }
}
