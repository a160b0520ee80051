import Adapters
import Autograd
import Models
import Testing
import Training

@Suite struct TrainerTests {
  static let configuration = TransformerConfiguration(
    vocabularySize: 13, hiddenSize: 16, intermediateSize: 24, layerCount: 2, headCount: 4,
    keyValueHeadCount: 2, longestSequence: 8)

  static let methods = ["full", "lora", "qlora", "dora"]

  /// A small model on sequences that count upwards.
  static func trainer(
    _ method: String = "lora", dropout: Double = 0.1, batchSize: Int = 4, threads: Int = 2,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer {
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: 2, alpha: 4), usesDoRA: method == "dora", dropout: dropout)
    let methods: [String: TuningMethod] = [
      "full": .full, "lora": .lora(tuning), "dora": .lora(tuning), "qlora": .qlora(tuning),
    ]
    let model = try Transformer(
      configuration,
      weights: Transformer.randomWeights(for: configuration, seed: 5, standardDeviation: 0.2),
      method: methods[method] ?? .frozen)
    let tokens: [[Int32]] = (0..<10).map { row in (0..<8).map { Int32((row + $0) % 13) } }
    let task = try LanguageTask(
      model, examples: LanguageExamples(tokens: tokens, labels: tokens), batchSize: batchSize,
      seed: 3, threads: Threads(count: threads))
    var settings = TrainingConfiguration(
      steps: 12, learningRate: 1e-2, schedule: LearningRateSchedule(.cosine, warmUpSteps: 2),
      clip: 1, shuffleSeed: 9)
    change(&settings)
    return try Trainer(task, settings, threads: Threads(count: threads))
  }

  static func losses(_ trainer: Trainer, until step: Int = .max) throws -> [Float] {
    var losses: [Float] = []
    try trainer.run {
      losses.append($0.loss)
      return $0.step < step
    }
    return losses
  }

  @Test(arguments: methods) func theLossFalls(_ method: String) throws {
    let losses = try Self.losses(Self.trainer(method) { $0.steps = 60 })
    #expect(losses.suffix(5).reduce(0, +) < losses.prefix(5).reduce(0, +))
  }

  @Test(arguments: methods) func aRunIsTheSameBitsOnAnyNumberOfThreads(_ method: String) throws {
    let states = try [1, 2, 3].map { threads in
      let trainer = try Self.trainer(method, threads: threads)
      _ = try Self.losses(trainer)
      return trainer.state
    }
    #expect(states[0] == states[1])
    #expect(states[0] == states[2])
  }

  @Test(arguments: methods)
  func aRunThatStoppedAndWentOnIsTheRunThatNeverStopped(_ method: String) throws {
    let whole = try Self.trainer(method)
    let losses = try Self.losses(whole)
    let first = try Self.trainer(method)
    let start = try Self.losses(first, until: 5)
    let second = try Self.trainer(method)
    try second.restore(first.state)
    #expect(start + (try Self.losses(second)) == losses)
    #expect(second.state == whole.state)
  }

  @Test func aStateOfAnotherMethodIsRefusedAndChangesNothing() throws {
    let trainer = try Self.trainer("lora")
    let before = trainer.state
    #expect(throws: TrainingError.self) { try trainer.restore(Self.trainer("full").state) }
    #expect(trainer.state == before)
  }

  @Test func accumulatedBatchesAreOneLargeBatch() throws {
    func state(batchSize: Int, accumulation: Int) throws -> TrainerState {
      let trainer = try Self.trainer("full", dropout: 0, batchSize: batchSize) {
        $0.accumulation = accumulation
        $0.optimizer = .sgd(momentum: 0.9)
      }
      _ = try Self.losses(trainer)
      return trainer.state
    }
    let (large, small) = try (
      state(batchSize: 8, accumulation: 1), state(batchSize: 2, accumulation: 4)
    )
    for (name, values) in large.values {
      let difference = zip(values, small.values[name] ?? []).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 1e-4, "\(name)")
    }
  }

  @Test func frozenWeightsStayAsTheyAre() throws {
    let trainer = try Self.trainer("lora")
    let frozen = trainer.task.parameters.filter { !$0.isTrainable }
    let before = frozen.map(\.values)
    _ = try Self.losses(trainer)
    #expect(frozen.map(\.values) == before)
    #expect(frozen.allSatisfy { $0.gradient == nil })
  }

  @Test func aLossThatIsNotFiniteStopsTheRunAndSaysWhere() throws {
    let trainer = try Self.trainer("full")
    _ = try Self.losses(trainer, until: 3)
    let norm = try #require(trainer.task.parameters.first { $0.name == "model.norm.weight" })
    norm.dense?.set([Float](repeating: .infinity, count: norm.count))
    let before = trainer.state
    #expect {
      try Self.losses(trainer)
    } throws: {
      guard case TrainingError.lossNotFinite(let step, _)? = $0 as? TrainingError else {
        return false
      }
      return step == 4
    }
    #expect(trainer.state.stepCount == before.stepCount)
  }

  @Test(arguments: [Double.nan, -1, .infinity])
  func ratesThatAreNoRatesAreRefused(_ rate: Double) {
    #expect(throws: TrainingError.self) { try Self.trainer { $0.learningRate = rate } }
    #expect(throws: TrainingError.self) { try Self.trainer { $0.clip = -abs(rate) } }
    #expect(throws: TrainingError.self) { try Self.trainer { $0.loraPlusRatio = -abs(rate) } }
    #expect(throws: TrainingError.self) {
      try Self.trainer { $0.optimizer = .adamW(beta1: rate == -1 ? 1 : rate) }
    }
  }

  @Test func aModelWithNothingToTrainIsRefused() {
    #expect(throws: TrainingError.nothingToTrain) { try Self.trainer("frozen") }
  }

  @Test func loraPlusRaisesTheRateOfBAlone() throws {
    func change(_ ratio: Double) throws -> [String: [Float]] {
      let trainer = try Self.trainer("lora", dropout: 0) {
        $0.optimizer = .sgd()
        $0.loraPlusRatio = ratio
        $0.schedule = LearningRateSchedule()
        $0.clip = nil
      }
      let before = trainer.state.values
      _ = try trainer.step()
      return trainer.state.values.reduce(into: [:]) { result, entry in
        result[entry.key] = zip(entry.value, before[entry.key] ?? []).map { $0 - $1 }
      }
    }
    let (plain, raised) = try (change(1), change(4))
    for (name, values) in plain where name.hasSuffix("lora_B.weight") {
      for (value, larger) in zip(values, raised[name] ?? []) {
        #expect(abs(4 * value - larger) <= 1e-6)
      }
      #expect(values.contains { $0 != 0 })
    }
    for (name, values) in plain where name.hasSuffix("lora_A.weight") {
      #expect(values == raised[name])
    }
  }

  @Test func theMemoryIsThatOfItsParts() throws {
    let (full, lora, qlora) = try (
      Self.trainer("full", dropout: 0).memory, Self.trainer("lora", dropout: 0).memory,
      Self.trainer("qlora", dropout: 0).memory
    )
    let weights = Self.configuration.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(full.base == 4 * weights)
    #expect(full.adapter == 0)
    #expect(full.gradients == 4 * weights)
    #expect(full.optimizer == 8 * weights)
    #expect(full.weightBuffer == 0)
    #expect(lora.base == full.base)
    #expect(lora.gradients == lora.adapter)
    #expect(lora.optimizer == 2 * lora.adapter)
    #expect(lora.weightBuffer == 4 * 16 * 24)
    #expect(qlora.base < lora.base)
    #expect(qlora.adapter == lora.adapter)
    #expect(
      lora.total == lora.base + 4 * lora.adapter + lora.activations + lora.weightBuffer
        + lora.scratch)
  }

  @Test func aRunThatIsTooLongToCountIsRefused() {
    #expect(throws: TrainingError.self) {
      try Self.trainer(batchSize: 16) {
        $0.steps = 1 << 40
        $0.accumulation = 1 << 20
      }
    }
  }

  @Test(arguments: [-1, 13, Int.max])
  func aStateFromBeyondTheRunIsRefused(_ steps: Int) throws {
    let trainer = try Self.trainer()
    let state = TrainerState(stepCount: steps, values: trainer.state.values)
    #expect(throws: TrainingError.self) { try trainer.restore(state) }
  }
}
