internal import Adapters
internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Training

/// What full fine-tuning and adapters of some ranks change in the base model when they learn the same divisions:
/// the singular values of the changes, how much of their directions they share, and intruders.
public struct ExamUpdateGeometry: Experiment, Hashable {
  /// The ranks of the adapters, whose alpha is twice the rank, on all linear layers.
  public var ranks: [Int]
  public var fullRate: Double
  /// The learning rate of each rank.
  public var adapterRates: [Double]
  public var steps: Int
  public var batch: Int
  public var divisions: Int
  public var seed: UInt64

  public init(
    ranks: [Int], fullRate: Double, adapterRates: [Double], steps: Int, batch: Int = 32,
    divisions: Int = 2000, seed: UInt64
  ) {
    self.ranks = ranks
    self.fullRate = fullRate
    self.adapterRates = adapterRates
    self.steps = steps
    self.batch = batch
    self.divisions = divisions
    self.seed = seed
  }

  public let usesBase = true

  public var key: String {
    "exam-update-geometry: full at rate \(fullRate), "
      + zip(ranks, adapterRates).map { "r=\($0) at \($1)" }.joined(separator: ", ")
      + ", \(steps) steps of \(batch), \(divisions) "
      + "divisions, seed \(seed)"
  }

  public var cost: Double { Double((ranks.count + 2) * steps * batch) * 1e-4 + 1 }

  /// What the record holds.
  ///
  /// Lists of runs are full fine-tuning, then the ranks in their order.
  public enum Measure: String, Sendable {
    /// For each run, the share of held-out divisions that are right.
    case heldOutScore = "held-out score"
    /// For each run, the length of the change as a share of that of the weights, over all linear layers.
    case relativeSize = "relative size"
    /// For each run, the mean over layers of the least rank that holds nine tenths of the squared change.
    case ninety
    /// The same of the weights themselves.
    case weightNinety = "weight ninety"
    /// For each run, how many layers' leading directions of W + ΔW are like none of W.
    case intruders
    /// How many leading directions of all layers were looked at.
    case directions
    /// The singular values of the layer `shownLayer`, a run after another, with its weights first.
    case spectra
    /// For each adapter, and for full fine-tuning on other divisions, the shared part of the first `overlapCounts`
    /// directions with full fine-tuning, as a mean over layers; -1 for more directions than an adapter has.
    case overlaps
    /// The same for directions at random.
    case chance
  }

  /// The layer whose singular values are kept.
  public static let shownLayer = "model.layers.1.mlp.down_proj"
  /// How many leading directions are compared.
  public static let overlapCounts = [1, 2, 4, 8, 16, 32]
  /// How many leading directions of a layer may be intruders, and the likeness below which one is.
  public static let lookedAt = 10
  public static let threshold = 0.5

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let base = try context.requireBase()
    let full = try run(.full, rate: fullRate, seed: seed, base, context)
    let other = try run(.full, rate: fullRate, seed: seed + 1000, base, context)
    let adapters = try zip(ranks, adapterRates).map { rank, rate in
      let tuning = LoRATuning(
        try LoRAConfiguration(rank: rank, alpha: Double(2 * rank)), seed: seed)
      return try run(.lora(tuning), rate: rate, seed: seed, base, context)
    }
    let runs = [full] + adapters
    var numbers: [Measure: [Double]] = [
      .heldOutScore: runs.map(\.score),
      .relativeSize: runs.map(\.relativeSize),
      .ninety: runs.map { run in
        run.layers.reduce(0) { $0 + Self.rank(holding: 0.9, of: $1.change.values) }
          / Double(run.layers.count)
      },
      .weightNinety: [
        full.layers.reduce(0) { $0 + Self.rank(holding: 0.9, of: $1.before.values) }
          / Double(full.layers.count)
      ],
      .intruders: runs.map { run in Double(run.layers.reduce(0) { $0 + Self.intruders($1) }) },
      .directions: [
        Double(full.layers.reduce(0) { $0 + min(Self.lookedAt, $1.before.values.count) })
      ],
    ]
    if let shown = full.layers.firstIndex(where: { $0.name == Self.shownLayer }) {
      numbers[.spectra] =
        full.layers[shown].before.values + runs.flatMap { $0.layers[shown].change.values }
    }
    numbers[.overlaps] = zip(adapters + [other], ranks + [Int.max]).flatMap { run, rank in
      Self.overlapCounts.map { count in
        guard count <= rank else { return -1 }
        return zip(run.layers, full.layers).reduce(0) {
          $0 + Self.overlap($1.0.change, $1.1.change, count: count)
        } / Double(full.layers.count)
      }
    }
    numbers[.chance] = Self.overlapCounts.map { count in
      full.layers.reduce(0) { $0 + Double(count) / Double($1.change.rows) }
        / Double(full.layers.count)
    }
    return ExperimentRecord(
      Dictionary(uniqueKeysWithValues: numbers.map { ($0.rawValue, $1) }))
  }
}

