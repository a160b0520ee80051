import Adapters
import CairoRendering
import Charts
import Drawing
import LinearAlgebra
import TestSupport
import Testing

@testable import Demonstrations

@Suite("The lesson on adapters")
struct AdaptersLessonTests {
  /// The product of two matrices, with sums in another way than the library's.
  private func product(_ left: Matrix, _ right: Matrix) -> [[Double]] {
    (0..<left.rows).map { row in
      (0..<right.columns).map { column in
        zip(left.row(row), right.column(column)).map { Double($0) * Double($1) }.reduce(0, +)
      }
    }
  }

  @Test(
    "the sum is the frozen weight and the scaled product, cell by cell",
    arguments: [(1, 1), (2, 4), (3, 7)])
  func update(rank: Int, alpha: Int) throws {
    let corner = TrialWeights.normal(3, 4, scale: 0.6).matrix
    let toy = try ToyAdapter(corner: corner, rank: rank, alpha: alpha, seed: 5)
    let product = product(toy.adapter.loraB, toy.adapter.loraA)
    for row in 0..<3 {
      for column in 0..<4 {
        let expected =
          Double(corner[row, column]) + Double(alpha) / Double(rank) * product[row][column]
        #expect(abs(Double(toy.merged[row, column]) - expected) < 1e-5)
      }
    }
    let observation = try AdapterUpdate().observe(
      DemonstrationInput(
        settings: ["rank": Double(rank), "alpha": Double(alpha)], seed: 5,
        weights: NamedWeights(name: "corner", matrix: corner)))
    #expect(try observation.number("factors") == Double(rank * 7))
    #expect(observation.values["saves"] == .flag(rank * 7 < 12))
    let frozen = try observation.number("frozen")
    let update = try observation.number("scaling") * observation.number("product")
    #expect(abs(frozen + update - (try observation.number("merged"))) < 1e-5)
  }

  @Test(
    "the spelled arithmetic is exact to the digits that it shows, for weights of any size",
    arguments: [1e-3, 0.02, 0.14, 1, 30, 5000])
  func arithmetic(scale: Double) throws {
    let observation = try AdapterUpdate().observe(
      DemonstrationInput(weights: TrialWeights.normal(3, 4, scale: scale).named))
    let text = try observation.text("dot_product").replacing("\u{2212}", with: "-")
      .replacing("\u{202F}", with: "")
    let factors = text.matches(of: /-?[0-9]+(\.[0-9]+)?/).compactMap { Double($0.output.0) }
    try #require(factors.count == 4)
    let sum = factors[0] * factors[1] + factors[2] * factors[3]
    let product = try observation.number("product")
    #expect(abs(sum - product) <= 1e-5 * max(abs(factors[0]), abs(factors[2])))
  }

  @Test("both branches give what the merged weight gives", arguments: [0, 7, 31] as [UInt64])
  func branches(seed: UInt64) throws {
    let toy = try ToyAdapter(
      corner: TrialWeights.normal(3, 4, scale: 0.6).matrix, rank: 2, alpha: 4, seed: seed)
    var generator = RandomGenerator(seed: seed)
    let entry = Matrix.randomNormal(rows: 1, columns: 4, using: &generator)
    let result = try NarrowBranchResult(toy: toy, entry: entry)
    #expect(result.agrees)
    #expect(result.bottleneck.count == 2)
    let expected = product(entry, toy.merged.transposed)[0]
    for (found, expected) in zip(result.output.values, expected) {
      #expect(abs(Double(found) - expected) < 1e-5)
    }
  }

  @Test("the gradients of the toy task are those of its loss")
  func slopes() throws {
    let task = try ToyTask(rank: 2, seed: 3)
    var generator = RandomGenerator(seed: 9)
    let adapter = try LoRAAdapter(
      loraA: .randomNormal(rows: 2, columns: ToyTask.columns, using: &generator),
      loraB: .randomNormal(rows: ToyTask.rows, columns: 2, using: &generator), scaling: 1)
    let gradient = try task.gradients(adapter).loraB
    let step: Float = 0x1p-7
    for index in gradient.values.indices {
      let losses = try [step, -step].map { step in
        var loraB = adapter.loraB
        loraB.values[index] += step
        return try task.loss(LoRAAdapter(loraA: adapter.loraA, loraB: loraB, scaling: 1))
      }
      let slope = (losses[0] - losses[1]) / Double(2 * step)
      #expect(abs(slope - Double(gradient.values[index])) < 1e-2 * (1 + abs(slope)))
    }
  }

