public import LinearAlgebra
internal import Quantization

/// An adapter at the start of training, and the frozen weight that goes with it.
public struct Initialization: Equatable, Sendable {
  public let adapter: LoRAAdapter
  /// The weight to freeze: the original, or what remains of it where the adapter starts with a part.
  public let baseWeight: Matrix
}

extension LoRAAdapter {
  /// How the entries of A are drawn where B starts at zero.
  public enum RandomStart: Sendable {
    /// Uniform in ±1/√in: what PyTorch's `kaiming_uniform` with a = √5 comes to for [rank, in].
    case kaiming
    /// Normal with standard deviation 1/rank.
    case gaussian
  }

  /// An adapter that changes nothing yet: A random, B zero.
  ///
  /// - Throws: `AdapterError` where the rank does not suit the weight.
  public static func start(
    _ start: RandomStart = .kaiming, for weight: Matrix, _ configuration: LoRAConfiguration,
    using generator: inout RandomGenerator
  ) throws(AdapterError) -> Initialization {
    try check(configuration.rank, weight)
    let rank = configuration.rank
    let loraA: Matrix
    switch start {
    case .kaiming:
      let bound = 1 / Double(weight.columns).squareRoot()
      loraA = .randomUniform(
        rows: rank, columns: weight.columns, in: -bound..<bound, using: &generator)
    case .gaussian:
      loraA = .randomNormal(
        rows: rank, columns: weight.columns, standardDeviation: 1 / Double(rank),
        using: &generator)
    }
    return Initialization(
      adapter: try LoRAAdapter(
        loraA: loraA, loraB: .zeros(rows: weight.rows, columns: rank),
        scaling: configuration.scaling), baseWeight: weight)
  }

  /// PiSSA: the adapter starts as the best approximation of its rank, and the weight keeps the rest.
  ///
  /// Source: Meng et al. 2024, arXiv:2404.02948.
  ///
  /// - Throws: `AdapterError` where the rank does not suit, or `LinearAlgebraError`.
  public static func pissa(
    _ weight: Matrix, _ configuration: LoRAConfiguration
  ) throws -> Initialization {
    try check(configuration.rank, weight)
    let (loraA, loraB) = try factors(
      of: weight, rank: configuration.rank, dividedBy: configuration.scaling)
    return try residual(weight, loraA, loraB, configuration.scaling)
  }

  /// OLoRA: the adapter starts with the first rows and columns of a QR decomposition.
  ///
  /// Unlike PiSSA it does not divide by the scaling, as in PEFT. Source: Büyükakyüz 2024,
  /// arXiv:2406.01775.
  ///
  /// - Throws: `AdapterError` where the rank does not suit, or `LinearAlgebraError`.
  public static func olora(
    _ weight: Matrix, _ configuration: LoRAConfiguration
  ) throws -> Initialization {
    try check(configuration.rank, weight)
    let rank = configuration.rank
    let qr = try QRDecomposition(weight)
    return try residual(
      weight, qr.triangular[rows: 0..<rank, columns: 0..<weight.columns],
      qr.orthogonal[rows: 0..<weight.rows, columns: 0..<rank], configuration.scaling)
  }

