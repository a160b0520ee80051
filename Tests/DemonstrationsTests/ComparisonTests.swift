import Drawing
import Experiments
import Testing
import Training

@testable import Demonstrations

@Suite("Comparison")
struct ComparisonTests {
  private func observe(
    _ demonstration: any Demonstration, _ settings: [String: Double] = [:]
  ) throws -> Observation {
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    return try demonstration.observe(input)
  }

  @Test("an adapter on all layers trains r (in + out) numbers for each", arguments: [1, 8, 32])
  func trained(rank: Int) throws {
    let observation = try observe(MethodMemory(), ["rank": Double(rank)])
    #expect(try observation.number("lora_trained") == Double(2 * rank * (4 * 128 + 3 * 240)))
    #expect(try observation.number("full_trained") == 103_104)
    #expect(try observation.number("qlora_trained") == observation.number("lora_trained"))
  }

  @Test("activations rule with many exercises, and the state with one")
  func activations() throws {
    let many = try observe(MethodMemory(), ["batch": 128])
    let one = try observe(MethodMemory(), ["batch": 1])
    #expect(many.values["activations_rule"] == .flag(true))
    #expect(one.values["activations_rule"] == .flag(false))
    #expect(try many.number("lora_total_share") > one.number("lora_total_share"))
    #expect(many.values["states_fall"] == .flag(true))
  }

  @Test("the sums at a size are those of the memory model")
  func atSize() throws {
    let observation = try observe(MethodMemoryAtSize(), ["params": 13])
    for (name, method) in zip(["full", "lora", "qlora"], MemoryModel.Method.allCases) {
      let model = MemoryModel(
        .like(parameters: 13e9), method: method, checkpointing: true)
      #expect(abs(try observation.number(name) / (model.total / 1e9) - 1) < 0.01)
    }
    #expect(observation.values["falls"] == .flag(true))
  }

  @Test(
    "a step of LoRA costs less than a full one up to some rank, and QLoRA always more than LoRA")
  func arithmetic() throws {
    let small = try observe(MethodArithmetic(), ["rank": 4])
    let large = try observe(MethodArithmetic(), ["rank": 64])
    #expect(small.values["lora_saves"] == .flag(true))
    #expect(large.values["lora_saves"] == .flag(false))
    for observation in [small, large] {
      #expect(observation.values["qlora_adds"] == .flag(true))
    }
  }

  @Test(
    "the method that fits is the first one whose sum is no more than the memory",
    arguments: [(100.0, "full"), (40.0, "LoRA"), (16.0, "LoRA"), (12.0, "QLoRA"), (3.0, "none")])
  func fits(memory: Double, best: String) throws {
    let observation = try observe(MethodChooser(), ["memory": memory, "params": 7])
    var expected = "none"
    for method in MemoryModel.Method.allCases.reversed() {
      let model = MemoryModel(.like(parameters: 7e9), method: method, checkpointing: true)
      if model.total <= memory * 1e9 { expected = method.name.english }
    }
    #expect(try observation.text("best") == expected)
    #expect(expected == best)
  }

  @Test("more memory holds larger models, with QLoRA the largest")
  func largest() throws {
    func largest(_ memory: Double, _ method: MemoryModel.Method) throws -> Double {
      let result = MethodChooserResult(
        model: MemoryModel(.like(parameters: 7e9), method: .full, checkpointing: true),
        memory: memory * 1e9)
      return try #require(result.largest(method))
    }
    #expect(try largest(48, .qlora) > largest(24, .qlora))
    #expect(try largest(48, .qlora) > largest(48, .lora))
    #expect(try largest(48, .lora) > largest(48, .full))
    // Between two computed sizes the border is close to the sum itself.
    let size = try largest(48, .qlora)
    let total = MemoryModel(
      .like(parameters: size), method: .qlora, checkpointing: true
    ).total
    #expect(abs(total / 48e9 - 1) < 0.1)
  }

  /// What the trainings of all methods end with, made up: losses of the many divisions, and how much the
  /// loss of the few rises, and the share of them that is learned.
  private func advantages(
    losses: [[Double]], rises: [[Double]], own: [Double] = [1, 1, 1]
  ) throws -> Observation {
    let demonstration = AdvantageVerdicts()
    var input = DemonstrationInput()
    for (index, experiment) in try demonstration.experiments(for: input).enumerated() {
      let (method, seed) = (index / 5 % 3, index % 5)
      let isMany = index < 15
      func either(_ many: [Double], _ few: [Double]) -> [Double] { isMany ? many : few }
      let loss = losses[method][seed % losses[method].count]
      let rise = rises[method][seed % rises[method].count]
      input.records[experiment.key] = ExperimentRecord([
        "steps": [0, 10, 20], "held-out loss": either([9, 2, loss], [9, 1, rise]),
        "held-out score": [0, 0.1, 0.2], "own score": [0, 0.3, own[method]],
        "old after": [0, 0, 0],
      ])
    }
    return try demonstration.observe(input)
  }

  @Test(
    "less overfitting holds where no seed of LoRA rises as much as one of full fine-tuning",
    arguments: [
      ([[3.0], [2], [2]], "holds"), ([[3, 2], [1.8, 1.9, 2.1], [2]], "holds, with a limit"),
      ([[3, 2], [2, 2.1, 2.2], [2]], "does not hold here"),
      ([[2], [3], [3]], "does not hold here"),
    ] as [([[Double]], String)])
  func overfitting(rises: [[Double]], verdict: String) throws {
    let observation = try advantages(losses: [[1], [1], [1]], rises: rises)
    #expect(try observation.text("overfitting_verdict") == verdict)
  }

  @Test("less overfitting has a limit where LoRA has learned fewer by heart")
  func learnedLess() throws {
    let observation = try advantages(
      losses: [[1], [1], [1]], rises: [[3], [2], [2]], own: [1, 0.8, 1])
    #expect(try observation.text("overfitting_verdict") == "holds, with a limit")
  }

  @Test(
    "precision is kept where the seeds of QLoRA lie among those of LoRA",
    arguments: [
      ([[1.0], [1, 1.2], [1.1, 1.3]], "holds"), ([[1], [1], [1.15]], "holds, with a limit"),
      ([[1], [1], [1.5]], "does not hold here"),
    ] as [([[Double]], String)])
  func precision(losses: [[Double]], verdict: String) throws {
    let observation = try advantages(losses: losses, rises: [[2], [2], [2]])
    #expect(try observation.text("precision_verdict") == verdict)
  }

  @Test("LoRA is called faster only where it gets as far in the same steps")
  func speed() throws {
    let behind = try advantages(losses: [[0.5], [1], [1]], rises: [[2], [2], [2]])
    let level = try advantages(losses: [[1, 1.2], [1.1], [1.1]], rises: [[2], [2], [2]])
    #expect(try behind.text("speed_verdict") == "holds, with a limit")
    #expect(try level.text("speed_verdict") != "does not hold here")
  }

  @Test("the claims have their verdicts and the number of advantages without a limit")
  func claims() throws {
    let observation = try observe(AdvantageVerdicts())
    let sum = try observation.number("claim_number_c6") + observation.number("claim_number_c11")
    #expect(sum == (try observation.number("holds")))
    #expect(
      try observation.number("holds") + observation.number("limited")
        + observation.number("fails") == observation.number("advantages"))
    #expect(observation.values["verdict_c6"] != nil)
    #expect(observation.values["verdict_c11"] != nil)
  }
}
