internal import Charts
internal import Drawing
public import Experiments

/// The error on new examples against the rank of the adapter: lowest where the rank is the true one.
public struct KnownRankElbow: TrainedDemonstration {
  public let id = "known-rank-elbow"
  public let parameters = KnownRankRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try KnownRankRuns(self, input).experiments
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = KnownRankElbowResult(
      outcome: try KnownRankOutcome(KnownRankRuns(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.findsTheRank
            ? words.say(
              es: "El mejor rango es el verdadero: \(result.outcome.bestRank)",
              en: "The best rank is the true one: \(result.outcome.bestRank)")
            : words.say(
              es:
                "El mejor rango es \(result.outcome.bestRank); el verdadero, \(result.runs.trueRank)",
              en:
                "The best rank is \(result.outcome.bestRank); the true one, \(result.runs.trueRank)"
            )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The final errors of adapters of every rank, and of the whole weight.
struct KnownRankElbowResult: Sendable {
  typealias Model = KnownRankTraining.Model

  let outcome: KnownRankOutcome

  var runs: KnownRankRuns { outcome.runs }
  var ranks: [Int] { Array(1...runs.experiments[0].largestRank) }
  func new(_ rank: Int) -> Spread { Spread(outcome.heldOut(.lora(rank: rank))) }
  func seen(_ rank: Int) -> Spread { Spread(outcome.training(.lora(rank: rank))) }
  var full: Spread { Spread(outcome.heldOut(.full)) }
  var findsTheRank: Bool { outcome.bestRank == runs.trueRank }
  /// The seeds in which the true rank is better than another one.
  func seedsWorse(_ rank: Int) -> Int {
    zip(outcome.heldOut(.lora(rank: runs.trueRank)), outcome.heldOut(.lora(rank: rank)))
      .count { $0 < $1 }
  }
  /// Whether one rank less is worse, in the median and in more than half of the seeds.
  var lessIsWorse: Bool { runs.trueRank > 1 && isWorse(runs.trueRank - 1) }
  private func isWorse(_ rank: Int) -> Bool {
    2 * seedsWorse(rank) > outcome.seedCount && new(runs.trueRank).median < new(rank).median
  }
  /// Whether the largest rank is worse, and whether every rank is better than the whole weight in the median.
  var moreIsWorse: Bool { isWorse(ranks[ranks.count - 1]) }
  var allBeatFull: Bool { ranks.allSatisfy { new($0).median < full.median } }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rank": .integer(runs.trueRank), "best": .integer(outcome.bestRank),
      "largest": .integer(ranks[ranks.count - 1]), "seeds": .integer(outcome.seedCount),
      "examples": .integer(runs.exampleCount),
      "full_new": KnownRankGapResult.error(full.median),
      "largest_new": KnownRankGapResult.error(new(ranks[ranks.count - 1]).median),
      "more_seeds": .integer(seedsWorse(ranks[ranks.count - 1])),
      "less": .integer(max(runs.trueRank - 1, 1)),
      "less_new": KnownRankGapResult.error(new(max(runs.trueRank - 1, 1)).median),
      "finds_rank": .flag(findsTheRank), "less_is_worse": .flag(lessIsWorse),
      "more_is_worse": .flag(moreIsWorse), "all_beat_full": .flag(allBeatFull),
    ]
    for rank in ranks {
      values["new_\(rank)"] = KnownRankGapResult.error(new(rank).median)
      values["seen_\(rank)"] = KnownRankGapResult.error(seen(rank).median)
    }
    values["true_new"] = KnownRankGapResult.error(new(runs.trueRank).median)
    return values
  }

  var tables: [DataTable] {
    let models = ranks.map { Model.lora(rank: $0) } + [.full]
    return [
      DataTable(
        id: "ranks", title: Phrase(es: "error por rango", en: "error by rank"),
        columns: [
          Phrase("r"), Phrase(es: "números", en: "numbers"), Phrase(es: "vistos", en: "seen"),
          Phrase(es: "nuevos", en: "new"), Phrase(es: "mínimo", en: "least"),
          Phrase(es: "máximo", en: "greatest"),
        ],
        rows: models.map { model in
          let new = Spread(outcome.heldOut(model))
          let name: Value =
            if case .lora(let rank) = model {
              .integer(rank)
            } else {
              .words(Phrase(es: "completo", en: "full"))
            }
          return [
            .init(name), .init(.integer(Int(outcome.median(model.parameters)))),
            .init(.percentage(Spread(outcome.training(model)).median, decimals: 3)),
            .init(.percentage(new.median, decimals: 2)),
            .init(.percentage(new.least, decimals: 2)),
            .init(.percentage(new.greatest, decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = ranks.map {
      "r = \($0): \(KnownRankGapResult.error(new($0).median).formatted(words))"
    }.joined(separator: "; ")
    let full = KnownRankGapResult.error(full.median).formatted(words)
    return words.say(
      es: """
        Error con ejemplos nuevos según el rango del adaptador, en escala logarítmica. \(list). El \
        ajuste completo, como línea horizontal: \(full). El rango verdadero es \(runs.trueRank).
        """,
      en: """
        Error on new examples against the rank of the adapter, on a logarithmic scale. \(list). Full \
        fine-tuning, as a horizontal line: \(full). The true rank is \(runs.trueRank).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame = canvas.drawSeedNote(outcome.seedCount, isQuick: outcome.isQuick, in: whole)
    let last = ranks[ranks.count - 1]
    func lines(_ name: (Model) -> String) -> [[Double]] {
      let columns = ranks.map { outcome.ends(name(.lora(rank: $0))) }
      return (0..<outcome.seedCount).map { seed in columns.map { max($0[seed], 1e-9) } }
    }
    let (new, seen) = (lines(\.heldOutError), lines(\.trainingError))
    let all = Array(new.joined()) + Array(seen.joined()) + [full.median]
    SeedSides(
      heading: words.say(es: "error, en partes del inicial", en: "error, as a share of the first"),
      series: [
        .init(
          name: words.say(es: "vistos", en: "seen"), role: .merged, x: ranks.map(Double.init),
          runs: seen),
        .init(
          name: words.say(es: "nuevos", en: "new"), role: .error, x: ranks.map(Double.init),
          runs: new),
      ],
      across: .init(
        domain: 1...Double(last), ticks: ranks.map { (Double($0), words.integer($0)) },
        title: words.say(es: "rango del adaptador", en: "rank of the adapter")),
      up: SeedSides.percentages(
        from: all.min() ?? 1e-3, to: all.max() ?? 1, floor: 1e-5, words),
      rule: (
        Double(runs.trueRank),
        words.say(es: "rango verdadero: \(runs.trueRank)", en: "true rank: \(runs.trueRank)")
      ),
      level: (
        full.median,
        words.say(es: "ajuste completo, nuevos", en: "full fine-tuning, new"), .original
      )
    ).draw(in: frame, on: &canvas)
  }
}
