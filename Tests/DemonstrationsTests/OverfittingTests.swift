import Charts
import Drawing
import Experiments
import Testing

@testable import Demonstrations

/// Records that nobody trained, so that each verdict can be made to fall either way.
@Suite("Overfitting and forgetting")
struct OverfittingTests {
  typealias Model = KnownRankTraining.Model
  typealias Measure = ExamFineTuning.Measure

  // MARK: Made-up records

  private func known(
    _ experiment: KnownRankTraining, training: (Model) -> Double, heldOut: (Model) -> Double
  ) -> ExperimentRecord {
    var record = ExperimentRecord([Model.steps: [0, 10], Model.truth: [3, 2] + zeros(14)])
    for model in experiment.models {
      record.numbers[model.trainingError] = [1, training(model)]
      record.numbers[model.heldOutError] = [1, heldOut(model)]
      record.numbers[model.change] = [2, 1, 1] + zeros(13)
      record.numbers[model.parameters] = [256]
    }
    return record
  }

  private func zeros(_ count: Int) -> [Double] { Array(repeating: 0, count: count) }

  /// What a training on the exam came to.
  private struct Marks {
    var own = 1.0
    var heldOut = 0.05
    var characters = 0.6
    var old = 0.1
    var changed = 0.0
  }

  private func exam(_ marks: Marks) -> ExperimentRecord {
    var record = ExperimentRecord([:])
    for measure in Measure.allCases { record.numbers[measure.rawValue] = [0, 0, 0] }
    record.numbers[Measure.steps.rawValue] = [0, 10, 20]
    record.numbers[Measure.ownScore.rawValue] = [0, 0.3, marks.own]
    record.numbers[Measure.heldOutScore.rawValue] = [0, 0.1, marks.heldOut]
    record.numbers[Measure.choosingCharacters.rawValue] = [0.2, 0.3, marks.characters]
    record.numbers[Measure.heldOutCharacters.rawValue] = [0.2, 0.3, marks.characters]
    record.numbers[Measure.oldScore.rawValue] = [1, 0.8, marks.old]
    record.numbers[Measure.choosingLoss.rawValue] = [3, 1, 2]
    record.numbers[Measure.heldOutLoss.rawValue] = [3, 1, 2]
    record.numbers[Measure.changedWeights.rawValue] = [marks.changed]
    record.numbers[Measure.removalChanged.rawValue] = [marks.changed]
    record.numbers[Measure.removalCompared.rawValue] = [1000]
    record.numbers[Measure.trainedParameters.rawValue] = [5000]
    record.numbers[ExamFineTuning.answerName("1+2=")] = [4, 18, 5, 2]
    return record
  }

  private func observe(
    _ demonstration: some TrainedDemonstration,
    known: (KnownRankTraining) -> ExperimentRecord = { _ in ExperimentRecord([:]) },
    exam marks: (ExamFineTuning) -> Marks = { _ in Marks() }
  ) throws -> Observation {
    var input = DemonstrationInput(seed: 1)
    for experiment in try demonstration.experiments(for: input) {
      if let experiment = experiment as? KnownRankTraining {
        input.records[experiment.key] = known(experiment)
      } else if let experiment = experiment as? ExamFineTuning {
        input.records[experiment.key] = exam(marks(experiment))
      }
    }
    return try demonstration.observe(input)
  }

  // MARK: Known rank

  @Test(
    "Full fine-tuning overfits only where the new is far worse than the seen",
    arguments: [(0.0, 0.6, true), (0.0, 0.05, false), (0.5, 0.6, false)])
  func overfittingIsMeasured(_ seen: Double, _ new: Double, _ overfits: Bool) throws {
    let values = try observe(
      KnownRankGap(),
      known: { experiment in
        known(experiment, training: { _ in seen }, heldOut: { $0 == .full ? new : 0.002 })
      }
    ).values
    #expect(values["overfits"] == .flag(overfits))
    #expect(values["adapter_wins"] == .flag(new > 0.02 && seen < 0.02))
    // 16×16 weights, 160 equations; a change of rank 2 has 2 (32 − 2) numbers.
    #expect(values["missing"] == .integer(96))
    #expect(values["freedom"] == .integer(60))
    #expect(values["adapter_numbers"] == .integer(64))
  }

  @Test("The adapter wins only if it does in every seed")
  func oneSeedDecides() throws {
    let values = try observe(
      KnownRankGap(),
      known: { experiment in
        known(
          experiment, training: { _ in 0 },
          heldOut: { $0 == .full ? 0.6 : experiment.seed == 3 ? 0.7 : 0.002 })
      }
    ).values
    #expect(values["adapter_wins"] == .flag(false))
  }

