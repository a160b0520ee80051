import Adapters
import Drawing
import LinearAlgebra
import Testing

@testable import Demonstrations

@Suite("Merging")
struct MergingTests {
  /// What the first step of the lesson that shows a demonstration gives to it.
  private func observe(
    _ demonstration: any Demonstration, _ settings: [String: Double] = [:]
  ) throws -> Observation {
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    return try demonstration.observe(input)
  }

  @Test("the merged matrix takes the bytes of the base, whatever the rank", arguments: 1...4)
  func bytes(rank: Int) throws {
    let observation = try observe(MergedMatrix(), ["rank": Double(rank)])
    #expect(try observation.number("base_bytes") == 80)
    #expect(try observation.number("bytes_after") == 80)
    #expect(try observation.number("bytes_before") == 80 + Double(4 * rank * 9))
    #expect(observation.values["no_more"] == .flag(true))
  }

  @Test("the entry in the prose adds up as it is written", arguments: [0, 1, 3, 7, 11] as [UInt64])
  func pointed(seed: UInt64) throws {
    var input = try LessonWeights.input(of: MergedMatrix())
    input.seed = seed
    let observation = try MergedMatrix().observe(input)
    func written(_ name: String) throws -> Double {
      let text = try observation.text(name).map { $0 == "\u{2212}" ? "-" : String($0) }.joined()
      return try #require(Double(text))
    }
    let sum = try written("w0") + (try written("scaling")) * (try written("ba"))
    #expect(abs(sum - (try written("w"))) < 1e-9)
  }

  @Test("both ways give the outputs of the formula, to single precision")
  func outputs() throws {
    let layer = try smallLayer()
    var generator = RandomGenerator(seed: 5)
    let result = try TwoBranchesResult(layer: layer, count: 50, using: &generator)
    #expect(result.isEqual)
    #expect(result.largest > 0)
    #expect(abs(result.shares.reduce(0, +) - 1) < 1e-12)
    let same = zip(result.beside.values, result.merged.values).count { $0 == $1 }
    #expect(result.shares[0] == Double(same) / Double(result.merged.count))
    for (sum, parts) in zip(result.beside.values, zip(result.base, result.branch)) {
      #expect(abs(Double(sum) - Double(parts.0) - Double(parts.1)) < 1e-6 * result.size)
    }
  }

  @Test("unmerging leaves what one addition and one subtraction lose, and says where")
  func unmerging() throws {
    let layer = try smallLayer()
    let delta = layer.adapter.deltaWeight
    let result = UnmergingResult(layer: layer)
    let expected = zip(layer.weight.values, delta.values).map { ($0 + $1) - $1 - $0 }
    #expect(result.difference.values == expected)
    #expect(result.changed == expected.count { $0 != 0 })
    #expect(result.changed > 0)
    let observation = try observe(Unmerging())
    let (row, column) = (
      Int(try observation.number("row")) - 1, Int(try observation.number("column")) - 1
    )
    let index = row * layer.weight.columns + column
    #expect(Float(try observation.number("w0")) == layer.weight.values[index])
    #expect(try observation.number("largest") == Double(expected[index].magnitude))
  }

  @Test(
    "after two cycles with one update nothing changes any more, whatever the weights",
    arguments: TrialWeights.awkward)
  func fixedPoint(weights: TrialWeights) throws {
    do {
      let observation = try RepeatedMerging().observe(DemonstrationInput(weights: weights.named))
      #expect(observation.values["stays"] == .flag(true))
    } catch let error as DemonstrationError {
      guard case .unsuitableWeights = error else { throw error }
    }
  }

  @Test("real weights change once with one update, and ever more with new ones")
  func drift() throws {
    let observation = try observe(RepeatedMerging())
    #expect(observation.values["stays"] == .flag(true))
    #expect(observation.values["grows"] == .flag(true))
    #expect(try observation.number("first") == observation.number("same_last"))
    #expect(try observation.number("others_last") > 2 * observation.number("same_last"))
  }

  @Test("cat and svd are the sum, and svd of a lower rank loses the singular values left out")
  func combining() throws {
    let pair = try TwoAdapters(side: 12, rank: 2, weights: [0.7, 0.3], seed: 3)
    let result = try CombinedAdaptersResult(pair: pair)
    #expect(result.isExact(result.cat))
    #expect(result.isExact(result.svd))
    let spectrum = try SingularValueDecomposition(pair.sum)
    #expect(spectrum.rank == 4)
    let tail = spectrum.error(rank: 2) / spectrum.error(rank: 0)
    #expect(abs(pair.error(of: result.svdSmall) - tail) < 1e-5)
    #expect(pair.error(of: result.linear) > tail)
  }

