internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// The size of the first updates and the loss as the rank grows, with α/r and with α/√r, at one alpha and one rate.
public struct RankStabilization: TrainedDemonstration {
  public let id = "rank-stabilization"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    let study = try RankStudy(self, input)
    return [false, true].flatMap { isStabilized in
      RankStabilizationResult.ranks.flatMap {
        study.trainings(
          RankStabilizationResult.tuning($0, isStabilized), rates: [RankStabilizationResult.rate],
          steps: study.fewSteps)
      }
    }
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try RankStabilizationResult(RankStudy(self, input), input)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Con α fijo, α/r encoge el cambio al crecer r",
            en: "At a fixed α, α/r shrinks the update as r grows")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// What came out for both scalings.
struct RankStabilizationResult: Sendable {
  static let ranks = [1, 4, 16, 64]
  static let alpha = 16.0
  static let rate = 0.005
  static func tuning(_ rank: Int, _ isStabilized: Bool) -> DivisionTraining.Tuning {
    // Both scalings are one at rank one.
    .adapters(rank: rank, alpha: alpha, isRankStabilized: isStabilized && rank > 1)
  }

  let study: RankStudy
  /// By rank, with α/r and with α/√r.
  let plain, stabilized: [TuningOutcome]

  init(_ study: RankStudy, _ input: DemonstrationInput) throws {
    self.study = study
    func outcomes(_ isStabilized: Bool) throws -> [TuningOutcome] {
      try Self.ranks.map {
        try study.outcome(
          Self.tuning($0, isStabilized), rates: [Self.rate], steps: study.fewSteps, in: input)
      }
    }
    (plain, stabilized) = (try outcomes(false), try outcomes(true))
  }

  private static func norm(_ outcome: TuningOutcome) -> Double {
    Statistics.median(outcome.best.norms)
  }
  /// How the update at the highest rank compares with that at rank one.
  private func growth(_ outcomes: [TuningOutcome]) -> Double {
    let first = Self.norm(outcomes[0])
    return first > 0 ? Self.norm(outcomes[outcomes.count - 1]) / first : 0
  }
  private var lastPlain: TuningOutcome { plain[plain.count - 1] }
  private var lastStabilized: TuningOutcome { stabilized[stabilized.count - 1] }

  var named: [String: Value] {
    let last = Self.ranks[Self.ranks.count - 1]
    return study.named.merging([
      "few_steps": .integer(study.fewSteps), "alpha": .integer(Int(Self.alpha)),
      "rate": .significant(Self.rate, digits: 1), "last": .integer(last),
      "measured": .integer(min(DivisionTraining.updateStep, study.fewSteps)),
      "norm_first": .number(Self.norm(plain[0]), decimals: 1),
      "norm_plain": .number(Self.norm(lastPlain), decimals: 1),
      "norm_stable": .number(Self.norm(lastStabilized), decimals: 1),
      "shrinks": .number(1 / max(growth(plain), 1e-9), decimals: 1),
      "stable_growth": .number(growth(stabilized), decimals: 1),
      "scaling_plain": .significant(Self.alpha / Double(last), digits: 2),
      "scaling_stable": .significant(Self.alpha / Double(last).squareRoot(), digits: 2),
      "scaling_times": .number(Double(last).squareRoot(), decimals: 0),
      "loss_first": .number(plain[0].median, decimals: 2),
      "loss_plain": .number(lastPlain.median, decimals: 2),
      "loss_stable": .number(lastStabilized.median, decimals: 2),
      "stable_better": .flag(lastStabilized.isBelow(lastPlain)),
      "is_stable": .flag((0.5...2).contains(growth(stabilized))),
      "shrinks_much": .flag(growth(plain) < 0.67),
    ]) { $1 }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "scalings",
        title: Phrase(es: "cambio y pérdida según la escala", en: "update and loss by scaling"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "‖ΔW‖, α/r", en: "‖ΔW‖, α/r"),
          Phrase(es: "‖ΔW‖, α/√r", en: "‖ΔW‖, α/√r"), Phrase(es: "pérdida, α/r", en: "loss, α/r"),
          Phrase(es: "pérdida, α/√r", en: "loss, α/√r"),
        ],
        rows: Self.ranks.indices.map { index in
          [
            .init(.integer(Self.ranks[index])),
            .init(.number(Self.norm(plain[index]), decimals: 2)),
            .init(.number(Self.norm(stabilized[index]), decimals: 2)),
            .init(.number(plain[index].median, decimals: 3)),
            .init(.number(stabilized[index].median, decimals: 3)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let last = Self.ranks[Self.ranks.count - 1]
    func text(_ outcome: TuningOutcome) -> String { words.number(Self.norm(outcome), 1) }
    return words.say(
      es: """
        Dos gráficas según el rango, con α = \(Int(Self.alpha)) y una misma tasa. A la izquierda, el \
        tamaño del cambio en los primeros pasos: de \(text(plain[0])) con rango 1 a \
        \(text(lastPlain)) con α/r y a \(text(lastStabilized)) con α/√r en el rango \(last). A la \
        derecha, la pérdida: \(words.number(lastPlain.median, 2)) y \
        \(words.number(lastStabilized.median, 2)).
        """,
      en: """
        Two plots against the rank, at α = \(Int(Self.alpha)) and one rate. On the left, the size of \
        the update in the first steps: from \(text(plain[0])) at rank 1 to \(text(lastPlain)) with \
        α/r and to \(text(lastStabilized)) with α/√r at rank \(last). On the right, the loss: \
        \(words.number(lastPlain.median, 2)) and \(words.number(lastStabilized.median, 2)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(study.note(words), in: frame)
    let panels = body.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1 : 2))
    let across = PlotFrame.Side.ranks(Self.ranks, title: words.say(es: "rango r", en: "rank r"))
    func series(_ values: (TuningOutcome) -> [Double]) -> [BandPanel.Series] {
      [
        ("α/r", Role.update, plain, []), ("α/√r", Role.original, stabilized, [6, 2.5]),
      ].map { name, role, outcomes, dashes in
        BandPanel.Series(
          name: name, role: role,
          points: zip(Self.ranks, outcomes).map { (Double($0), values($1)) }, dashes: dashes)
      }
    }
    let outcomes = plain + stabilized
    let norms = outcomes.flatMap(\.best.norms)
    BandPanel(
      heading: canvas.isCompact
        ? "‖ΔW‖" : words.say(es: "tamaño del cambio, ‖ΔW‖", en: "size of the update, ‖ΔW‖"),
      series: series(\.best.norms), across: across,
      up: .around([0] + norms, on: canvas, height: body.height)
    ).draw(in: panels[0], on: &canvas)
    BandPanel(
      heading: words.say(es: "pérdida", en: "loss"),
      series: series(\.losses), across: across,
      up: .around(outcomes.flatMap(\.losses), on: canvas, height: body.height)
    ).draw(in: panels[1], on: &canvas)
  }
}
