import Demonstrations
import Drawing
import Experiments
import Testing

/// Records that nobody trained, so that each verdict can be made to fall either way.
@Suite("The whole way")
struct EndToEndTests {
  /// Right answers to divisions, by seed.
  private struct Answers {
    var adapted = [40, 50, 60, 50, 50]
    var merged = [40, 50, 60, 50, 50]
    var elsewhere = [30, 45, 55, 40, 30]
    var requantized = [20, 45, 50, 30, 40]
  }

  private func observe(_ answers: Answers, isQuick: Bool = false) throws -> Observation {
    let demonstration = MergedScores()
    var input = DemonstrationInput(isQuick: isQuick)
    for (seed, experiment) in try demonstration.experiments(for: input).enumerated() {
      func scores(_ divisions: Int) -> [Double] { [3, 10, 2, 10, 1, 10, Double(divisions), 100] }
      let all: [ExamPipeline.Stage: Int] = [
        .base: 0, .quantized: 0, .adapted: answers.adapted[seed], .merged: answers.merged[seed],
        .mergedElsewhere: answers.elsewhere[seed], .requantized: answers.requantized[seed],
      ]
      var record = ExperimentRecord([
        "losses": [3, 1], "trained parameters": [100], "layer errors": [0.1], "update size": [1],
      ])
      for (stage, divisions) in all where seed == 0 || !stage.isBeforeTraining {
        record.numbers[ExamPipeline.scoresName(stage)] = scores(divisions)
      }
      for output in ExamPipeline.Output.allCases where seed == 0 {
        record.numbers[ExamPipeline.filesName(output)] = [1000, 2000, 21]
      }
      input.records[experiment.key] = record
    }
    return try demonstration.observe(input)
  }

  @Test("what merging changes is said of all seeds, and the claim has their median")
  func allSeeds() throws {
    let observation = try observe(Answers())
    #expect(observation.values["is_same"] == .flag(true))
    #expect(observation.values["elsewhere_loses"] == .flag(true))
    #expect(observation.values["requantized_loses"] == .flag(true))
    #expect(try observation.text("verdict") == "holds, with a limit")
    #expect(try observation.number("claim_number") == 10)
    #expect(try observation.number("requantized_least") == 5)
    #expect(try observation.number("requantized_most") == 20)
    #expect(try observation.number("seeds") == 5)
  }

  @Test("one seed that says otherwise is enough")
  func oneSeed() throws {
    var answers = Answers()
    answers.merged[3] = 51
    answers.elsewhere[4] = 50
    answers.requantized[2] = 61
    let observation = try observe(answers)
    #expect(observation.values["is_same"] == .flag(false))
    #expect(observation.values["elsewhere_loses"] == .flag(false))
    #expect(observation.values["requantized_loses"] == .flag(false))
    #expect(try observation.text("verdict") == "does not hold here")
  }

  @Test("without any loss in four bits the claim holds")
  func noLoss() throws {
    var answers = Answers()
    answers.requantized = answers.merged
    #expect(try observe(answers).text("verdict") == "holds")
  }

  @Test("the quick version has fewer seeds, and says so in the picture")
  func quick() throws {
    let observation = try observe(Answers(), isQuick: true)
    #expect(try observation.number("seeds") == 2)
    func texts(_ marks: [Mark]) -> [String] {
      marks.flatMap { mark -> [String] in
        switch mark {
        case .text(let text): [text.string]
        case .group(_, let inner): texts(inner)
        default: []
        }
      }
    }
    #expect(
      texts(observation.figure().marks).contains {
        $0.contains("quick version") && $0.contains("2 seeds")
      })
  }
}