  /// ‖B₁A₁‖ and its like are about equal, so the wanted part is √(0.7² + 0.3²) of them and the
  /// unwanted one √(2 · 0.7 · 0.3).
  @Test("the cross terms are all of the error of linear, which is known for random adapters")
  func crossTerms() throws {
    var errors: [Double] = []
    for seed in 0..<20 as Range<UInt64> {
      let pair = try TwoAdapters(side: 32, rank: 8, weights: [0.7, 0.3], seed: seed)
      let result = try CrossTermsResult(pair: pair)
      #expect(result.addsUp)
      #expect(abs(result.error - result.unwanted.norm / pair.sum.norm) < 1e-5)
      errors.append(result.error)
    }
    #expect(abs(Statistics.mean(errors) - (0.42 / 0.58).squareRoot()) < 0.03)
  }

  @Test("a weight near zero leaves the sum")
  func zeroWeight() throws {
    let pair = try TwoAdapters(side: 12, rank: 2, weights: [1, 1e-12], seed: 3)
    #expect(try CrossTermsResult(pair: pair).error < 1e-5)
  }

  @Test("TIES on the table of the lesson is what one computes by hand")
  func ties() throws {
    let input = try LessonWeights.input(of: SignElection())
    let result = try SignElectionResult(
      entries: #require(input.weights).matrix, density: 0.5)
    let expected: [Double] = [0.85, 0.65, 0, 0.75, -0.8, 0, 0.8, -0.9]
    for (found, wanted) in zip(result.steps.merged.values, expected) {
      #expect(abs(Double(found) - wanted) < 1e-6)
    }
    #expect(result.conflicts == [0, 3])
    #expect(result.isOutvoted(2, 0))
    #expect(result.isOutvoted(1, 3))
    #expect(result.pointed == 3)
    let observation = try SignElection().observe(input)
    #expect(try observation.text("values") == "1.10, \u{2212}1.00, 0.40")
    #expect(abs(try observation.number("mean") - 0.5 / 3) < 1e-6)
  }

  @Test(
    "a draw of DARE keeps or drops, and the mean of many is as near as its variance says",
    arguments: [0.2, 0.5, 0.9])
  func dropping(density: Double) throws {
    var generator = RandomGenerator(seed: 11)
    let entries = TrialWeights.normal(1, 400).matrix
    let result = try RandomDroppingResult(
      entries: entries, density: density, count: 300, using: &generator)
    #expect(result.distances.map(\.draws) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300])
    for distance in result.distances {
      // Of 400 entries the distance differs little from its expectation.
      #expect(abs(distance.measured / distance.expected - 1) < 0.35)
    }
    for draw in result.draws {
      for (left, entry) in zip(draw.values, entries.values) {
        #expect(left == 0 || abs(Double(left) - Double(entry) / density) < 1e-5)
      }
    }
  }

  @Test("nothing is dropped at a density of one")
  func nothingDropped() throws {
    let observation = try observe(RandomDropping(), ["density": 1])
    #expect(observation.values["drops"] == .flag(false))
    #expect(try observation.number("averaged") < 0.01)
    #expect(try observation.number("enlarged") == observation.number("value"))
  }

  @Test("two of nine methods are exact, and DARE is linear and noise", arguments: [1, 3, 7])
  func methods(seed: UInt64) throws {
    let pair = try TwoAdapters(side: 12, rank: 2, weights: [0.7, 0.3], seed: seed)
    let result = try CombinationMethodsResult(pair: pair, density: 0.5, seed: seed)
    #expect(result.exact.map(\.name) == ["cat", "svd"])
    #expect(result.exact.map(\.rank) == [4, 4])
    for way in result.ways where !way.isExact { #expect(way.rank == 2) }
    let errors = result.ways.dropFirst(2).map(\.error)
    #expect(errors == errors.sorted())
    // The noise of the mean of 400 draws is a twentieth of that of one.
    #expect(result.dareMean < 0.12 * result.dareOnce)
  }

  /// The figures of an experiment with 256×256 weights, rank 8 and 0.35 of the weight's norm.
  @Test(
    "the targets lose what they are known to lose",
    arguments: [
      ("bf16", 0.17), ("original", 8.6), ("requantized", 9.2), ("requantized_original", 12.5),
      ("without", 33.8),
    ])
  func targets(name: String, expected: Double) throws {
    let observation = try observe(FourBitTargets())
    #expect(abs(try observation.number(name) - expected) < 0.06 * expected)
    #expect(try observation.number("dequantized") == 0)
    #expect(observation.values["worse_than_nothing"] == .flag(false))
  }

  @Test("a small update is worse on the requantized base than no adapter")
  func smallUpdate() throws {
    let observation = try observe(FourBitTargets(), ["share": 0.05])
    #expect(observation.values["worse_than_nothing"] == .flag(true))
  }

  @Test("a weight changes its code where it passes the threshold, and ends on a level")
  func threshold() throws {
    let input = try LessonWeights.input(of: UnmovedWeight())
    let weight = try #require(input.weights).matrix
    var crossed = 0
    for seed in 0..<12 as Range<UInt64> {
      var generator = RandomGenerator(seed: seed)
      let adapter = try LoRAAdapter.drawn(for: weight, rank: 8, share: 1, using: &generator)
      let result = try #require(
        try UnmovedWeightResult(
          weight: weight, direction: adapter.deltaWeight, share: 0.03, blockSize: 64))
      #expect(abs(result.room - abs(result.nextLevel - result.start) / 2) < 1e-6)
      for trial in result.trials {
        let level = result.levels.map { $0 * trial.stretch }.map { abs($0 - trial.restored) }.min()
        #expect(try #require(level) < 1e-5)
        // The ruler grows with the update, so close cases can fall to either side.
        let reach = trial.change.magnitude / result.room
        if reach < 0.7 { #expect(trial.code == result.code) }
        if reach > 1.6 { #expect(trial.code != result.code) }
        if trial.code != result.code { crossed += 1 }
      }
    }
    #expect(crossed > 0)
  }

  /// The law as it was measured with 1024×1024 normal weights and rank 8.
  @Test(
    "the law of erasure holds for real weights as for normal ones",
    arguments: [
      ("01", 0.0, 0.05, 0.04), ("03", 0.16, 0.2, 0.11), ("10", 19, 2, 0.74), ("30", 61, 2.5, 0.95),
      ("100", 84, 2, 0.99),
    ])
  func erasure(key: String, changed: Double, changedBy: Double, cosine: Double) throws {
    let observation = try observe(ErasureLaw())
    #expect(abs(try observation.number("changed_\(key)") - changed) <= changedBy)
    #expect(abs(try observation.number("cosine_\(key)") - cosine) <= 0.04)
    #expect(observation.values["erases"] == .flag(true))
    #expect(observation.values["survives"] == .flag(true))
  }

  @Test(
    "the verdict follows the size of the update",
    arguments: [
      (0.0005, "does not hold here"), (0.05, "holds, with a limit"), (0.35, "holds, with a limit"),
      (10, "holds"),
    ])
  func verdict(share: Double, expected: String) throws {
    let observation = try observe(MergingVerdict(), ["share": share])
    #expect(try observation.text("verdict") == expected)
    #expect(observation.values["memory_kept"] == .flag(true))
  }

  @Test("memory is counted in the bytes of each format")
  func memory() throws {
    let observation = try observe(MergingVerdict())
    let (count, factors) = (384.0 * 384, 8.0 * 768)
    #expect(try observation.number("single_before") == 4 * (count + factors))
    #expect(try observation.number("single_after") == 4 * count)
    #expect(try observation.number("four_base") == count / 2 + count / 64 * 4)
    #expect(try observation.number("four_before") == count * 0.5625 + 2 * factors)
    #expect(abs(try observation.number("wide_ratio") - 16 / 4.5) < 1e-12)
    #expect(observation.values["worse_than_nothing"] == .flag(true))
    #expect(observation.drawn().contains("295 kB"))
  }

  @Test(
    "weights that no update in proportion suits are refused with a reason",
    arguments: [
      TrialWeights(name: "zeros", matrix: .zeros(rows: 4, columns: 4)),
      .normal(4, 4, scale: 1e25), .normal(4, 4, scale: 1e-25),
    ])
  func refused(weights: TrialWeights) throws {
    let input = DemonstrationInput(weights: weights.named)
    let demonstrations: [any Demonstration] = [
      MergedMatrix(), TwoBranches(), Unmerging(), RepeatedMerging(), FourBitTargets(),
      UnmovedWeight(), ErasureLaw(), MergingVerdict(),
    ]
    for demonstration in demonstrations {
      #expect(throws: DemonstrationError.self, "\(demonstration.id)") {
        try demonstration.observe(input)
      }
    }
  }

  @Test(
    "an adapter is drawn with the rank and the size that were asked for",
    arguments: [(8, 0.05), (1, 1.0), (100, 0.35)])
  func drawn(rank: Int, share: Double) throws {
    let weight = TrialWeights.normal(20, 12).matrix
    var generator = RandomGenerator(seed: 4)
    let adapter = try LoRAAdapter.drawn(
      for: weight, rank: rank, share: share, scaling: 4, using: &generator)
    #expect(adapter.rank == min(rank, 12))
    #expect(adapter.scaling == 4)
    #expect(abs(adapter.deltaWeight.norm / weight.norm - share) < 1e-5)
  }

  @Test(
    "settings are written as they were set",
    arguments: [
      (0.7, "0.7"), (2, "2"), (0.35, "0.35"), (-1.25, "\u{2212}1.25"), (1 / 3.0, "0.333333"),
    ])
  func settings(value: Double, expected: String) {
    #expect(Value.setting(value).formatted(Words(.english)) == expected)
  }

  private func smallLayer() throws -> SmallLayer {
    let input = try LessonWeights.input(of: MergedMatrix())
    return try SmallLayer(
      weight: #require(input.weights).matrix, rank: 2, share: 0.7, alpha: 4, seed: input.seed)
  }
}