  /// LoftQ: the base is quantized to NF4, and the adapter takes back what that lost, by turns.
  ///
  /// Starting from B A = 0, each iteration sets Q = nf4(W − B A) and B A to the best approximation
  /// of W − Q. As in PEFT the factors are not divided by the scaling, so the result only approximates
  /// W where `alpha` equals the rank. Source: Li et al. 2023, arXiv:2310.08659.
  ///
  /// - Returns: The start after the last iteration, and ‖W − Q − B A‖ after each.
  /// - Throws: `AdapterError`, `LinearAlgebraError`, or `QuantizationError` for weights that are not finite.
  public static func loftQ(
    _ weight: Matrix, _ configuration: LoRAConfiguration, iterations: Int, blockSize: Int = 64
  ) throws -> (start: Initialization, errors: [Double]) {
    try check(configuration.rank, weight)
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: blockSize)
    var product = Matrix.zeros(rows: weight.rows, columns: weight.columns)
    var base = weight
    var factors = (
      loraA: Matrix.zeros(rows: configuration.rank, columns: weight.columns),
      loraB: Matrix.zeros(rows: weight.rows, columns: configuration.rank)
    )
    var errors: [Double] = []
    for _ in 0..<max(iterations, 1) {
      base = try quantizer.quantize(weight - product).dequantizedMatrix()
      factors = try self.factors(of: weight - base, rank: configuration.rank, dividedBy: 1)
      product = factors.loraB.multiplied(by: factors.loraA)
      errors.append((weight - base - product).norm)
    }
    let adapter = try LoRAAdapter(
      loraA: factors.loraA, loraB: factors.loraB, scaling: configuration.scaling)
    return (Initialization(adapter: adapter, baseWeight: base), errors)
  }

  /// What quantization lost of a weight, as far as the rank goes: s B A is the best approximation of W − Ŵ.
  ///
  /// It is LoftQ's first iteration for a base that stays as it was quantized, so that an adapter's files
  /// hold all of it. Where the scaling is 1, the factors are those of PEFT's `replace_lora_weights_loftq`,
  /// which does not divide by it; then W is approximated only there.
  ///
  /// - Parameters:
  ///   - quantized: Ŵ, as wide and as high as the weight.
  ///   - weight: W.
  ///   - configuration: The rank and the scaling.
  /// - Returns: The adapter, and Ŵ as the weight to freeze.
  /// - Throws: `AdapterError` where the rank does not suit, or `LinearAlgebraError`.
  public static func takingBack(
    whatIsLostBy quantized: Matrix, of weight: Matrix, _ configuration: LoRAConfiguration
  ) throws -> Initialization {
    try check(configuration.rank, weight)
    let (loraA, loraB) = try factors(
      of: weight - quantized, rank: configuration.rank, dividedBy: configuration.scaling)
    return Initialization(
      adapter: try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: configuration.scaling),
      baseWeight: quantized)
  }

  /// DoRA: gives an adapter the row lengths of the weight that it starts from.
  ///
  /// - Throws: `AdapterError.doesNotFitWeight`.
  public func withMagnitude(of weight: Matrix) throws(AdapterError) -> LoRAAdapter {
    try check(weight)
    return try LoRAAdapter(
      loraA: loraA, loraB: loraB, scaling: scaling,
      magnitude: (weight + deltaWeight).rowNorms.map { Float($0) })
  }

  private static func check(_ rank: Int, _ weight: Matrix) throws(AdapterError) {
    guard rank <= min(weight.rows, weight.columns) else {
      throw .rankTooLarge(rank: rank, rows: weight.rows, columns: weight.columns)
    }
  }

  /// Balanced factors of the best approximation of a rank: A = √(S/d) Vᵀ, B = U √(S/d).
  static func factors(
    of weight: Matrix, rank: Int, dividedBy divisor: Double
  ) throws(LinearAlgebraError) -> (loraA: Matrix, loraB: Matrix) {
    let svd = try SingularValueDecomposition(weight)
    let count = svd.values.count
    let roots = svd.values.prefix(rank).map { ($0 / divisor).squareRoot() }
    var loraA = Matrix.zeros(rows: rank, columns: weight.columns)
    var loraB = Matrix.zeros(rows: weight.rows, columns: rank)
    for index in 0..<rank {
      for column in 0..<weight.columns {
        loraA[index, column] = Float(roots[index] * svd.right[index * weight.columns + column])
      }
      for row in 0..<weight.rows {
        loraB[row, index] = Float(svd.left[row * count + index] * roots[index])
      }
    }
    return (loraA, loraB)
  }

  private static func residual(
    _ weight: Matrix, _ loraA: Matrix, _ loraB: Matrix, _ scaling: Double
  ) throws(AdapterError) -> Initialization {
    let adapter = try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: scaling)
    return Initialization(adapter: adapter, baseWeight: weight - adapter.deltaWeight)
  }
}
