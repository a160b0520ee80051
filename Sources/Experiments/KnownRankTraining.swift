internal import Adapters
internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Training

/// Learning a change of known rank from too few examples: the whole weight, and adapters of every rank up to
/// a largest one.
///
/// All of them see the same examples, and take as many steps of AdamW with the same rate.
public struct KnownRankTraining: Experiment, Hashable {
  /// The sides of the weight.
  public var size: Int
  /// The rank of the change that is to be found.
  public var rank: Int
  /// The examples to learn from.
  public var examples: Int
  /// The standard deviation of the noise in the examples, as a share of what there is to learn.
  public var noise: Double
  /// The largest rank of an adapter.
  public var largestRank: Int
  public var learningRate: Double
  public var steps: Int
  /// The seed of weight, change, examples and adapters.
  public var seed: UInt64

  public init(
    size: Int = 16, rank: Int = 2, examples: Int = 160, noise: Double = 0.05,
    largestRank: Int = 8, learningRate: Double = 0.02, steps: Int = 800, seed: UInt64
  ) {
    self.size = size
    self.rank = rank
    self.examples = examples
    self.noise = noise
    self.largestRank = largestRank
    self.learningRate = learningRate
    self.steps = steps
    self.seed = seed
  }

  public let usesBase = false

  public var key: String {
    "known-rank: \(size)x\(size) of rank \(rank), \(examples) examples, noise \(noise), "
      + "ranks to \(largestRank), rate \(learningRate), \(steps) steps, seed \(seed)"
  }

  public var cost: Double { Double(steps * (largestRank + 1) * (examples + 100)) * 4e-7 }

  /// What is trained: the whole weight, or an adapter.
  public enum Model: Hashable, Sendable {
    case full
    case lora(rank: Int)

    var name: String {
      switch self {
      case .full: "full"
      case .lora(let rank): "lora r=\(rank)"
      }
    }

    /// The steps after which the errors were measured.
    public static let steps = "steps"
    /// The mean squared error of the examples seen, as a share of that of no change, at these steps.
    public var trainingError: String { "training error, \(name)" }
    /// The same of examples that were held out and have no noise.
    public var heldOutError: String { "held-out error, \(name)" }
    /// The singular values of the change that was learned.
    public var change: String { "change, \(name)" }
    /// How many numbers were trained.
    public var parameters: String { "parameters, \(name)" }
    /// The singular values of the change that was to be found.
    public static let truth = "truth"
  }

  public var models: [Model] { [.full] + (1...max(largestRank, 1)).map { .lora(rank: $0) } }

  private static let measurements = 16
  var measuredSteps: [Int] { MeasuredSteps.early(of: steps, count: Self.measurements) }

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let task = try KnownRankRegression(
      size: size, rank: rank, trainCount: examples, noise: noise
    ).make(seed: seed)
    var record = ExperimentRecord([
      Model.steps: measuredSteps.map(Double.init),
      Model.truth: try SingularValues.of(task.change),
    ])
    for model in models {
      try train(model, task, context, into: &record)
    }
    return record
  }

  private func train(
    _ model: Model, _ task: KnownRankRegression.Task, _ context: ExperimentContext,
    into record: inout ExperimentRecord
  ) throws {
    let layer = try layer(model, base: task.base)
    let training = try BilinearTask(layer, task.train, threads: context.threads)
    let trainer = try Trainer(
      training,
      TrainingConfiguration(
        steps: steps, learningRate: learningRate, optimizer: .adamW(weightDecay: 0),
        schedule: LearningRateSchedule(.cosine), shuffleSeed: nil),
      threads: context.threads)
    let start = task.train.meanSquaredError(of: task.base)
    let heldOutStart = task.validation.meanSquaredError(of: task.base)
    for step in measuredSteps {
      while trainer.stepCount < step { _ = try trainer.step() }
      let weight = try weight(of: layer, base: task.base)
      record.numbers[model.trainingError, default: []].append(
        task.train.meanSquaredError(of: weight) / start)
      record.numbers[model.heldOutError, default: []].append(
        task.validation.meanSquaredError(of: weight) / heldOutStart)
    }
    record.numbers[model.change] = try SingularValues.of(
      weight(of: layer, base: task.base) - task.base)
    record.numbers[model.parameters] = [
      Double(training.plan.trainable.reduce(0) { $0 + $1.count })
    ]
  }

  private func layer(_ model: Model, base: Matrix) throws -> any LinearLayer {
    let name = "layer"
    let weight = Parameter(
      name: name + ".weight", shape: [base.rows, base.columns], values: base.values,
      isTrainable: model == .full)
    guard case .lora(let rank) = model else { return Linear(weight: weight) }
    var generator = RandomGenerator(seed: seed &+ UInt64(rank) << 32)
    let adapter = try LoRAAdapter.start(
      for: base, LoRAConfiguration(rank: rank, alpha: Double(2 * rank)), using: &generator
    ).adapter
    return try LoRALinear(Linear(weight: weight), name: name, adapter: adapter)
  }

  private func weight(of layer: any LinearLayer, base: Matrix) throws -> Matrix {
    if let lora = layer as? LoRALinear { return base + (try lora.adapter().deltaWeight) }
    var weight = base
    if let trained = layer.parameters.first { weight.values = trained.values }
    return weight
  }
}

extension BilinearExamples {
  /// The mean squared distance of what comes out of a weight from the numbers of the examples.
  func meanSquaredError(of weight: Matrix) -> Double {
    let products = v.multiplied(by: weight.transposed)
    var sum = 0.0
    for example in 0..<count {
      let output = zip(u.row(example), products.row(example)).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
      let difference = output - Double(y[example])
      sum += difference * difference
    }
    return sum / Double(max(count, 1))
  }
}
