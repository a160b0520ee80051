import Charts
import Drawing
import Testing
import Training

@testable import Demonstrations

@Suite("Memory")
struct MemoryTests {
  private func observe(
    _ demonstration: some Demonstration, _ settings: [String: Double] = [:]
  ) throws -> Observation {
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    return try demonstration.observe(input)
  }

  @Test("the parts of the bars are all kinds of memory, each once")
  func parts() {
    let kinds = MemoryPart.allCases.flatMap(\.kinds)
    #expect(Set(kinds).count == kinds.count)
    #expect(Set(kinds) == Set(MemoryKind.allCases))
    let model = MemoryModel(ModelShape.llama[0], method: .qlora, precision: .mixedWithCopy)
    #expect(MemoryPart.allCases.reduce(0) { $0 + $1.bytes(model) } == model.total)
  }

  @Test("a budget of 7B: 83 GB, a fifth with LoRA, a tenth with QLoRA")
  func budget() throws {
    let observation = try observe(MemoryBudget())
    // 12 bytes for each of 6.738 thousand million parameters, and the activations.
    #expect(abs(try observation.number("total_full") - 83.2) < 0.1)
    #expect((4.5...5).contains(try observation.number("full_over_lora")))
    #expect((9.5...10.5).contains(try observation.number("full_over_qlora")))
    #expect(try observation.number("bytes_full") == 12)
    #expect(try observation.text("size") == "7B")
    #expect(try observation.text("verdict") == "holds")
    #expect(observation.values["weights_lead"] == .flag(true))
  }

  @Test("with long texts LoRA saves less, and the verdict says so")
  func longTexts() throws {
    let observation = try observe(MemoryBudget(), ["sequences": 64, "length": 2048])
    #expect(try observation.number("full_over_lora") < 1.3)
    #expect(try observation.text("verdict") != "holds")
  }

  @Test(
    "what is computed for the toy model is what its trainer takes, within a tenth",
    arguments: [
      [:], ["sequences": 1, "length": 2], ["targets": 0, "rank": 1], ["targets": 1, "rank": 64],
      ["sequences": 128, "length": 64],
    ] as [[String: Double]])
  func measured(settings: [String: Double]) throws {
    let observation = try observe(MemoryMeasured(), settings)
    let error = try observation.text("error")
    #expect(observation.values["agrees"] == .flag(true), "\(error)")
    #expect(observation.values["exact"] == .flag(true))
    let numbers = try ["full", "lora", "qlora"].map { try observation.number("measured_\($0)") }
    #expect(numbers == numbers.sorted(by: >))
  }