  @Test(
    "one zero starts exactly where the layer was and learns; two zeros never move",
    arguments: [1, 2, 3], [1, 7, 20, 2026] as [UInt64])
  func zeroStart(rank: Int, seed: UInt64) throws {
    let observation = try ZeroStart().observe(
      DemonstrationInput(settings: ["rank": Double(rank), "steps": 200], seed: seed))
    #expect(observation.values["starts_exact"] == .flag(true))
    #expect(observation.values["stuck"] == .flag(true))
    #expect(observation.values["usual_a"] == .integer(0))
    #expect(observation.values["mirror_b"] == .integer(0))
    #expect(observation.values["mirror_moved"] == .integer(0))
    #expect(try observation.number("random_moved") > 0)
    for name in ["usual", "random"] { #expect(try observation.number(name + "_after") < 10) }
    #expect(try observation.number("zero_after") == 100)
  }

  @Test(
    "in the first step A has no gradient, in the second it has", arguments: 0..<6 as Range<UInt64>)
  func firstSteps(seed: UInt64) throws {
    let observation = try FirstGradients().observe(DemonstrationInput(seed: seed))
    #expect(observation.values["first_is_zero"] == .flag(true))
    #expect(try observation.number("zeros_a") == observation.number("count_a"))
    #expect(try observation.number("a_2") > 0)
    #expect(try observation.number("b_1") > 0)
    #expect(try observation.number("loss_2") < observation.number("loss_1"))
  }

  @Test(
    "α/r shrinks the first step of descent and keeps Adam's; α/√r keeps descent's and not Adam's",
    arguments: [1, 7, 99] as [UInt64])
  func scaling(seed: UInt64) throws {
    let observation = try RankScaling().observe(DemonstrationInput(seed: seed))
    // (α/r)²·r against α²: 64 times less at rank 64; √64 is 8.
    #expect((40.0...90).contains(try observation.number("descent_plain_shrinks")))
    #expect((0.7...1.6).contains(try observation.number("descent_stable_grows")))
    #expect((0.8...1.3).contains(try observation.number("adam_plain_grows")))
    #expect((6.5...10).contains(try observation.number("adam_stable_grows")))
    #expect(abs(try observation.number("doubled_descent") - 4) < 1e-3)
    #expect(abs(try observation.number("doubled_adam") - 2) < 1e-3)
  }

  @Test("the alpha changes no ratio between ranks")
  func alpha() throws {
    let (one, many) = try (
      RankScaling().observe(DemonstrationInput(settings: ["alpha": 1])),
      RankScaling().observe(DemonstrationInput(settings: ["alpha": 128]))
    )
    for name in ["descent_plain_shrinks", "adam_stable_grows"] {
      let (first, second) = (try one.number(name), try many.number(name))
      #expect(abs(first - second) < 1e-3 * first)
    }
  }

  @Test("the starts of A have the spreads of their rules, and the trap is √(in/r) too wide")
  func randomStarts() throws {
    let observation = try RandomStarts().observe(DemonstrationInput())
    let expected = [
      ("bound", 1 / 768.0.squareRoot()), ("default_spread", 1 / (3 * 768.0).squareRoot()),
      ("gaussian_spread", 1.0 / 16), ("trap_bound", 0.25), ("trap_ratio", 48.0.squareRoot()),
    ]
    for (name, value) in expected {
      #expect(abs(try observation.number(name) - value) < 0.03 * value, "\(name)")
    }
    let wide = try RandomStarts().observe(
      DemonstrationInput(weights: TrialWeights.normal(40, 100).named))
    #expect(try wide.number("width") == 100)
    #expect(abs(try wide.number("bound") - 0.1) < 1e-9)
  }

  @Test(
    "in four bits PiSSA wins on a decaying spectrum and LoftQ on noise",
    arguments: [2, 7, 11] as [UInt64])
  func informedStarts(seed: UInt64) throws {
    let observation = try InformedStarts().observe(
      DemonstrationInput(seed: seed, weights: TrialWeights.normal(20, 12).named))
    #expect(observation.values["sums_exact"] == .flag(true))
    #expect(observation.values["decaying_pissa_wins"] == .flag(true))
    #expect(observation.values["noise_pissa_wins"] == .flag(false))
    // Singular values that fall by a fifth leave 0.8⁴ of their norm after the first four.
    let tail = 100 * (0.8 * 0.8 * 0.8 * 0.8)
    #expect(abs(try observation.number("decaying_pissa_rest") - tail) < 0.1)
    for matrix in ["decaying", "noise", "real"] {
      #expect(
        try observation.number(matrix + "_pissa_rest") < observation.number(matrix + "_olora_rest"))
      #expect(try observation.number(matrix + "_loftq") < observation.number(matrix + "_nf4"))
    }
  }

