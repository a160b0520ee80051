internal import Quantization

/// What the memory of a training is taken by.
public enum MemoryKind: String, CaseIterable, Sendable {
  /// The weights of the model, in 32, 16 or 4 bits.
  case base
  /// The factors A and B.
  case adapter
  /// The copy in 32 bits of trained weights that are used in 16.
  case copy
  case gradients
  /// What the optimiser remembers of each trained weight.
  case optimizer
  /// What the forward pass leaves for the way back.
  case activations
  /// The gradients of activations that are alive at the fullest moment.
  case inputGradients
  /// The one weight that is written out from four bits, or merged with its adapter, at a time.
  case weightBuffer
}

/// The memory that a training takes, computed from the sides of the matrices and from the settings.
///
/// It counts what every implementation has to keep. A process takes more: its libraries, memory that its
/// allocator does not give back, and results that an implementation keeps although it could compute them
/// again. What the rules are taken from stands beside each.
public struct MemoryModel: Equatable, Sendable {
  public enum Method: String, CaseIterable, Sendable {
    /// Every weight is trained.
    case full
    /// Adapters beside a base in the precision of the training.
    case lora
    /// Adapters beside a base whose linear layers are in four bits.
    case qlora
  }

  /// Which linear layers have an adapter.
  public enum Targets: String, CaseIterable, Sendable {
    /// The two of the LoRA paper.
    case queryValue = "q,v"
    case attention
    /// All of a block, as in the QLoRA paper.
    case all
  }

  /// In how many bytes numbers are kept.
  public enum Precision: String, CaseIterable, Sendable {
    /// All in 32 bits.
    case single = "f32"
    /// Weights, gradients and activations in 16 bits, the optimiser in 32: the sum of the QLoRA paper.
    case mixed = "bf16"
    /// The same with a copy of the trained weights in 32 bits, to which small steps are added. Source:
    /// Micikevicius et al. 2018, arXiv:1710.03740.
    case mixedWithCopy = "bf16+f32"

    /// The bytes of a weight, of its gradient and of an activation.
    public var bytes: Double { self == .single ? 4 : 2 }
    /// The bytes of the copy.
    public var copyBytes: Double { self == .mixedWithCopy ? 4 : 0 }
  }

  public enum Optimizer: String, CaseIterable, Sendable {
    /// Two moments in 32 bits. Source: Loshchilov and Hutter 2019, arXiv:1711.05101.
    case adamW = "adamw"
    /// Two moments in 8 bits, with an absmax for every 256 of them. Source: Dettmers et al. 2022,
    /// arXiv:2110.02861; the size of blocks is that of bitsandbytes since 0.44 (2048 before).
    case adamW8bit = "adamw8bit"
    /// No memory: plain descent without momentum.
    case sgd

    /// The bytes for each trained weight.
    public var bytes: Double {
      switch self {
      case .adamW: 8
      case .adamW8bit: 2 * (1 + 4.0 / 256)
      case .sgd: 0
      }
    }
  }

  public var shape: ModelShape
  public var method: Method
  public var rank: Int
  public var targets: Targets
  public var precision: Precision
  public var optimizer: Optimizer
  /// The sequences of a step.
  public var batch: Int
  /// The tokens of a sequence.
  public var length: Int
  /// Whether only the input of each block is kept, and the rest computed again on the way back.
  ///
  /// Source: Chen et al. 2016, arXiv:1604.06174.
  public var checkpointing: Bool
  /// Whether the absmax values are quantized too.
  public var doubleQuantization: Bool
  /// Whether a layer computes with W + s B A written out, as this course's trainer does, instead of
  /// sending its input through both branches, as PEFT does.
  public var mergesAdapters: Bool

