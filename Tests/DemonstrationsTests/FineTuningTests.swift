import Adapters
import Drawing
import LinearAlgebra
import Testing

@testable import Demonstrations

@Suite("Fine-tuning")
struct FineTuningTests {
  private func observe(
    _ demonstration: some Demonstration, _ settings: [String: Double] = [:], seed: UInt64 = 7,
    weights: TrialWeights? = nil
  ) throws -> Observation {
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    input.seed = seed
    if let weights { input.weights = weights.named }
    return try demonstration.observe(input)
  }

  @Test("the gradient of each weight is the error of its row times the input of its column")
  func gradient() throws {
    for (row, column) in [(0, 0), (1, 3), (2, 1)] {
      let observation = try observe(
        GradientByHand(), ["row": Double(row), "column": Double(column)])
      let product = try observation.number("error") * observation.number("input")
      #expect(abs(try observation.number("gradient") - product) < 1e-6)
      let error = try observation.number("output") - observation.number("target")
      #expect(abs(try observation.number("error") - error) < 1e-6)
    }
  }

  @Test("a column of gradients is zero where the input is", arguments: [1, 7, 99] as [UInt64])
  func zeroInput(seed: UInt64) throws {
    let observation = try observe(GradientByHand(), seed: seed)
    #expect(try observation.number("zero_input") == 3)
    #expect(try observation.number("still") == 3)
    let gradients = try #require(observation.tables.first { $0.id == "gradient" }).rows
    #expect(gradients.allSatisfy { $0[2].value.numeric == 0 })
  }

  @Test(
    "examples can be checked in the head: halves as inputs, tenths of the weights' size as errors",
    arguments: [(0.05, 0.1), (0.5, 1), (0.003, 0.01), (40, 100)] as [(Double, Float)])
  func roundNumbers(scale: Double, unit: Float) throws {
    var generator = RandomGenerator(seed: 5)
    let weight = TrialWeights.normal(6, 6, scale: scale).matrix
    let example = LayerExample(weight: weight, examples: 8, using: &generator)
    #expect(abs(example.unit / unit - 1) < 1e-5)
    #expect(example.input.values.allSatisfy { ($0 * 2).rounded() == $0 * 2 })
    for (output, target) in zip(example.output.values, example.target.values) {
      let tenths = (output - target) / example.unit * 10
      #expect(abs(tenths - tenths.rounded()) < 1e-3)
      #expect(tenths.rounded() != 0)
    }
  }

