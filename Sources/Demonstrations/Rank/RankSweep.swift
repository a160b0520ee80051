internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// The loss on held-out divisions against the rank, each rank at the best of its learning rates.
public struct RankSweep: TrainedDemonstration {
  public let id = "rank-sweep"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try RankStudy(self, input).rankTrainings
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try RankSweepResult(RankStudy(self, input), input)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Desde el rango \(result.enough.rank), más rango apenas ayuda",
            en: "From rank \(result.enough.rank) on, more rank hardly helps")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

extension RankStudy {
  /// Every rank at its rates, and full fine-tuning at its own.
  var rankTrainings: [DivisionTraining] {
    Self.ranks.flatMap { trainings(Self.adapters(rank: $0), rates: Self.rates(rank: $0)) }
      + trainings(.full, rates: Self.fullRates)
  }
}

/// What came out at every rank.
struct RankSweepResult: Sendable {
  struct Rank: Sendable {
    let rank: Int
    let outcome: TuningOutcome
  }

  let study: RankStudy
  let ranks: [Rank]
  let full: TuningOutcome

  init(_ study: RankStudy, _ input: DemonstrationInput) throws {
    self.study = study
    ranks = try RankStudy.ranks.map {
      Rank(
        rank: $0,
        outcome: try study.outcome(
          RankStudy.adapters(rank: $0), rates: RankStudy.rates(rank: $0), in: input))
    }
    full = try study.outcome(.full, rates: RankStudy.fullRates, in: input)
  }

  /// The rank with the least loss.
  var best: Rank { ranks.min { $0.outcome.median < $1.outcome.median } ?? ranks[0] }
  /// The least rank whose seeds lie among those of the best.
  var enough: Rank { ranks.first { !best.outcome.isBelow($0.outcome) } ?? best }
  var first: Rank { ranks[0] }
  var last: Rank { ranks[ranks.count - 1] }

  /// How much of the way from rank one to full fine-tuning a rank goes.
  func way(_ rank: Rank) -> Double {
    let whole = first.outcome.median - full.median
    return whole > 0 ? (first.outcome.median - rank.outcome.median) / whole : 0
  }

  var named: [String: Value] {
    func loss(_ outcome: TuningOutcome) -> Value { .number(outcome.median, decimals: 2) }
    return study.named.merging([
      "first": .integer(first.rank), "last": .integer(last.rank), "ranks": .integer(ranks.count),
      "loss_first": loss(first.outcome), "loss_enough": loss(enough.outcome),
      "loss_best": loss(best.outcome), "loss_last": loss(last.outcome), "loss_full": loss(full),
      "enough": .integer(enough.rank), "best": .integer(best.rank),
      "numbers_first": .integer(first.outcome.parameters),
      "numbers_enough": .integer(enough.outcome.parameters),
      "numbers_last": .integer(last.outcome.parameters),
      "numbers_full": .integer(full.parameters),
      "share_enough": .percentage(
        Double(enough.outcome.parameters) / Double(max(full.parameters, 1)), decimals: 0),
      "times": .integer(last.rank / first.rank),
      "way": .percentage(way(enough), decimals: 0),
      "score_best": .percentage(best.outcome.score, decimals: 1),
      "score_full": .percentage(full.score, decimals: 1),
      "saturates": .flag(enough.rank < last.rank),
      "full_better": .flag(full.isBelow(best.outcome)),
      "last_worse": .flag(best.outcome.isBelow(last.outcome)),
    ]) { $1 }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ranks",
        title: Phrase(es: "pérdida según el rango", en: "loss by rank"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "números", en: "numbers"),
          Phrase(es: "mejor tasa", en: "best rate"), Phrase(es: "mediana", en: "median"),
          Phrase(es: "mínimo", en: "least"), Phrase(es: "máximo", en: "most"),
          Phrase(es: "aciertos", en: "right"),
        ],
        rows: (ranks.map { (String($0.rank), $0.outcome) } + [("–", full)]).map { name, outcome in
          [
            .init(.code(name)), .init(.integer(outcome.parameters)),
            .init(.significant(outcome.best.rate, digits: 2)),
            .init(.number(outcome.median, decimals: 3)),
            .init(.number(outcome.losses.min() ?? 0, decimals: 3)),
            .init(.number(outcome.losses.max() ?? 0, decimals: 3)),
            .init(.percentage(outcome.score, decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = ranks.map { "r = \($0.rank): \(words.number($0.outcome.median, 2))" }
      .joined(separator: "; ")
    return words.say(
      es: """
        Una línea con la pérdida en divisiones apartadas según el rango, con una banda de \
        \(study.seeds.count) semillas: \(list). Una línea horizontal marca el ajuste completo, con \
        \(words.number(full.median, 2)).
        """,
      en: """
        A line of the loss on held-out divisions against the rank, in a band of \
        \(study.seeds.count) seeds: \(list). A level line marks full fine-tuning, at \
        \(words.number(full.median, 2)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(study.note(words), in: frame)
    BandPanel(
      heading: words.say(es: "pérdida en divisiones apartadas", en: "loss on held-out divisions"),
      series: [
        .init(
          name: "LoRA", role: .update,
          points: ranks.map { (Double($0.rank), $0.outcome.losses) })
      ],
      level: .init(
        name: words.say(es: "completo", en: "full"), role: .original, values: full.losses),
      across: .ranks(RankStudy.ranks, title: words.say(es: "rango r", en: "rank r")),
      up: .around(
        ranks.flatMap(\.outcome.losses) + full.losses, on: canvas, height: body.height)
    ).draw(in: body, on: &canvas)
  }
}

extension Canvas {
  /// Says at the bottom what the bands are, and returns what remains above.
  mutating func drawStudyNote(_ note: String, in frame: Rectangle) -> Rectangle {
    guard !isCompact else { return frame }
    let small = style(.small)
    let (foot, rest) = frame.cutBottom(lineHeight(small), gap: em(0.4))
    text(
      note, at: Point(foot.maxX, foot.maxY), small, color: theme.secondaryInk, anchor: .end,
      vertical: .bottom)
    return rest
  }
}