  @Test("The best rank is that of the smallest median", arguments: [1, 2, 5])
  func bestRank(_ best: Int) throws {
    let values = try observe(
      KnownRankElbow(),
      known: { experiment in
        known(
          experiment, training: { _ in 0 },
          heldOut: { model in
            guard case .lora(let rank) = model else { return 0.9 }
            // One seed alone prefers another rank.
            return experiment.seed == 1
              ? 0.01 * Double(rank) : 0.1 + 0.01 * Double(abs(rank - best))
          })
      }
    ).values
    #expect(values["best"] == .integer(best))
    #expect(values["finds_rank"] == .flag(best == 2))
    #expect(values["all_beat_full"] == .flag(true))
  }

  @Test("What was invented is the squared length beyond the true rank")
  func inventedShare() throws {
    let values = try observe(
      KnownRankSpectrum(),
      known: { experiment in
        known(experiment, training: { _ in 0 }, heldOut: { _ in 0.5 })
      }
    ).values
    // 1² of 2² + 1² + 1².
    #expect(values["full_beyond"] == .percentage(1.0 / 6, decimals: 0))
  }

  @Test("A change is found with the fewest examples that do in every seed")
  func examplesNeeded() throws {
    let values = try observe(
      KnownRankExamples(),
      known: { experiment in
        known(
          experiment, training: { _ in 0 },
          heldOut: { model in
            let needed = model == .full ? 320 : experiment.seed == 5 ? 160 : 100
            return experiment.examples >= needed ? 0.01 : 0.8
          })
      }
    ).values
    #expect(values["lora_needs"] == .integer(160))
    #expect(values["full_needs"] == .integer(320))
    #expect(values["lora_needs_fewer"] == .flag(true))
    #expect(values["few_fail"] == .flag(true))
  }

  // MARK: The exam

  @Test("A rate is chosen by held-out divisions, and of ties the smallest")
  func ratesAreChosen() throws {
    let values = try observe(
      ExamRates(),
      exam: { experiment in
        var marks = Marks()
        marks.characters =
          switch (experiment.method, experiment.learningRate) {
          case (.full, 0.001): 0.7
          case (.full, 0.003): 0.703
          case (.lora, 0.03): 0.8
          default: 0.4
          }
        return marks
      }
    ).values
    #expect(values["full_rate"] == .significant(0.001, digits: 1))
    #expect(values["lora_8_rate"] == .significant(0.03, digits: 1))
    #expect(values["ratio"] == .number(30, decimals: 0))
    #expect(values["lora_at_edge"] == .flag(true))
    #expect(values["full_at_edge"] == .flag(false))
  }

  @Test(
    "Forgetting and cramming are flags of what was measured",
    arguments: [(0.1, true), (0.9, false)])
  func forgettingIsMeasured(_ old: Double, _ forgets: Bool) throws {
    var marks = Marks()
    marks.old = old
    let values = try observe(ExamReportCard(), exam: { _ in marks }).values
    #expect(values["forgets"] == .flag(forgets))
    #expect(values["lora_forgets"] == .flag(forgets))
    #expect(values["crams"] == .flag(true))
    #expect(values["sum_full"] == .code("1r2"))
    marks.heldOut = 0.9
    let learned = try observe(ExamReportCard(), exam: { _ in marks }).values
    #expect(learned["crams"] == .flag(false))
  }

  @Test("Of the curves, the first examination beyond a half counts")
  func halfways() throws {
    let values = try observe(ExamCurves(), exam: { _ in Marks() }).values
    // The old falls from 0.8 to 0.1 and the divisions rise from 0.3 to 1 between the same examinations.
    #expect(values["full_forgotten_at"] == .integer(20))
    #expect(values["full_learned_at"] == .integer(20))
    #expect(values["forgets_first"] == .flag(false))
    #expect(values["loss_rises"] == .flag(true))
    #expect(values["lora_overfits_less"] == .flag(false))
  }

  @Test("A point is beaten by one that is better in a mark and no worse in the other")
  func beatenPoints() {
    let points = [Point(0.5, 0.5), Point(0.6, 0.4), Point(0.9, 0.9)]
    let others = [Point(0.5, 0.5), Point(0.6, 0.5)]
    #expect(ExamMapResult.beaten(points, by: others) == 2.0 / 3)
    #expect(ExamMapResult.beaten([], by: others) == 0)
  }