  @Test("one example leaves the column of its zero input, and a batch moves every weight")
  func everyWeight() throws {
    let observation = try observe(EveryWeight())
    #expect(try observation.number("moved_one") == 9)
    #expect(try observation.number("moved") == 12)
    #expect(observation.values["all_moved"] == .flag(true))
    #expect(observation.values["loss_falls"] == .flag(true))
    #expect(
      try observe(EveryWeight(), ["rate": 2]).values["loss_falls"] == .flag(false))
  }

  @Test("what is added is minus the rate times the gradient of the mean loss")
  func step() throws {
    var generator = RandomGenerator(seed: 3)
    let weight = TrialWeights.normal(3, 5, scale: 0.5).matrix
    let example = LayerExample(weight: weight, examples: 6, using: &generator)
    let step = try GradientStep(of: example, rate: 0.25)
    for row in 0..<3 {
      for column in 0..<5 {
        var slope = 0.0
        for index in 0..<6 {
          slope +=
            Double(example.output[index, row] - example.target[index, row])
            * Double(example.input[index, column]) / 6
        }
        #expect(abs(Double(step.change[row, column]) + 0.25 * slope) < 1e-6)
      }
    }
  }

  @Test("training keeps four numbers of four bytes for each weight")
  func boxes() throws {
    let observation = try observe(TrainingBoxes())
    #expect(try observation.number("numbers") == 48)
    #expect(try observation.number("bytes") == 192)
    #expect(try observation.number("bytes_weight") == 16)
    #expect(try observation.number("gone") == 36)
  }

  @Test(
    "freezing pays where three quarters of the weights are more than the adapter keeps",
    arguments: [(1, 40, true), (2, 68, false), (3, 96, false)])
  func freezing(rank: Int, numbers: Int, saves: Bool) throws {
    let observation = try observe(
      TrainingBoxes(), ["frozen": 1, "rank": Double(rank)])
    #expect(try observation.number("frozen_numbers") == Double(numbers))
    #expect(observation.values["saves"] == .flag(saves))
    #expect((Double(rank) < TrainingBoxesResult.breakEven(3, 4)) == saves)
  }

  @Test("a large matrix pays up to three quarters of the rank at which the factors are as large")
  func breakEven() {
    #expect(TrainingBoxesResult.breakEven(384, 384) == 0.75 * 192)
    #expect(TrainingBoxesResult.breakEven(4096, 4096) == 0.75 * 2048)
  }

  @Test("an adapter's first step moves B alone, and the later ones A too")
  func adapterTraining() throws {
    var generator = RandomGenerator(seed: 4)
    let weight = TrialWeights.normal(4, 5, scale: 0.3).matrix
    let example = LayerExample(weight: weight, examples: 4, using: &generator)
    let start = try LoRAAdapter.start(
      for: weight, LoRAConfiguration(rank: 2, alpha: 2), using: &generator
    ).adapter
    let rule = AdamW(learningRate: 0.01, weightDecay: 0)
    let one = try KeptNumbers.training(start, on: example, steps: 1, by: rule)
    #expect(one.loraA.value == start.loraA)
    #expect(one.loraB.value != start.loraB)
    let two = try KeptNumbers.training(start, on: example, steps: 2, by: rule)
    #expect(two.loraA.value != start.loraA)
    #expect(two.loraA.moments.steps == 2)
  }

  @Test("AdamW's first step is the learning rate for gradients a hundred thousand times apart")
  func firstStep() throws {
    let observation = try observe(FirstStep())
    #expect(try observation.number("gradient_ratio") > 1e5)
    #expect(observation.values["nearly_equal"] == .flag(true))
    let rate = try observation.number("rate")
    for name in ["smallest_step", "largest_step"] {
      #expect(abs(try observation.number(name) / rate - 1) < 0.01)
    }
    // |g| / (|g| + ε) falls short of 1 by ε / |g|, and by no more.
    let epsilon = 1e-8 / (try observation.number("smallest_gradient"))
    #expect(abs(try observation.number("spread") / 100 - epsilon) < 0.1 * epsilon)
    #expect(
      try observe(FirstStep(), ["decades": 7]).values["nearly_equal"] == .flag(false))
  }

  @Test("gradients that agree bring a weight further than larger ones that do not")
  func moments() throws {
    let observation = try observe(MomentsAtWork())
    #expect(try observation.number("near_size") > observation.number("far_size"))
    #expect(try observation.number("far_agreement") > 95)
    #expect(try observation.number("near_agreement") < 70)
    #expect(try observation.number("far_way") > 5 * observation.number("near_way"))
    #expect(try observation.number("far_way") < observation.number("furthest"))
  }

  @Test("the outcome of the two weights does not hang on the seed", arguments: 0..<10)
  func momentsOfAnySeed(seed: Int) throws {
    let observation = try observe(MomentsAtWork(), seed: UInt64(seed))
    #expect(observation.values["signal_wins"] == .flag(true))
    #expect(observation.values["second_is_larger"] == .flag(true))
  }

  @Test("few examples are learned and the task is not, and enough examples teach it")
  func loop() throws {
    let few = try observe(TrainingLoop())
    #expect(try few.number("loss_end") < 1e-4 * few.number("loss_start"))
    #expect(try few.number("held_out_share") > 10)
    #expect(few.values["misses"] == .flag(true))
    #expect(try few.number("touched") == 64)
    #expect(try few.number("numbers") == 4 * 64 + 6 * 8)
    let many = try observe(TrainingLoop(), ["examples": 64])
    #expect(try many.number("held_out_share") < 1)
    #expect(many.values["few_examples"] == .flag(false))
  }

  @Test(
    "a parameter takes 2 bytes to use and 12 or 16 to train, so that 65 billion take 780 GB",
    arguments: [(7, 14, 112, 84), (13, 26, 208, 156), (33, 66, 528, 396), (65, 130, 1040, 780)])
  func bytes(billions: Int, used: Int, single: Int, mixed: Int) throws {
    let observation = try observe(BytesPerParameter(), ["billions": Double(billions)])
    #expect(try observation.number("gb_use") == Double(used))
    #expect(try observation.number("gb_single") == Double(single))
    #expect(try observation.number("gb_mixed") == Double(mixed))
    #expect(observation.values["is_paper"] == .flag(billions == 65))
    #expect(try observation.number("cards") == (Double(mixed) / 80).rounded(.up))
  }

  @Test("activations do not shrink when the weight is frozen, and grow with the tokens")
  func activations() throws {
    let result = ActivationMemoryResult(
      rows: 384, columns: 384, rank: 8, sequences: 8, length: 128)
    #expect(result.fullState == 16 * 384 * 384)
    #expect(result.adapterState == 4 * 384 * 384 + 16 * 8 * 768)
    #expect(result.fullActivations(1024) == 4 * 1024 * 384)
    #expect(
      result.adapterActivations(1024) - result.fullActivations(1024) == 4 * 1024 * 8)
    #expect(result.adapterActivations(2048) == 2 * result.adapterActivations(1024))
    // At the crossing, activations are as large as the state.
    let tokens = Int(result.adapterCrossing.rounded())
    #expect(
      abs(Double(result.adapterActivations(tokens)) / Double(result.adapterState) - 1) < 0.01)
  }

  @Test("what is remembered is what the gradients of the formulas ask for")
  func remembered() throws {
    // dW = Gᵀ x needs x; dA = s Bᵀ Gᵀ x needs x; dB = s Gᵀ (x Aᵀ) needs x Aᵀ.
    let shape = ActivationMemoryResult(rows: 3, columns: 5, rank: 2, sequences: 2, length: 2)
    let input = TrialWeights.normal(4, 5).matrix
    let down = input.multiplied(by: TrialWeights.normal(2, 5).matrix.transposed)
    #expect(shape.fullActivations(4) == 4 * input.count)
    #expect(shape.adapterActivations(4) == 4 * (input.count + down.count))
  }

  @Test("every weight of a real matrix moves, and training takes three times the arithmetic")
  func cost() throws {
    let observation = try observe(TrainingCost())
    #expect(try observation.number("changed") == 147_456)
    #expect(try observation.number("time_times") == 3)
    #expect(try observation.number("memory_times") > 4)
    #expect(try observation.text("verdict") == "holds")
    #expect(try observation.number("adapter") == 6144)
    #expect(try observation.number("arithmetic_share") > 200.0 / 3)
    #expect(try observation.number("memory_share") < 60)
  }

  @Test("the operations are those of the loops", arguments: [(3, 5, 2), (8, 8, 4)])
  func operations(rows: Int, columns: Int, rank: Int) {
    /// A multiplication and an addition for each of the terms of a product.
    func product(_ rows: Int, _ inner: Int, _ columns: Int) -> Int { 2 * rows * inner * columns }
    let cost = TrainingCostResult(
      name: "", rows: rows, columns: columns, rank: rank, tokens: 1, changed: 0)
    let forward = product(1, columns, rows)
    let back = product(1, rows, columns) + product(rows, 1, columns)
    #expect(cost.fullArithmetic == forward + back)
    let branch = product(1, columns, rank) + product(1, rank, rows)
    let branchBack =
      product(1, rows, rank) + product(1, rank, columns)  // to the input
      + product(rows, 1, rank) + product(rank, 1, columns)  // dB and dA
    #expect(
      cost.frozenArithmetic == forward + product(1, rows, columns) + branch + branchBack)
  }

  @Test(
    "an adapter saves arithmetic below its break-even rank, and from there on no more",
    arguments: [(384, 384), (100, 30), (7, 5)])
  func arithmeticBreakEven(rows: Int, columns: Int) {
    func saves(_ rank: Int) -> Bool {
      let cost = TrainingCostResult(
        name: "", rows: rows, columns: columns, rank: rank, tokens: 1, changed: 0)
      return cost.frozenArithmetic < cost.fullArithmetic
    }
    let rank = TrainingCostResult(
      name: "", rows: rows, columns: columns, rank: 1, tokens: 1, changed: 0
    ).arithmeticBreakEven
    #expect(!saves(rank))
    #expect(rank == 1 || saves(rank - 1))
  }

  @Test(
    "the verdict is the weakest of its parts",
    arguments: [
      (12, 65_536, "holds"), (11, 1, "holds, with a limit"), (0, 1, "does not hold here"),
    ])
  func verdict(changed: Int, tokens: Int, expected: String) {
    let cost = TrainingCostResult(
      name: "", rows: 3, columns: 4, rank: 1, tokens: tokens, changed: changed)
    #expect(cost.verdict.english == expected)
  }
}
