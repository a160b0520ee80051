internal import Charts
internal import Drawing
public import Experiments

/// What the ways to merge keep of the answers: into the dequantized base, into the original one, and back to four
/// bits.
public struct MergedScores: TrainedDemonstration {
  public let id = "merged-scores"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    [try PipelineStudy.experiment(self, input)]
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = MergedScoresResult(study: try PipelineStudy(self, input))
    return Observation(
      values: result.named, tables: [result.study.table(MergedScoresResult.stages)],
      picture: Picture(
        title: { words in
          result.isSame
            ? words.say(
              es: "Fusionar donde se entrenó no cambia nada",
              en: "Merging where it was trained changes nothing")
            : words.say(es: "Lo que cambia al fusionar", en: "What merging changes")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Scores of the merged models.
struct MergedScoresResult: Sendable {
  static let stages: [ExamPipeline.Stage] = [.adapted, .merged, .mergedElsewhere, .requantized]

  let study: PipelineStudy

  private func new(_ stage: ExamPipeline.Stage) -> Int { study.score(stage).new }
  /// Whether merging into the dequantized base leaves every score as it was.
  var isSame: Bool {
    let (before, after) = (study.score(.adapted), study.score(.merged))
    return before.new == after.new && before.old == after.old
  }

  /// One matrix that answers the same in as many bytes; with a limit where four bits do not keep it.
  private var verdict: Phrase {
    guard isSame, study.file(.merged).tensorBytes == study.file(.base).tensorBytes else {
      return ClaimOutcome.doesNotHold.phrase
    }
    return ClaimOutcome(new(.requantized) >= new(.merged), limited: true).phrase
  }

  var named: [String: Value] {
    study.named.merging([
      "verdict": .words(verdict),
      "claim_number": .integer(abs(new(.merged) - new(.requantized))),
      "claim_measure": .words(
        Phrase(es: "respuestas cambian si vuelve a 4 bits", en: "answers change if back in 4 bits")),
      "is_same": .flag(isSame),
      "elsewhere_loses": .flag(new(.mergedElsewhere) < new(.merged)),
      "elsewhere_change": .integer(abs(new(.merged) - new(.mergedElsewhere))),
      "requantized_loses": .flag(new(.requantized) < new(.merged)),
      "requantized_change": .integer(abs(new(.merged) - new(.requantized))),
      "update_size": .percentage(study.updateSize, decimals: 0),
    ]) { $1 }
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = StageBars(study: study, stages: Self.stages).list(words)
    return words.say(
      es: "Barras con los aciertos de cuatro modelos, en divisiones y en lo anterior. \(list).",
      en: "Bars of the right answers of four models, on divisions and on old subjects. \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    StageBars(study: study, stages: Self.stages).draw(in: frame, on: &canvas)
  }
}
