internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// What the lesson's trainings say about choosing a rank and leaving parts out, and the verdict on the claim.
public struct RankRule: TrainedDemonstration {
  public let id = "rank-rule"
  public let parameters = RankStudy.parameters

  public init() {}

  /// The rank at which choices of layers are compared.
  static let targetRank = 8

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    let study = try RankStudy(self, input)
    return study.rankTrainings + Self.plans.flatMap { study.trainings($0.tuning, rates: $0.rates) }
  }

  private static var plans: [TargetPlan] {
    TargetPlan.Layers.allCases.filter { $0 != .all }.map { TargetPlan($0, rank: targetRank) }
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let study = try RankStudy(self, input)
    let result = RankRuleResult(
      sweep: try RankSweepResult(study, input),
      parts: try Self.plans.map {
        TargetChoiceResult.Choice(
          plan: $0, outcome: try study.outcome($0.tuning, rates: $0.rates, in: input))
      })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Lo que cuesta cada punto de pérdida", en: "What each bit of loss costs")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Losses against how many numbers are trained.
struct RankRuleResult: Sendable {
  let sweep: RankSweepResult
  let parts: [TargetChoiceResult.Choice]

  private var full: TuningOutcome { sweep.full }
  private var enough: RankSweepResult.Rank { sweep.enough }
  private var all: TuningOutcome? {
    sweep.ranks.first { $0.rank == RankRule.targetRank }?.outcome
  }
  /// The part of the layers that does best.
  private var part: TargetChoiceResult.Choice {
    parts.min { $0.outcome.median < $1.outcome.median } ?? parts[0]
  }
  /// How many times fewer numbers are trained at the least rank that is enough.
  private var times: Double {
    Double(full.parameters) / Double(max(enough.outcome.parameters, 1))
  }
  /// Whether an adapter comes as far as full fine-tuning does.
  private var reachesFull: Bool { !full.isBelow(sweep.best.outcome) }
  /// Whether leaving layers out costs less than the seeds differ.
  private var partSuffices: Bool { all.map { !$0.isBelow(part.outcome) } ?? false }

  private var verdict: Phrase {
    if times <= 1 { return ClaimOutcome.doesNotHold.phrase }
    return reachesFull && partSuffices
      ? ClaimOutcome.holds.phrase
      : ClaimOutcome.holdsWithLimit.phrase
  }

  var named: [String: Value] {
    sweep.study.named.merging([
      "enough": .integer(enough.rank), "times": .number(times, decimals: 1),
      "numbers_enough": .integer(enough.outcome.parameters),
      "numbers_full": .integer(full.parameters),
      "loss_enough": .number(enough.outcome.median, decimals: 2),
      "loss_full": .number(full.median, decimals: 2),
      "target_rank": .integer(RankRule.targetRank),
      "part": .words(part.plan.layers.name),
      "loss_part": .number(part.outcome.median, decimals: 2),
      "loss_all": .number(all?.median ?? 0, decimals: 2),
      "numbers_part": .integer(part.outcome.parameters),
      "numbers_all": .integer(all?.parameters ?? 0),
      "reaches_full": .flag(reachesFull), "part_suffices": .flag(partSuffices),
      "is_fewer": .flag(times > 1), "verdict": .words(verdict),
      "claim_number": .number(times, decimals: 1),
      "claim_measure": .words(
        Phrase(es: "veces menos números que entrenar", en: "times fewer numbers to train")),
    ]) { $1 }
  }

  private var points: [(name: Phrase, outcome: TuningOutcome, role: Role)] {
    sweep.ranks.map { (Phrase("r = \($0.rank)"), $0.outcome, .update) }
      + parts.map {
        (
          Phrase(
            es: "\($0.plan.layers.name.spanish)", en: "\($0.plan.layers.name.english)"),
          $0.outcome, .loraA
        )
      } + [(Phrase(es: "completo", en: "full"), full, .original)]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "costs",
        title: Phrase(es: "números que se entrenan y pérdida", en: "numbers trained and loss"),
        columns: [
          Phrase(es: "elección", en: "choice"), Phrase(es: "números", en: "numbers"),
          Phrase(es: "del modelo", en: "of the model"), Phrase(es: "pérdida", en: "loss"),
        ],
        rows: points.map { point in
          [
            .init(.words(point.name)), .init(.integer(point.outcome.parameters)),
            .init(
              .percentage(
                Double(point.outcome.parameters) / Double(max(full.parameters, 1)), decimals: 1)),
            .init(.number(point.outcome.median, decimals: 3)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = points.map {
      "\($0.name(words)): \(words.integer($0.outcome.parameters)), "
        + words.number($0.outcome.median, 2)
    }.joined(separator: "; ")
    return words.say(
      es: """
        Puntos con la pérdida según cuántos números se entrenan, en escala logarítmica: una línea de \
        rangos, las elecciones de capas y el ajuste completo. \(list).
        """,
      en: """
        Dots of the loss against how many numbers are trained, on a logarithmic scale: a line of \
        ranks, the choices of layers, and full fine-tuning. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(sweep.study.note(words), in: frame)
    let counts = points.map { Double($0.outcome.parameters) }
    let ticks = [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5]
    var across = PlotFrame.Side.logarithmic(
      counts, title: words.say(es: "números que se entrenan", en: "numbers that are trained"),
      words: words, ticks: ticks)
    across.ticks = across.ticks.map { ($0.value, words.integer(Int($0.value))) }
    BandPanel(
      heading: words.say(es: "pérdida en divisiones apartadas", en: "loss on held-out divisions"),
      series: [
        .init(
          name: words.say(es: "LoRA, todas", en: "LoRA, all"), role: .update,
          points: sweep.ranks.map { (Double($0.outcome.parameters), $0.outcome.losses) }),
        .init(
          name: words.say(es: "LoRA, una parte", en: "LoRA, a part"), role: .loraA,
          points: parts.map { (Double($0.outcome.parameters), $0.outcome.losses) },
          dashes: [1.5, 2]),
      ],
      level: .init(
        name: words.say(es: "completo", en: "full"), role: .original, values: full.losses),
      across: across,
      up: .around(points.flatMap(\.outcome.losses), on: canvas, height: body.height)
    ).draw(in: body, on: &canvas)
  }
}
