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
      ("update-overlap", "above_chance", true),
      ("update-overlap", "below_other", true), ("intruder-dimensions", "adapters_more", true),
      ("method-arithmetic", "lora_saves", true), ("method-arithmetic", "qlora_adds", true),
      ("learning-curves", "together", true), ("method-scores", "all_cram", true),
      ("merged-scores", "is_same", true), ("merged-scores", "elsewhere_loses", true),
      ("whole-way", "forgets", true),
    ])
  func rightAnswers(_ id: String, _ flag: String, _ expected: Bool) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    let values = try demonstration.observe(LessonWeights.input(of: demonstration)).values
    #expect(values[flag] == .flag(expected))
  }

  @Test(
    "adapters on q and v alone have the worst loss, at one rank and with as many numbers",
    arguments: [[:], ["budget": 1.0]])
  func queryAndValue(settings: [String: Double]) throws {
    let demonstration = TargetChoice()
    var input = DemonstrationInput(settings: settings, seed: 7)
    input.records = try ShippedRecords.of(demonstration.experiments(for: input))
    let observation = try demonstration.observe(input)
    let losses = try ["qv", "attention", "mlp", "all"].map { try observation.number("loss_\($0)") }
    #expect(losses.dropFirst().allSatisfy { $0 < losses[0] })
  }
}