  @Test("DoRA turns a row as LoRA does and keeps its length", arguments: 0..<6 as Range<UInt64>)
  func dora(seed: UInt64) throws {
    let observation = try Dora().observe(DemonstrationInput(seed: seed))
    #expect(observation.values["lengths_kept"] == .flag(true))
    #expect(observation.values["turns_equal"] == .flag(true))
    for row in 1...3 {
      let (before, after) = try (
        observation.number("length_\(row)"), observation.number("dora_length_\(row)")
      )
      #expect(abs(before - after) < 1e-5)
      #expect(abs(before - (try observation.number("lora_length_\(row)"))) > 1e-3)
    }
    let length = try observation.number("length_1")
    #expect(abs(try observation.number("stretched_length") - 1.5 * length) < 1e-5)
    #expect(
      abs(try observation.number("stretched_turn") - observation.number("turn_1")) < 1e-2)
    let still = try Dora().observe(DemonstrationInput(settings: ["strength": 0], seed: seed))
    #expect(try still.number("turn_1") < 1e-2)
  }

  @Test(
    "the counts for Llama 2 7B are those that tools print",
    arguments: [(8, 19_988_480), (16, 39_976_960), (64, 159_907_840)])
  func llama(rank: Int, all: Int) throws {
    let observation = try AdapterTargets().observe(
      DemonstrationInput(settings: ["rank": Double(rank)]))
    #expect(try observation.number("all") == Double(all))
    #expect(try observation.number("qv") == Double(524_288 * rank))
    #expect(try observation.number("modules") == 224)
    #expect(try observation.text("verdict") == "holds")
  }

  @Test("the counts for GPT-3 are those of the paper")
  func gpt3() throws {
    let observation = try AdapterTargets().observe(DemonstrationInput())
    #expect(AdapterTargetsResult.gpt3(rank: 4) == 2 * 2 * 96 * 12288 * 4)
    #expect(observation.values["agrees"] == .flag(true))
    #expect(abs(try observation.number("gpt3_four") - 18.87) < 0.01)
  }

  @Test("at a rank that trains much of the model the verdict has a limit, or is no")
  func verdicts() throws {
    func verdict(_ settings: [String: Double]) throws -> String {
      try AdapterTargets().observe(DemonstrationInput(settings: settings)).text("verdict")
    }
    #expect(try verdict(["rank": 1024]) == "holds, with a limit")
    #expect(
      try verdict(["rank": 1024, "hidden": 64, "intermediate": 64, "vocabulary": 1])
        == "does not hold here")
  }

  @Test("a real layer is trained by few numbers, until the rank is too high")
  func realLayer() throws {
    let weights = try LessonWeights.sample(LessonWeights.query)
    func observe(_ rank: Double) throws -> Observation {
      try RealAdapter().observe(
        DemonstrationInput(settings: ["rank": rank], weights: weights))
    }
    let usual = try observe(8)
    #expect(try usual.number("trained") == 6144)
    #expect(try usual.number("update_rank") == 8)
    #expect((1.0...99).contains(try usual.number("loss_fell")))
    #expect(try usual.text("verdict") == "holds")
    #expect(try observe(192).text("verdict") == "holds, with a limit")
  }

  @Test(
    "numbers that no adapter can work with are refused", arguments: [Float.nan, .infinity, 1e20])
  func unsuitable(value: Float) {
    var matrix = TrialWeights.normal(6, 6).matrix
    matrix[1, 2] = value
    let input = DemonstrationInput(weights: NamedWeights(name: "broken", matrix: matrix))
    for demonstration in [AdapterUpdate(), NarrowBranch(), InformedStarts(), RealAdapter()]
      as [any Demonstration]
    {
      #expect(throws: DemonstrationError.self) { try demonstration.observe(input) }
    }
  }

  static let settings: [(String, [String: Double])] = [
    ("adapter-update", ["rank": 1, "alpha": 64]), ("adapter-update", ["rank": 3, "alpha": 7]),
    ("narrow-branch", ["rank": 1, "alpha": 1]), ("narrow-branch", ["rank": 3, "alpha": 64]),
    ("zero-start", ["rank": 1, "steps": 1]), ("zero-start", ["rank": 3, "steps": 200]),
    ("first-gradients", ["rank": 3]), ("rank-scaling", ["alpha": 128]),
    ("random-starts", ["width": 8, "rank": 1]), ("random-starts", ["width": 8, "rank": 256]),
    ("informed-starts", ["rank": 16, "iterations": 1]), ("informed-starts", ["rank": 1]),
    ("dora", ["strength": 0]), ("dora", ["strength": 60, "stretch": 10]),
    ("adapter-targets", ["rank": 1, "layers": 1, "hidden": 64, "intermediate": 64]),
    (
      "adapter-targets",
      ["rank": 1024, "layers": 1000, "hidden": 100_000, "intermediate": 1_000_000]
    ), ("adapter-targets", ["hidden": 64, "intermediate": 1_000_000]),
    ("real-adapter", ["rank": 512]), ("real-adapter", ["rank": 1]),
  ]

  @Test("the pictures with other settings can be read", arguments: settings)
  func layout(id: String, settings: [String: Double]) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    let picture = try demonstration.observe(input).picture
    let measurer = try PangoTextMeasurer()
    for preset in Preset.all {
      for language in Language.allCases {
        let figure = picture.figure(
          id: "tried",
          context: FigureContext(
            preset: preset, theme: .print, words: Words(language), measurer: measurer))
        let inspection = FigureInspection(figure: figure, preset: preset)
        let problems = inspection.problems + inspection.contrastProblems
        #expect(problems.isEmpty, "\(id), \(settings), \(preset.name), \(language)")
      }
    }
  }
}
