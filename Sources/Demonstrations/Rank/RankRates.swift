internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// The loss against the learning rate, for low, middle and high ranks: one rate does not suit all.
public struct RankRates: TrainedDemonstration {
  public let id = "rank-rates"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try RankStudy(self, input).rankTrainings
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = RankRatesResult(sweep: try RankSweepResult(RankStudy(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.moves
            ? words.say(
              es: "Cada rango tiene su tasa de aprendizaje",
              en: "Every rank has a learning rate of its own")
            : words.say(
              es: "Aquí la mejor tasa apenas cambia con el rango",
              en: "Here the best rate hardly changes with the rank")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The best rate of every rank.
struct RankRatesResult: Sendable {
  static let shown = [1, 4, 32]

  let sweep: RankSweepResult

  private func rate(_ rank: RankSweepResult.Rank) -> Double { rank.outcome.best.rate }
  var moves: Bool { rate(sweep.first) >= 2 * rate(sweep.last) }
  private var fullRate: Double { sweep.full.best.rate }
  /// The rank that loses most at the highest rate that it tried, against its best one.
  private var fastest: RankSweepResult.Rank {
    func loss(_ rank: RankSweepResult.Rank) -> Double {
      (rank.outcome.rates.last?.median ?? 0) - rank.outcome.median
    }
    return sweep.ranks.max { loss($0) < loss($1) } ?? sweep.last
  }

  var named: [String: Value] {
    let (first, last) = (sweep.first, sweep.last)
    return sweep.study.named.merging([
      "first": .integer(first.rank), "last": .integer(last.rank),
      "rate_first": .significant(rate(first), digits: 2),
      "rate_last": .significant(rate(last), digits: 2),
      "rate_full": .significant(fullRate, digits: 2),
      "times": .number(rate(first) / rate(last), decimals: 1),
      "tried": .integer(first.outcome.rates.count),
      "fast_rank": .integer(fastest.rank),
      "fast_rate": .significant(fastest.outcome.rates.last?.rate ?? 0, digits: 2),
      "fast_loss": .number(fastest.outcome.rates.last?.median ?? 0, decimals: 2),
      "fast_best": .number(fastest.outcome.median, decimals: 2),
      "moves": .flag(moves),
      "differs_from_full": .flag(rate(first) >= 2 * fullRate),
      "edges": .integer(sweep.ranks.count { $0.outcome.isAtEdge }),
      "has_edge": .flag(sweep.ranks.contains { $0.outcome.isAtEdge }),
    ]) { $1 }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "rates",
        title: Phrase(es: "pérdida según rango y tasa", en: "loss by rank and rate"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "tasa", en: "rate"),
          Phrase(es: "mediana", en: "median"), Phrase(es: "mínimo", en: "least"),
          Phrase(es: "máximo", en: "most"),
        ],
        rows: sweep.ranks.flatMap { rank in
          rank.outcome.rates.map { rate in
            [
              .init(.integer(rank.rank)), .init(.significant(rate.rate, digits: 2)),
              .init(
                .number(rate.median, decimals: 3),
                shade: rate.isChosen(in: rank.outcome) ? .role(.update) : .none),
              .init(.number(rate.losses.min() ?? 0, decimals: 3)),
              .init(.number(rate.losses.max() ?? 0, decimals: 3)),
            ]
          }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = sweep.ranks.map {
      "r = \($0.rank): \(words.numbers.significant(rate($0), digits: 2))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Líneas de la pérdida según la tasa de aprendizaje, una para cada rango de \
        \(Self.shown.map(String.init).joined(separator: ", ")), en forma de valle. La mejor tasa de \
        cada rango: \(list).
        """,
      en: """
        Lines of the loss against the learning rate, one for each of the ranks \
        \(Self.shown.map(String.init).joined(separator: ", ")), shaped like valleys. The best rate of \
        each rank: \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(sweep.study.note(words), in: frame)
    let dashes: [[Double]] = [[], [6, 2.5], [1.5, 2]]
    let roles: [Role] = [.loraA, .update, .loraB]
    let shown = sweep.ranks.filter { Self.shown.contains($0.rank) }
    BandPanel(
      heading: words.say(es: "pérdida en divisiones apartadas", en: "loss on held-out divisions"),
      series: shown.enumerated().map { index, rank in
        BandPanel.Series(
          name: "r = \(rank.rank)", role: roles[index],
          points: rank.outcome.rates.map { ($0.rate, $0.losses) }, dashes: dashes[index])
      },
      across: .logarithmic(
        shown.flatMap { $0.outcome.rates.map(\.rate) },
        title: words.say(es: "tasa de aprendizaje", en: "learning rate"), words: words),
      up: .around(
        shown.flatMap { $0.outcome.rates.flatMap(\.losses) }, on: canvas, height: body.height)
    ).draw(in: body, on: &canvas)
  }
}

extension TuningOutcome.Rate {
  /// Whether it is the one that was chosen.
  func isChosen(in outcome: TuningOutcome) -> Bool { rate == outcome.best.rate }
}