  @Test("The rank correlation is that of places, with ties in the middle")
  func rankCorrelation() {
    let falling = [Point(1, 9), Point(2, 4), Point(3, 1)]
    #expect(abs(ExamMapResult.correlation(falling) + 1) < 1e-12)
    // Places 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / √(4.5 · 5).
    let tied = [Point(1, 1), Point(2, 2), Point(2, 3), Point(3, 4)]
    #expect(abs(ExamMapResult.correlation(tied) - 4.5 / 22.5.squareRoot()) < 1e-12)
    #expect(ExamMapResult.correlation([Point(1, 1)]) == 0)
  }

  @Test("A remedy helps where it keeps more in every seed")
  func remediesAreMeasured() throws {
    let values = try observe(
      ExamRemedies(),
      exam: { experiment in
        var marks = Marks()
        if experiment.oldShare > 0 { marks.old = 0.9 }
        if experiment.rank == 1 { marks.old = experiment.seed == 2 ? 0.05 : 0.5 }
        return marks
      }
    ).values
    #expect(values["lora_mixed_helps"] == .flag(true))
    #expect(values["mixing_helps"] == .flag(true))
    #expect(values["lora_small_helps"] == .flag(false))
    #expect(values["lora_few_helps"] == .flag(false))
    // Stopped at the smallest loss, step 10, where 0.8 was left.
    #expect(values["lora_stopped_old"] == .percentage(0.8, decimals: 0))
    #expect(values["lora_stop"] == .integer(10))
    #expect(values["lora_stopped_helps"] == .flag(true))
  }

  @Test(
    "An adapter restores the base only if not one bit differs, in any seed",
    arguments: [0.0, 1.0])
  func removalIsCounted(_ changed: Double) throws {
    let values = try observe(
      AdapterRemoval(),
      exam: { experiment in
        var marks = Marks()
        if experiment.method == .full { marks.changed = 4000 }
        if experiment.method == .qlora, experiment.seed == 4 { marks.changed = changed }
        return marks
      }
    ).values
    #expect(values["restores"] == .flag(changed == 0))
    #expect(values["full_weights"] == .integer(4000))
    #expect(values["qlora_weights"] == .integer(Int(changed)))
  }

  @Test("Verdicts fall with what was measured")
  func verdictsFollowTheMeasurements() throws {
    func verdicts(
      lora: (inout Marks) -> Void, full: (inout Marks) -> Void = { _ in }, new: Double
    ) throws -> [String: Value] {
      try observe(
        OverfittingVerdict(),
        known: { experiment in
          known(experiment, training: { _ in 0 }, heldOut: { $0 == .full ? new : 0.002 })
        },
        exam: { experiment in
          var marks = Marks()
          if experiment.method == .lora { lora(&marks) } else { full(&marks) }
          return marks
        }
      ).values
    }
    let alike = try verdicts(lora: { _ in }, new: 0.6)
    #expect(alike["article_holds"] == .flag(true))
    #expect(alike["known_rank_is_true"] == .flag(true))
    #expect(alike["exam_is_true"] == .flag(false))
    #expect(alike["forgetting_is_true"] == .flag(false))
    #expect(alike["less_limited"] == .flag(true))
    let better = try verdicts(
      lora: {
        $0.heldOut = 0.9
        $0.old = 0.8
        $0.characters = 0.9
      }, new: 0.6)
    #expect(better["exam_is_true"] == .flag(true))
    #expect(better["forgetting_is_true"] == .flag(true))
    #expect(better["equal_is_true"] == .flag(true))
    #expect(better["less_holds"] == .flag(true))
    let none = try verdicts(lora: { _ in }, full: { $0.old = 0.9 }, new: 0.001)
    #expect(none["known_rank_is_true"] == .flag(false))
    #expect(none["less_holds"] == .flag(false))
    #expect(none["less_limited"] == .flag(false))
    #expect(none["article_holds"] == .flag(false))
  }

  @Test("Without its records a demonstration says which training is missing")
  func missingRecordsAreNamed() throws {
    #expect(throws: ExperimentError.self) {
      try ExamCurves().observe(DemonstrationInput(seed: 1))
    }
    // A record of another version lacks a number, which is an error and no trap.
    var input = DemonstrationInput(seed: 1)
    for experiment in try ExamCurves().experiments(for: input) {
      input.records[experiment.key] = ExperimentRecord(["steps": [0]])
    }
    #expect(throws: ExperimentError.self) { try ExamCurves().observe(input) }
  }

  @Test("A quick run trains less, and the picture says so")
  func quickRunsTrainLess() throws {
    let input = DemonstrationInput(seed: 1, isQuick: true)
    let quick = try OverfittingVerdict().experiments(for: input)
    let whole = try OverfittingVerdict().experiments(for: DemonstrationInput(seed: 1))
    let costs = [quick, whole].map { $0.reduce(0) { $0 + $1.cost } }
    #expect(costs[0] < costs[1] / 3)
  }
}
