internal import Charts
internal import Drawing
public import Experiments

/// The whole way at a glance: what each stage answers, and what it takes.
public struct WholeWay: TrainedDemonstration {
  public let id = "whole-way"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try PipelineStudy.repetitions(self, input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = WholeWayResult(study: try PipelineStudy(self, input, isRepeated: true))
    return Observation(
      values: result.named, tables: [result.study.table(WholeWayResult.stages)],
      picture: Picture(
        title: { words in
          words.say(es: "Todo el camino, de un vistazo", en: "The whole way at a glance")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// All stages.
struct WholeWayResult: Sendable {
  static let stages: [ExamPipeline.Stage] = [.base, .quantized, .adapted, .merged, .requantized]

  let study: PipelineStudy

  var named: [String: Value] {
    let pair = study.file(.quantized).tensorBytes + study.file(.adapter).tensorBytes
    return study.named.merging([
      "pair": .integer(pair),
      "pair_times": .number(
        Double(study.file(.base).tensorBytes) / Double(max(pair, 1)), decimals: 1),
      "forgets": .flag(study.always(.base, .adapted) { $1.oldShare < 0.9 * $0.oldShare }),
      "learns": .flag(study.always(.base, .adapted) { $0.new < $1.new }),
    ]) { $1 }
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = StageBars(study: study, stages: Self.stages).list(words)
    return words.say(
      es: "Barras con los aciertos en divisiones y en lo anterior, etapa por etapa. \(list).",
      en: "Bars of the right answers on divisions and old subjects, stage by stage. \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    StageBars(study: study, stages: Self.stages).draw(in: frame, on: &canvas)
  }
}
