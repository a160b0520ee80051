public import Autograd

/// The settings of a run.
public struct TrainingConfiguration: Equatable, Sendable {
  public var steps: Int
  public var learningRate: Double
  public var optimizer: OptimizerConfiguration
  public var schedule: LearningRateSchedule
  /// The length that all gradients together may have.
  public var clip: Double?
  /// The batches whose gradients are averaged in one step.
  public var accumulation: Int
  /// LoRA+: how many times the rate of A the rate of B is.
  public var loraPlusRatio: Double
  /// The seed of the order of the examples; nil for their own order.
  public var shuffleSeed: UInt64?

  public init(
    steps: Int, learningRate: Double, optimizer: OptimizerConfiguration = .adamW(),
    schedule: LearningRateSchedule = LearningRateSchedule(), clip: Double? = nil,
    accumulation: Int = 1, loraPlusRatio: Double = 1, shuffleSeed: UInt64? = 0
  ) {
    self.steps = steps
    self.learningRate = learningRate
    self.optimizer = optimizer
    self.schedule = schedule
    self.clip = clip
    self.accumulation = accumulation
    self.loraPlusRatio = loraPlusRatio
    self.shuffleSeed = shuffleSeed
  }

  /// - Throws: `TrainingError.setting` for the first one that is not usable.
  func check() throws(TrainingError) {
    guard (0...1 << 40).contains(steps) else {
      throw .setting(name: "number of steps", value: Double(steps), needed: "0 or more")
    }
    guard learningRate.isFinite, learningRate >= 0 else {
      throw .setting(name: "learning rate", value: learningRate, needed: "a number from 0 on")
    }
    if let clip, !(clip.isFinite && clip > 0) {
      throw .setting(name: "clipping limit", value: clip, needed: "a positive number")
    }
    guard (1...1 << 20).contains(accumulation) else {
      throw .setting(
        name: "number of accumulated batches", value: Double(accumulation), needed: "at least 1")
    }
    guard loraPlusRatio.isFinite, loraPlusRatio > 0 else {
      throw .setting(name: "LoRA+ ratio", value: loraPlusRatio, needed: "a positive number")
    }
    guard schedule.warmUpSteps >= 0 else {
      throw .setting(
        name: "number of warm-up steps", value: Double(schedule.warmUpSteps), needed: "0 or more")
    }
    try optimizer.check()
  }
}

/// What a step did.
public struct TrainingStep: Equatable, Sendable {
  /// Counted from 1.
  public let step: Int
  /// The loss before the step.
  public let loss: Float
  public let learningRate: Double
  /// The length of all gradients together, before clipping.
  public let gradientNorm: Double
  /// The tokens, or rows, that went through the model.
  public let tokens: Int

  public init(step: Int, loss: Float, learningRate: Double, gradientNorm: Double, tokens: Int) {
    self.step = step
    self.loss = loss
    self.learningRate = learningRate
    self.gradientNorm = gradientNorm
    self.tokens = tokens
  }
}

/// Training, step by step.
///
/// A run is a function of its settings, seeds and start: every random choice is computed from the number of
/// the step, so that a restored ``TrainerState`` goes on bit for bit.
public final class Trainer {
  public let task: any TrainingTask
  public let configuration: TrainingConfiguration
  public let optimizer: Optimizer
  private var order: BatchOrder
  private var examples: [Int] = []

  /// - Throws: `TrainingError` for settings that are not usable, or if nothing is to be trained.
  public init(
    _ task: any TrainingTask, _ configuration: TrainingConfiguration,
    threads: Threads = .processors
  ) throws(TrainingError) {
    try configuration.check()
    guard !task.plan.trainable.isEmpty else { throw .nothingToTrain }
    // Places of examples are counted from the start of the run.
    let batches = configuration.steps.multipliedReportingOverflow(by: configuration.accumulation)
    let places = batches.partialValue.multipliedReportingOverflow(by: task.batchSize)
    guard !batches.overflow, !places.overflow else {
      throw .setting(
        name: "number of steps", value: Double(configuration.steps),
        needed: "smaller for batches of \(task.batchSize)")
    }
    self.task = task
    self.configuration = configuration
    optimizer = Optimizer(
      configuration.optimizer, parameters: task.plan.trainable,
      loraPlusRatio: configuration.loraPlusRatio, threads: threads)
    order = BatchOrder(
      exampleCount: task.exampleCount, batchSize: task.batchSize, seed: configuration.shuffleSeed)
  }

  /// The number of steps that were done.
  public var stepCount: Int { optimizer.stepCount }

  public var memory: TrainingMemory {
    TrainingMemory(parameters: task.parameters, plan: task.plan, optimizer: optimizer)
  }

  /// Does the steps that are left.
  ///
  /// - Parameter report: Called after each step; false ends the run there.
  /// - Throws: `TrainingError.lossNotFinite` or `.gradientNotFinite`, with the weights as they were before
  ///   the step.
  public func run(report: (TrainingStep) throws -> Bool) throws {
    while stepCount < configuration.steps {
      guard try report(step()) else { return }
    }
  }

  /// Does one step.
  ///
  /// - Throws: `TrainingError.lossNotFinite` or `.gradientNotFinite`, with the weights as they were.
  public func step() throws(TrainingError) -> TrainingStep {
    let number = stepCount
    let plan = task.plan
    var sum = 0.0
    for part in 0..<configuration.accumulation {
      let batch = number * configuration.accumulation + part
      order.fill(&examples, ofBatch: batch)
      task.load(examples)
      task.randomness.step = UInt64(batch)
      plan.forward()
      let loss = plan.value(of: task.loss)
      guard loss.isFinite else { throw .lossNotFinite(step: number + 1, loss: loss) }
      sum += Double(loss)
      plan.backward(accumulating: part > 0, seed: 1 / Float(configuration.accumulation))
    }
    let norm = GradientClipping.norm(of: plan.trainable)
    guard norm.isFinite else { throw .gradientNotFinite(step: number + 1) }
    let rate =
      configuration.learningRate
      * configuration.schedule.factor(step: number, of: configuration.steps)
    optimizer.step(
      rate: rate, gradientFactor: GradientClipping.factor(norm: norm, limit: configuration.clip))
    return TrainingStep(
      step: number + 1, loss: Float(sum / Double(configuration.accumulation)), learningRate: rate,
      gradientNorm: norm, tokens: task.tokensPerBatch * configuration.accumulation)
  }
}
