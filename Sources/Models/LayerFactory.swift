internal import Adapters
internal import Autograd
internal import LinearAlgebra
internal import Quantization

/// Makes the linear layers of a model in the form that a method of training needs.
struct LayerFactory {
  let weights: ModelWeights
  let method: TuningMethod
  /// The names of all linear layers that were made, and of those with an adapter.
  private(set) var names: [String] = []
  private(set) var adapted: [String] = []
  private var generator: RandomGenerator

  init(weights: ModelWeights, method: TuningMethod) {
    self.weights = weights
    self.method = method
    switch method {
    case .lora(let tuning), .qlora(let tuning): generator = RandomGenerator(seed: tuning.seed)
    case .full, .frozen: generator = RandomGenerator(seed: 0)
    }
  }

  private var trainsEverything: Bool {
    if case .full = method { true } else { false }
  }

  /// A weight that is no linear layer: a norm, an embedding, a bias.
  func parameter(_ name: String, shape: [Int]) throws(ModelError) -> Parameter {
    Parameter(
      name: name, shape: shape, values: try weights.values(name, shape: shape),
      isTrainable: trainsEverything)
  }

  /// A linear layer.
  ///
  /// - Parameters:
  ///   - name: The name of the layer; that of its weight ends in `.weight`.
  ///   - inputs: The number of columns of the weight.
  ///   - outputs: The number of rows of the weight.
  ///   - hasBias: Whether there is a weight that ends in `.bias`.
  ///   - mayAdapt: Whether the layer can have an adapter, and be quantized.
  /// - Returns: The layer in the form that the method needs.
  /// - Throws: `ModelError`, `AdapterError`, `QuantizationError` or `LinearAlgebraError`.
  mutating func linear(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = false, mayAdapt: Bool = true
  ) throws -> any LinearLayer {
    let shape = [outputs, inputs]
    let bias = hasBias ? try parameter(name + ".bias", shape: [outputs]) : nil
    if mayAdapt { names.append(name) }
    switch method {
    case .lora(let tuning) where mayAdapt && tuning.targets.contains(name):
      let start = try start(name, shape, tuning)
      let weight = Parameter(
        name: name + ".weight", shape: shape, values: start.baseWeight.values, isTrainable: false)
      return try LoRALinear(
        Linear(weight: weight, bias: bias), name: name, adapter: start.adapter,
        dropout: tuning.dropout)
    case .qlora(let tuning) where mayAdapt:
      guard tuning.targets.contains(name) else {
        let weight = try fourBit(name, shape)
        return Linear(
          weight: Parameter(name: name + ".weight", shape: shape, compressed: weight), bias: bias)
      }
      let start = try start(name, shape, tuning)
      let weight =
        tuning.keepsWeight
        ? try fourBit(name, shape)
        : try FourBitWeight(quantizing: start.baseWeight.values, shape: shape)
      return try QLoRALinear(
        weight, bias: bias, name: name, adapter: start.adapter, dropout: tuning.dropout)
    default:
      return Linear(weight: try parameter(name + ".weight", shape: shape), bias: bias)
    }
  }

  /// - Throws: `ModelError.noTarget` if no layer has an adapter, or one that is given has no layer.
  func checkTargets() throws(ModelError) {
    let tuning: LoRATuning
    switch method {
    case .full, .frozen: return
    case .lora(let chosen), .qlora(let chosen): tuning = chosen
    }
    if case .given(let adapters) = tuning.start {
      let strangers = adapters.keys.filter { !adapted.contains($0) }.sorted()
      guard strangers.isEmpty else { throw .noTarget(targets: strangers, layers: names) }
    }
    if adapted.isEmpty { throw .noTarget(targets: tuning.targets.patterns, layers: names) }
  }

  /// The codes of the file where it has some, else those of the weight.
  private func fourBit(_ name: String, _ shape: [Int]) throws -> FourBitWeight {
    switch try weights.weight(name + ".weight", shape: shape) {
    case .fourBit(let tensor, _): FourBitWeight(tensor, shape: shape)
    case .dense(let values, _): try FourBitWeight(quantizing: values, shape: shape)
    }
  }

  private mutating func start(
    _ name: String, _ shape: [Int], _ tuning: LoRATuning
  ) throws -> (adapter: LoRAAdapter, baseWeight: Matrix) {
    adapted.append(name)
    let weight = Matrix(
      rows: shape[0], columns: shape[1], values: try weights.values(name + ".weight", shape: shape))
    if case .given(let adapters) = tuning.start, let adapter = adapters[name] {
      return (adapter, weight)
    }
    guard let configuration = tuning.configuration else { throw ModelError.missingWeight(name) }
    let start =
      switch tuning.start {
      case .given: throw ModelError.missingWeight(name)
      case .random(let start):
        try LoRAAdapter.start(start, for: weight, configuration, using: &generator)
      case .pissa: try LoRAAdapter.pissa(weight, configuration)
      case .olora: try LoRAAdapter.olora(weight, configuration)
      case .loftQ(let iterations):
        try LoRAAdapter.loftQ(weight, configuration, iterations: iterations).start
      case .whatFourBitsLost: try takenBack(name, weight, configuration)
      }
    guard tuning.usesDoRA else { return (start.adapter, start.baseWeight) }
    // DoRA starts with the row lengths of the weight that will stand there.
    var frozen = start.baseWeight
    if case .qlora = method {
      let weight =
        tuning.keepsWeight
        ? try fourBit(name, shape) : try FourBitWeight(quantizing: frozen.values, shape: shape)
      frozen.values = weight.dequantized()
    }
    return (try start.adapter.withMagnitude(of: frozen), start.baseWeight)
  }
}

extension LayerFactory {
  /// - Throws: `ModelError.nothingLost` for a weight that four bits hold as it is: both factors would be
  ///   zero, and so would be their gradients.
  private func takenBack(
    _ name: String, _ weight: Matrix, _ configuration: LoRAConfiguration
  ) throws -> Initialization {
    var quantized = weight
    quantized.values = try fourBit(name, [weight.rows, weight.columns]).dequantized()
    guard quantized != weight else { throw ModelError.nothingLost(name) }
    return try LoRAAdapter.takingBack(whatIsLostBy: quantized, of: weight, configuration)
  }
}

extension LoRATuning {
  /// Whether the frozen weight stays the one of the file.
  fileprivate var keepsWeight: Bool {
    switch start {
    case .random, .given, .whatFourBitsLost: true
    case .pissa, .olora, .loftQ: false
    }
  }
}