  public init(
    _ shape: ModelShape, method: Method, rank: Int = 64, targets: Targets = .all,
    precision: Precision = .mixed, optimizer: Optimizer = .adamW, batch: Int = 1,
    length: Int = 512, checkpointing: Bool = false, doubleQuantization: Bool = true,
    mergesAdapters: Bool = false
  ) {
    self.shape = shape
    self.method = method
    self.rank = rank
    self.targets = targets
    self.precision = precision
    self.optimizer = optimizer
    self.batch = batch
    self.length = length
    self.checkpointing = checkpointing
    self.doubleQuantization = doubleQuantization
    self.mergesAdapters = mergesAdapters
  }

  public static let largestRank = 1 << 16
  public static let largestBatch = 1 << 16
  public static let longestSequence = 1 << 20

  /// - Throws: `TrainingError.setting` for the first setting that is not usable.
  public func check() throws(TrainingError) {
    try shape.check()
    let settings = [
      ("rank", rank, Self.largestRank), ("batch", batch, Self.largestBatch),
      ("length", length, Self.longestSequence),
    ]
    for (name, value, most) in settings where !(1...most).contains(value) {
      throw .setting(name: name, value: Double(value), needed: "from 1 to \(most)")
    }
  }

  /// The tokens of a step.
  public var tokens: Int { batch * length }

  /// The linear layers of a block that have an adapter.
  public var adapted: [ModelShape.Linear] {
    guard method != .full else { return [] }
    return shape.linears.filter { linear in
      switch targets {
      case .queryValue: linear == .query || linear == .value
      case .attention: [.query, .key, .value, .output].contains(linear)
      case .all: true
      }
    }
  }

  /// The numbers of A and B in all layers: r (in + out) for each.
  public var adapterCount: Int {
    shape.layers
      * adapted.reduce(0) { sum, linear in
        let sides = shape.sides(of: linear)
        return sum + rank * (sides.inputs + sides.outputs)
      }
  }

  /// The numbers that training changes.
  public var trainedCount: Int { method == .full ? shape.parameterCount : adapterCount }

  /// The bytes of a kind.
  public func bytes(of kind: MemoryKind) -> Double {
    let trained = Double(trainedCount)
    return switch kind {
    case .base: baseBytes
    case .adapter: Double(adapterCount) * precision.bytes
    case .copy: trained * precision.copyBytes
    case .gradients: trained * precision.bytes
    case .optimizer: trained * optimizer.bytes
    case .activations: peak.activations
    case .inputGradients: peak.inputGradients
    case .weightBuffer: weightBufferBytes
    }
  }

  /// The bytes of all kinds together.
  public var total: Double { MemoryKind.allCases.reduce(0) { $0 + bytes(of: $1) } }

  /// The bytes that do not depend on the batch.
  public var fixed: Double {
    total - bytes(of: .activations) - bytes(of: .inputGradients)
  }

  // MARK: The base

  /// All weights in the precision of the training, or with QLoRA the linear layers in four bits.
  ///
  /// NF4 in blocks of 64 takes 4.5 bits a weight, or 4.127 with double quantization. Source: Dettmers et
  /// al. 2023, arXiv:2305.14314, section 3.
  private var baseBytes: Double {
    let others = Double(shape.otherCount) * precision.bytes
    guard method == .qlora else { return others + Double(shape.linearCount) * precision.bytes }
    let block = shape.linears.reduce(0.0) { $0 + fourBitBytes(shape.count(of: $1)) }
    return others + Double(shape.layers) * block
  }

  private func fourBitBytes(_ count: Int) -> Double {
    let storage = try? QuantizationStorage(
      count: count, blockSize: 64, doubleQuantized: doubleQuantization)
    return Double(storage?.total ?? 0)
  }

  /// With QLoRA the largest linear layer in the precision of the training, and with merging adapters the
  /// largest that has one.
  private var weightBufferBytes: Double {
    let writtenOut = method == .qlora ? shape.linears : mergesAdapters ? adapted : []
    let largest = writtenOut.map(shape.count(of:)).max() ?? 0
    return Double(largest) * precision.bytes
  }
}
