internal import Charts
internal import Drawing
public import Experiments

/// The singular values of what was learned beside those of what there was to learn.
public struct KnownRankSpectrum: TrainedDemonstration {
  public let id = "known-rank-spectrum"
  public let parameters = KnownRankRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try KnownRankRuns(self, input).experiments
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = KnownRankSpectrumResult(
      outcome: try KnownRankOutcome(KnownRankRuns(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Lo aprendido, descompuesto en sus valores singulares",
            en: "What was learned, by its singular values")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The singular values of the truth and of three changes that were learned, medians over the seeds.
struct KnownRankSpectrumResult: Sendable {
  typealias Model = KnownRankTraining.Model

  let outcome: KnownRankOutcome

  var runs: KnownRankRuns { outcome.runs }
  var largest: Int { runs.experiments[0].largestRank }
  var truth: [Double] { outcome.values(Model.truth) }
  func change(_ model: Model) -> [Double] { outcome.values(model.change) }

  /// The share of the squared length beyond the true rank: what was invented.
  func beyond(_ values: [Double]) -> Double {
    let squares = values.map { $0 * $0 }
    let all = squares.reduce(0, +)
    return all > 0 ? squares.dropFirst(runs.trueRank).reduce(0, +) / all : 0
  }

  var named: [String: Value] {
    let (full, lora) = (change(.full), change(.lora(rank: runs.trueRank)))
    return [
      "rank": .integer(runs.trueRank), "largest": .integer(largest), "size": .integer(runs.size),
      "truth_first": .number(truth.first ?? 0, decimals: 2),
      "truth_last": .number(truth.dropFirst(runs.trueRank - 1).first ?? 0, decimals: 2),
      "lora_first": .number(lora.first ?? 0, decimals: 2),
      "lora_last": .number(lora.dropFirst(runs.trueRank - 1).first ?? 0, decimals: 2),
      "full_first": .number(full.first ?? 0, decimals: 2),
      "full_last": .number(full.dropFirst(runs.trueRank - 1).first ?? 0, decimals: 2),
      "full_next": .number(full.dropFirst(runs.trueRank).first ?? 0, decimals: 2),
      "full_beyond": .percentage(beyond(full), decimals: 0),
      "largest_beyond": .percentage(beyond(change(.lora(rank: largest))), decimals: 1),
      "spreads": .flag(beyond(full) > 0.1),
      "seeds": .integer(outcome.seedCount),
    ]
  }

  private var panels: [(name: Phrase, values: [Double], kept: Int, role: Role)] {
    [
      (Phrase(es: "la verdad", en: "the truth"), truth, runs.trueRank, .frozen),
      (Phrase(es: "completo", en: "full"), change(.full), runs.size, .original),
      (
        Phrase("LoRA r = \(runs.trueRank)"), change(.lora(rank: runs.trueRank)), runs.trueRank,
        .update
      ),
      (Phrase("LoRA r = \(largest)"), change(.lora(rank: largest)), largest, .update),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "singular-values", title: Phrase(es: "valores singulares", en: "singular values"),
        columns: [Phrase("n")] + panels.map(\.name),
        rows: truth.indices.map { index in
          [.init(.integer(index + 1))]
            + panels.map {
              .init(
                .number(
                  index < $0.kept && index < $0.values.count ? $0.values[index] : 0, decimals: 3))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = panels.map { panel in
      let values = panel.values.prefix(min(panel.kept, 4)).map { words.number($0, 2) }
      return "\(panel.name(words)): \(values.joined(separator: ", "))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Cuatro gráficas de barras con valores singulares, en la misma escala; los primeros de cada \
        una: \(list). Los del ajuste completo no acaban en el \(runs.trueRank).
        """,
      en: """
        Four bar charts of singular values on one scale; the first of each: \(list). Those of full \
        fine-tuning do not end with the \(runs.trueRank).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let frame = canvas.drawSeedNote(
      outcome.seedCount, isQuick: outcome.isQuick, in: whole, ofMedians: true)
    let words = canvas.words
    let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let highest = panels.map { $0.values.first ?? 0 }.max() ?? 1
    // Two by two, where four in a row would be too narrow for their names.
    let rows = canvas.isCompact ? frame.rows([1, 1], gap: canvas.em(0.6)) : [frame]
    let places = rows.flatMap {
      $0.columns(
        Array(repeating: 1, count: canvas.isCompact ? 2 : 4),
        gap: canvas.em(canvas.isCompact ? 1.2 : 1.6))
    }
    for (place, panel) in zip(places, panels) {
      canvas.text(
        panel.name(words), at: Point(place.minX, place.minY), style,
        color: canvas.theme.color(panel.role), vertical: .top)
      SingularValueBars(
        values: panel.values, kept: panel.kept, highest: highest, role: panel.role
      ).draw(in: place.inset(top: canvas.lineHeight(style) + canvas.em(0.3)), on: &canvas)
    }
  }
}
