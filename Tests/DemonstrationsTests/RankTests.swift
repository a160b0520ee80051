import Drawing
import Experiments
import LinearAlgebra
import TestSupport
import Testing

@testable import Demonstrations

@Suite("The lesson on ranks")
struct RankTests {
  private func input(_ demonstration: some TrainedDemonstration) throws -> DemonstrationInput {
    try LessonWeights.input(of: demonstration)
  }

  private func outcome(_ losses: [Double], choosing: [Double]? = nil) -> TuningOutcome {
    TuningOutcome(rates: [
      .init(
        rate: 0.01, choosing: choosing ?? losses, losses: losses, scores: losses, norms: losses,
        parameters: 1)
    ])
  }

  @Test(
    "rates lie around 0.02/√r, and can be typed",
    arguments: [(1, [0.01, 0.02, 0.04]), (4, [0.005, 0.01, 0.02]), (8, [0.0035, 0.0071, 0.014])])
  func rates(rank: Int, expected: [Double]) {
    for (rate, wanted) in zip(RankStudy.rates(rank: rank), expected) {
      #expect((rate - wanted).magnitude < 1e-9)
    }
  }

  @Test("the rate is chosen with other exercises than are reported")
  func choosing() {
    let outcome = TuningOutcome(rates: [
      .init(rate: 1, choosing: [3], losses: [1], scores: [0], norms: [0], parameters: 1),
      .init(rate: 2, choosing: [2], losses: [5], scores: [0], norms: [0], parameters: 1),
      .init(rate: 3, choosing: [4], losses: [0], scores: [0], norms: [0], parameters: 1),
    ])
    #expect(outcome.best.rate == 2)
    #expect(outcome.median == 5)
    #expect(!outcome.isAtEdge)
  }

  @Test(
    "one loss is below another only where they differ by more than the seeds do",
    arguments: [
      ([1.0, 1.1, 1.2], [1.5, 1.6, 1.7], true), ([1.0, 1.5, 2.0], [1.2, 1.6, 2.1], false),
      ([1.5, 1.6, 1.7], [1.0, 1.1, 1.2], false),
    ])
  func below(first: [Double], second: [Double], expected: Bool) {
    #expect(outcome(first).isBelow(outcome(second)) == expected)
  }

  @Test(
    "choices of layers share a budget as nearly as whole ranks can",
    arguments: TargetPlan.Layers.allCases)
  func budget(layers: TargetPlan.Layers) {
    // Two blocks of width 64, and 176 inside: sides of 64 + 64 and of 64 + 176.
    let sides: [TargetPlan.Layers: Int] = [
      .queryValue: 2 * 2 * 128, .attention: 2 * 4 * 128, .perceptron: 2 * 3 * 240,
      .all: 2 * (4 * 128 + 3 * 240),
    ]
    #expect(layers.numbersPerRank == sides[layers])
    let budget = 8 * 2464
    let rank = layers.rank(sharing: 8)
    #expect((rank * layers.numbersPerRank - budget).magnitude * 2 <= layers.numbersPerRank)
  }

  @Test("fewer and shorter trainings are enough for a quick look")
  func quick() throws {
    for demonstration in Registry.rank {
      let trained = try #require(demonstration as? any TrainedDemonstration)
      let whole = try trained.experiments(for: DemonstrationInput())
      let quick = try trained.experiments(for: DemonstrationInput(isQuick: true))
      let costs = [whole, quick].map { $0.reduce(0) { $0 + $1.cost } }
      #expect(costs[1] < costs[0] / 4, "\(demonstration.id)")
    }
  }

  @Test("each number of seeds and steps gives trainings of its own")
  func settings() throws {
    let sweep = RankSweep()
    let few = try sweep.experiments(
      for: DemonstrationInput(settings: ["seeds": 1, "steps": 30]))
    #expect(few.count == 7 * 3)
    #expect(few.allSatisfy { $0.key.contains("30 steps") })
  }

  @Test("every step of the lesson has what its verdict and prose ask for")
  func verdict() throws {
    let observation = try RankRule().observe(input(RankRule()))
    guard case .words(let verdict)? = observation.values["verdict"] else {
      Issue.record("no verdict")
      return
    }
    #expect(
      ["holds", "holds, with a limit", "does not hold here"].contains(verdict.english))
    let times = try #require(observation.values["times"]?.numeric)
    let enough = try #require(observation.values["numbers_enough"]?.numeric)
    let full = try #require(observation.values["numbers_full"]?.numeric)
    #expect((times - full / enough).magnitude < 0.05)
  }
}

@Suite("A change that was learned")
struct LearnedUpdateTests {
  private func matrix(_ values: [Float]) -> Matrix {
    var matrix = Matrix.zeros(rows: values.count, columns: values.count)
    for (index, value) in values.enumerated() { matrix[index, index] = value }
    return matrix
  }

  @Test("counts the sheets that hold nine tenths of the change, and its size")
  func counts() throws {
    let weights = NamedWeights(name: "w", matrix: matrix([4, 4, 4, 4]))
    let change = NamedWeights(name: "c", matrix: matrix([3, 1, 0, 0]))
    let values = try LearnedUpdate().observe(
      DemonstrationInput(weights: weights, change: change)
    ).values
    #expect(values["ninety_change"]?.numeric == 1)
    #expect(values["ninety_weight"]?.numeric == 4)
    #expect(values["exact_rank"]?.numeric == 2)
    let size = try #require(values["size"]?.numeric)
    #expect((size - 100 * (10.0 / 64).squareRoot()).magnitude < 1e-3)
  }

  @Test("refuses weights without a change of their shape")
  func refuses() throws {
    let weights = NamedWeights(name: "w", matrix: matrix([1, 2, 3]))
    for change in [nil, NamedWeights(name: "c", matrix: matrix([1, 2]))] {
      let input = DemonstrationInput(weights: weights, change: change)
      #expect(throws: DemonstrationError.self) { try LearnedUpdate().observe(input) }
    }
  }

  @Test("the law of erasure marks the size that training gave to a change")
  func erasure() throws {
    var generator = RandomGenerator(seed: 1)
    let weight = Matrix.randomNormal(rows: 16, columns: 16, using: &generator)
    let change = 0.25 * Matrix.randomNormal(rows: 16, columns: 16, using: &generator)
    let values = try ErasureLaw().observe(
      DemonstrationInput(
        weights: NamedWeights(name: "w", matrix: weight),
        change: NamedWeights(name: "c", matrix: change))
    ).values
    let ratio = try #require(values["learned_ratio"]?.numeric)
    #expect((ratio - 100 * change.norm / weight.norm).magnitude < 1e-3)
    let changed = try #require(values["learned_changed"]?.numeric)
    #expect(changed > 0 && changed < 100)
  }
}
