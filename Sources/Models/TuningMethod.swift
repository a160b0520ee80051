public import Adapters

/// How a model is trained: all its weights, or adapters beside frozen ones.
public enum TuningMethod: Sendable {
  /// Every weight is trained.
  case full
  /// Nothing is trained: the model as it is, for evaluation.
  case frozen
  /// Adapters beside frozen weights in single precision.
  case lora(LoRATuning)
  /// Adapters beside frozen weights in four bits. All linear layers of the decoder are quantized, whether
  /// they have an adapter or not.
  case qlora(LoRATuning)

  /// Whether elements are dropped in training.
  var drops: Bool {
    switch self {
    case .full, .frozen: false
    case .lora(let tuning), .qlora(let tuning): tuning.dropout > 0
    }
  }
}

/// The adapters of a model.
public struct LoRATuning: Sendable {
  /// Where an adapter starts.
  public enum Start: Sendable {
    case random(LoRAAdapter.RandomStart)
    case pissa
    case olora
    case loftQ(iterations: Int)
    /// What four bits lost of the weight; the weight in four bits stays what it is without an adapter.
    case whatFourBitsLost
    /// The adapters of an earlier training, by the names of their layers.
    case given([String: LoRAAdapter])
  }

  /// The rank and the scaling; nil where adapters are given.
  public let configuration: LoRAConfiguration?
  /// The layers that have an adapter.
  public let targets: LayerTargets
  public let start: Start
  public let usesDoRA: Bool
  /// The probability that an element of an adapter's input is dropped in training.
  public let dropout: Double
  /// The seed of random starts.
  public let seed: UInt64

  public init(
    _ configuration: LoRAConfiguration, targets: LayerTargets = .allLinear,
    start: Start = .random(.kaiming), usesDoRA: Bool = false, dropout: Double = 0, seed: UInt64 = 0
  ) {
    self.configuration = configuration
    self.targets = targets
    self.start = start
    self.usesDoRA = usesDoRA
    self.dropout = dropout
    self.seed = seed
  }

  /// Goes on with adapters that exist, each beside the layer of its name.
  public init(_ adapters: [String: LoRAAdapter], dropout: Double = 0) {
    configuration = nil
    targets = LayerTargets(adapters.keys.sorted())
    start = .given(adapters)
    usesDoRA = false
    self.dropout = dropout
    seed = 0
  }
}

/// The linear layers that are chosen, by name.
///
/// A target is a layer's whole name or its end from a dot on, as in PEFT: `q_proj` chooses the layer of
/// every block, `layers.0.self_attn.q_proj` that of the first. `*` in a target stands for any letters.
public struct LayerTargets: Equatable, Sendable {
  /// Every linear layer of the decoder.
  public static let allLinear = LayerTargets(["*"])

  public let patterns: [String]

  public init(_ patterns: [String]) { self.patterns = patterns }

  /// Whether a layer of a name is chosen.
  public func contains(_ name: String) -> Bool {
    patterns.contains { pattern in
      Self.matches(Array(pattern.utf8)[...], Array(name.utf8)[...])
        || name.utf8.indices.contains { index in
          name.utf8[index] == UInt8(ascii: ".")
            && Self.matches(
              Array(pattern.utf8)[...], Array(name.utf8[index...].dropFirst())[...])
        }
    }
  }

  private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == UInt8(ascii: "*") {
      return matches(pattern.dropFirst(), name)
        || !name.isEmpty && matches(pattern, name.dropFirst())
    }
    return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
  }
}
