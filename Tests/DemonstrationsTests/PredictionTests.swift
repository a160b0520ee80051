import Demonstrations
import Experiments
import TestSupport
import Testing

/// The right answers of predictions are words that someone wrote; these are the measurements that make them right.
@Suite("What predictions hold to be right")
struct PredictionTests {
  @Test(
    "follows from the results that came with the lessons",
    arguments: [
      ("known-rank-spectrum", "spreads", true), ("exam-report-card", "forgets", true),
      ("exam-report-card", "lora_forgets", true), ("exam-curves", "forgets_first", true),
      ("exam-map", "none_keeps", true), ("exam-remedies", "mixing_helps", true),
      ("adapter-removal", "restores", true), ("overfitting-verdict", "less_limited", true),
      ("layer-errors", "even_weights", true), ("error-spectrum", "takes_little", true),
      ("function-recovery", "low_most", true),
      ("swapped-bases", "fits_its_own", true), ("back-to-four-bits", "keeps", false),
      ("rank-rates", "moves", true), ("alpha-sweep", "moves", true),
      ("alpha-sweep", "one_to_one", false), ("rank-stabilization", "shrinks_much", true),
      ("target-choice", "qv_worst", true), ("update-overlap", "above_chance", true),
      ("update-overlap", "below_other", true), ("intruder-dimensions", "adapters_more", true),
      ("method-arithmetic", "lora_saves", true), ("method-arithmetic", "qlora_adds", true),
      ("learning-curves", "together", true), ("method-scores", "all_cram", true),
      ("merged-scores", "is_same", true), ("merged-scores", "elsewhere_loses", true),
      ("whole-way", "forgets", true),
    ])
  func rightAnswers(_ id: String, _ flag: String, _ expected: Bool) throws {
    #expect(try values(of: id)[flag] == .flag(expected))
  }

  @Test("with as many numbers in each choice of layers, q and v alone are not the best")
  func budget() throws {
    let values = try values(of: "target-choice", settings: ["budget": 1])
    #expect(values["qv_worst"] == .flag(true))
  }

  private func values(of id: String, settings: [String: Double] = [:]) throws -> [String: Value] {
    let demonstration = try #require(Registry.demonstration(named: id))
    var input = DemonstrationInput(seed: 7, settings: settings)
    if let trained = demonstration as? any TrainedDemonstration {
      input.records = try ShippedRecords.of(trained.experiments(for: input))
    }
    return try demonstration.observe(input).values
  }
}