  @Test("the toy model is the course's base model")
  func base() throws {
    #expect(
      ModelShape("toy", of: MemoryMeasured.base).parameterCount == 103_104)
    #expect(try observe(MemoryMeasured()).number("parameters") == 103_104)
  }

  @Test("the lines of memory start apart and rise alike")
  func growth() throws {
    let observation = try observe(MemoryGrowth())
    let table = try #require(observation.tables.first).rows
    let numbers = table.map { row in row.compactMap(\.value.numeric) }
    for column in 2...3 {
      let full = numbers.last![1] - numbers[0][1]
      let other = numbers.last![column] - numbers[0][column]
      #expect(abs(other / full - 1) < 0.02)
    }
    #expect(try observation.number("large_ratio") < observation.number("small_ratio"))
    #expect(observation.values["slopes_alike"] == .flag(true))
    // With adapters on q and v alone, the inputs of the other layers need not be kept.
    let few = try observe(MemoryGrowth(), ["targets": 0])
    #expect(try few.number("slope_lora") < observation.number("slope_lora"))
  }

  @Test("computing again costs one pass in two with a frozen model, and one in three without")
  func checkpoints() throws {
    let observation = try observe(MemoryCheckpoints())
    #expect(try observation.number("cost_frozen") == 50)
    #expect(abs(try observation.number("cost_full") - 100.0 / 3) < 1e-9)
    #expect(try observation.number("times_qlora") > 5)
    #expect(try observation.number("fits_after") > 5 * observation.number("fits_before"))
  }

  @Test("the tokens that are said to fit do, and one more does not")
  func fitting() {
    for checkpointing in [false, true] {
      var model = MemoryModel(
        ModelShape.llama[0], method: .qlora, checkpointing: checkpointing)
      let tokens = MemoryReport.tokens(of: model, in: 24e9)
      (model.batch, model.length) = (1, tokens)
      #expect(model.total <= 24e9)
      model.length += 1
      #expect(model.total > 24e9)
    }
    #expect(
      MemoryReport.tokens(of: MemoryModel(ModelShape.llama[0], method: .full), in: 24e9) == 0)
  }

  @Test("a whole model shrinks less than its layers, and a large one more than a small one")
  func fourBits() throws {
    let observation = try observe(MemoryFourBits())
    // 16 bits over 4.127 bits in the linear layers and 16 in the other 262 410 240 numbers.
    let expected = 16 * 6_738_415_616 / (4.126953125 * 6_476_005_376 + 16 * 262_410_240)
    #expect(abs(try observation.number("ratio") - expected) < 1e-4)
    #expect(abs(try observation.number("limit") - 3.877) < 1e-3)
    #expect(try observation.number("ratio_large") > observation.number("ratio_small"))
    let single = try observe(MemoryFourBits(), ["double": 0])
    #expect(try single.number("weight_bits") == 4.5)
    #expect(try observe(MemoryFourBits(), ["params": 0.35]).number("ratio") < expected)
  }

  @Test("from rank 8 to 64 LoRA on q and v takes what torchtune measured, and little more")
  func rank() throws {
    let observation = try observe(MemoryRank())
    #expect(observation.values["hardly"] == .flag(true))
    #expect(observation.values["is_torchtune"] == .flag(true))
    let (own, theirs) = (
      try observation.number("more_lora_qv"), try observation.number("torchtune_more")
    )
    #expect(abs(own - theirs) < 0.1)
    let turned = try observe(MemoryRank(), ["low": 64, "high": 8])
    #expect(try turned.number("low") == 8)
  }

  @Test("the printed figures that come out are those that were checked by hand")
  func papers() throws {
    let observation = try observe(MemoryPapers())
    let good = observation.values.filter { $0.key.hasPrefix("agrees_") && $0.value == .flag(true) }
    #expect(
      good.keys.sorted() == [
        "agrees_adapter_7", "agrees_full_65", "agrees_gpt_weights", "agrees_qlora_65",
      ])
    #expect(try observation.number("agreeing") == 4)
    #expect(try observation.text("printed_full_65") == "> 780 GB")
    #expect(try observation.text("gpt_round") == "35 MB")
    #expect(try observe(MemoryPapers(), ["tolerance": 50]).number("agreeing") == 9)
  }

  @Test("one card of 48 GB holds 65B with QLoRA and with nothing else")
  func chooser() throws {
    let observation = try observe(MemoryChooser())
    #expect(try observation.text("largest_qlora") == "65B")
    #expect(try observation.text("largest_full") == "none")
    #expect(try observation.number("total_65_qlora") < 48)
    #expect(try observation.text("verdict_card") == "holds")
    #expect(try observation.text("verdict") == "holds, with a limit")
    // A card that holds everything or nothing shows nothing about the claim.
    for card in [1.0, 1000] {
      let other = try observe(MemoryChooser(), ["card": card])
      #expect(try other.text("verdict") == "does not hold here")
    }
  }

  @Test("a size is written as the field writes it")
  func sizes() {
    let words = Words(.english)
    #expect(ModelShape.llama.map { Amount.size($0, words) } == ["7B", "13B", "33B", "65B"])
    #expect(Amount.size(.like(parameters: 1.3e9), words) == "1.3B")
    #expect(Amount.size(.gpt2Medium, words) == "354M")
  }

  @Test(
    "every picture can be read at any settings",
    arguments: [
      ("memory-budget", ["params": 0.001]), ("memory-budget", ["params": 10_000, "rank": 4096]),
      ("memory-budget", ["sequences": 1024, "length": 100_000]), ("memory-budget", ["rank": 1]),
      ("memory-measured", ["sequences": 1, "length": 2]),
      ("memory-measured", ["sequences": 128, "length": 64, "rank": 64]),
      ("memory-growth", ["params": 0.001, "sequences": 1, "length": 1]),
      ("memory-growth", ["params": 10_000, "sequences": 1024, "length": 100_000]),
      ("memory-checkpoints", ["params": 0.001, "card": 1]),
      ("memory-checkpoints", ["params": 10_000, "length": 100_000]),
      ("memory-four-bits", ["params": 0.001]), ("memory-four-bits", ["params": 10_000]),
      ("memory-four-bits", ["params": 1.3, "double": 0]),
      ("memory-rank", ["params": 0.001]), ("memory-rank", ["params": 10_000, "low": 256]),
      ("memory-papers", ["tolerance": 1]), ("memory-papers", ["tolerance": 50]),
      ("memory-chooser", ["params": 0.001, "card": 1]),
      ("memory-chooser", ["params": 10_000, "card": 1000, "sequences": 1024]),
      ("memory-chooser", ["params": 20, "checkpointing": 0]),
    ] as [(String, [String: Double])])
  func layout(id: String, settings: [String: Double]) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    try LayoutTests().inspect(
      demonstration.observe(input).picture, of: "\(id) \(settings)",
      presets: [.slide, .beamer, .column])
  }
}