extension ExamUpdateGeometry {
  /// A layer before and after training.
  private struct Layer {
    let name: String
    let before, change, after: SingularValueDecomposition
  }

  private struct Run {
    let layers: [Layer]
    let score: Double
    let relativeSize: Double
  }

  private func run(
    _ method: TuningMethod, rate: Double, seed: UInt64, _ base: LanguageModel,
    _ context: ExperimentContext
  ) throws -> Run {
    let training = DivisionRun(
      learningRate: rate, steps: steps, batch: batch, divisions: divisions, seed: seed)
    let data = try training.data()
    let model = try training.trained(method, data, context)
    let score = try ForcedAnswers(model, data.reporting, threads: context.threads).result().share
    var (squares, baseSquares) = (0.0, 0.0)
    let layers = try model.linearLayers.map { name, layer in
      let (before, change) = try Self.weights(name, layer, base)
      squares += change.norm * change.norm
      baseSquares += before.norm * before.norm
      return Layer(
        name: name, before: try SingularValueDecomposition(before),
        change: try SingularValueDecomposition(change),
        after: try SingularValueDecomposition(before + change))
    }
    return Run(
      layers: layers, score: score, relativeSize: (squares / baseSquares).squareRoot())
  }

  /// The weight of a layer before training, and what was added to it.
  private static func weights(
    _ name: String, _ layer: any LinearLayer, _ base: LanguageModel
  ) throws -> (before: Matrix, change: Matrix) {
    guard case .dense(let values, let shape) = base.weights[name + ".weight"] else {
      throw ModelError.missingWeight(name)
    }
    let before = Matrix(rows: shape[0], columns: shape[1], values: values)
    if let lora = layer as? LoRALinear {
      return (before, try lora.adapter().deltaWeight)
    }
    let after = Matrix(
      rows: shape[0], columns: shape[1], values: layer.parameters.first?.values ?? values)
    return (before, after - before)
  }

  /// The least rank that holds a share of the squared norm.
  static func rank(holding share: Double, of values: [Double]) -> Double {
    let all = values.reduce(0) { $0 + $1 * $1 }
    var sum = 0.0
    for (index, value) in values.enumerated() {
      sum += value * value
      if sum >= share * all { return Double(index + 1) }
    }
    return Double(values.count)
  }

  /// How many of the leading left singular vectors after training are like none before it.
  ///
  /// Shuttleworth et al. 2024, arXiv:2410.21228.
  private static func intruders(_ layer: Layer) -> Int {
    let count = min(lookedAt, layer.after.values.count)
    return (0..<count).count { index in
      let most = layer.before.values.indices.map { other in
        dot(layer.after, index, layer.before, other).magnitude
      }.max()
      return (most ?? 0) < threshold
    }
  }

  /// The shared part of the spaces of the leading left singular vectors: the mean squared cosine of their principal
  /// angles, from 0 to 1.
  ///
  /// Hu et al. 2021, arXiv:2106.09685, section 7.2.
  static func overlap(
    _ first: SingularValueDecomposition, _ second: SingularValueDecomposition, count: Int
  ) -> Double {
    let count = min(count, first.values.count)
    let sum = (0..<count).reduce(0.0) { sum, index in
      (0..<count).reduce(sum) {
        let cosine = dot(first, index, second, $1)
        return $0 + cosine * cosine
      }
    }
    return sum / Double(max(count, 1))
  }

  /// The product of two left singular vectors.
  private static func dot(
    _ first: SingularValueDecomposition, _ index: Int, _ second: SingularValueDecomposition,
    _ other: Int
  ) -> Double {
    (0..<first.rows).reduce(0) { sum, row in
      sum + first.left[row * first.values.count + index]
        * second.left[row * second.values.count + other]
    }
  }
}
