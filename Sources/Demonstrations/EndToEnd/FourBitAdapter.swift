internal import Charts
internal import Drawing
public import Experiments

/// The adapter that learns divisions beside the base in four bits: its loss, and the scores before and after.
public struct FourBitAdapter: TrainedDemonstration {
  public let id = "four-bit-adapter"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try PipelineStudy.repetitions(self, input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = FourBitAdapterResult(study: try PipelineStudy(self, input, isRepeated: true))
    return Observation(
      values: result.named, tables: [result.table, result.study.table([.quantized, .adapted])],
      picture: Picture(
        title: { words in
          words.say(
            es: "El adaptador aprende a dividir junto a 4 bits",
            en: "The adapter learns to divide beside 4 bits")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The training of the adapter.
struct FourBitAdapterResult: Sendable {
  let study: PipelineStudy

  private var last: Double {
    let part = study.losses.suffix(max(study.losses.count / 50, 1))
    return part.reduce(0, +) / Double(max(part.count, 1))
  }
  private var first: Double { study.losses.first ?? 0 }

  var named: [String: Value] {
    study.named.merging([
      "first_loss": .significant(first, digits: 3), "last_loss": .significant(last, digits: 2),
      "trained_share": .percentage(
        Double(study.trainedParameters) / Double(PipelineStudy.parameterCount), decimals: 0),
      "layers": .integer(LanguageModel.courseLayers.count),
      "per_rank": .integer(study.trainedParameters / max(study.experiment.rank, 1)),
      "update_size": .percentage(study.updateSize, decimals: 0),
      "learns": .flag(study.always(.quantized, .adapted) { $0.new < $1.new }),
      "forgets": .flag(study.always(.quantized, .adapted) { $1.oldShare < 0.9 * $0.oldShare }),
    ]) { $1 }
  }

  var table: DataTable {
    let size = max(study.losses.count / 20, 1)
    return DataTable(
      id: "losses", title: Phrase(es: "pérdida del adaptador", en: "loss of the adapter"),
      columns: [Phrase(es: "paso", en: "step"), Phrase(es: "pérdida", en: "loss")],
      rows: stride(from: 0, to: study.losses.count, by: size).map {
        [.init(.integer($0 + 1)), .init(.significant(study.losses[$0], digits: 3))]
      })
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Curva de la pérdida del adaptador en \(words.integer(study.losses.count)) pasos, de \
        \(words.numbers.significant(first, digits: 3)) a \
        \(words.numbers.significant(last, digits: 2)), y barras con los aciertos. \
        \(StageBars(study: study, stages: [.quantized, .adapted]).list(words)).
        """,
      en: """
        Curve of the loss of the adapter over \(words.integer(study.losses.count)) steps, from \
        \(words.numbers.significant(first, digits: 3)) to \
        \(words.numbers.significant(last, digits: 2)), and bars of the right answers. \
        \(StageBars(study: study, stages: [.quantized, .adapted]).list(words)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let curve = PipelineCurve(
      heading: words.say(es: "pérdida del adaptador", en: "loss of the adapter"),
      losses: study.losses, role: .update)
    guard !canvas.isCompact else {
      curve.draw(in: frame, on: &canvas)
      return
    }
    let parts = frame.rows([1.7, 1], gap: canvas.em(1.2))
    curve.draw(in: parts[0], on: &canvas)
    StageBars(study: study, stages: [.quantized, .adapted]).draw(in: parts[1], on: &canvas)
  }
}
