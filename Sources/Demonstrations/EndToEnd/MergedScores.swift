internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// What the ways to merge keep of the answers: into the dequantized base, into the original one, and back to four
/// bits.
public struct MergedScores: TrainedDemonstration {
  public let id = "merged-scores"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try PipelineStudy.repetitions(self, input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = MergedScoresResult(study: try PipelineStudy(self, input, isRepeated: true))
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

  /// Whether merging into the dequantized base leaves every score as it was, with every seed.
  var isSame: Bool {
    study.always(.adapted, .merged) { $0.new == $1.new && $0.old == $1.old }
  }

  /// By seed, how many answers to divisions are lost on the way from one stage to another; below 0 for a gain.
  private func lost(to stage: ExamPipeline.Stage) -> [Int] {
    zip(study.scores(.merged), study.scores(stage)).map { $0.new - $1.new }
  }
  private var lostInFourBits: [Int] { lost(to: .requantized) }

  /// One matrix that answers the same in as many bytes; with a limit where four bits do not keep it.
  private var verdict: Phrase {
    guard isSame, study.file(.merged).tensorBytes == study.file(.base).tensorBytes else {
      return ClaimOutcome.doesNotHold.phrase
    }
    return ClaimOutcome(lostInFourBits.allSatisfy { $0 <= 0 }, limited: true).phrase
  }

  var named: [String: Value] {
    let elsewhere = lost(to: .mergedElsewhere)
    return study.named.merging([
      "verdict": .words(verdict),
      "claim_number": .integer(
        Int(Statistics.median(lostInFourBits.map { Double(abs($0)) }).rounded())),
      "claim_measure": .words(
        Phrase(es: "respuestas cambian si vuelve a 4 bits", en: "answers change if back in 4 bits")),
      "is_same": .flag(isSame),
      "elsewhere_loses": .flag(elsewhere.allSatisfy { $0 > 0 }),
      "elsewhere_change": .integer(abs(elsewhere[0])),
      "elsewhere_least": .integer(elsewhere.min() ?? 0),
      "elsewhere_most": .integer(elsewhere.max() ?? 0),
      "requantized_loses": .flag(lostInFourBits.allSatisfy { $0 > 0 }),
      "requantized_change": .integer(abs(lostInFourBits[0])),
      "requantized_least": .integer(lostInFourBits.min() ?? 0),
      "requantized_most": .integer(lostInFourBits.max() ?? 0),
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
