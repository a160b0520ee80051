internal import Charts
internal import Drawing
public import Experiments

/// Fewer examples than weights: the whole weight fits them and misses the truth, the right adapter finds it.
public struct KnownRankGap: TrainedDemonstration {
  public let id = "known-rank-gap"
  public let parameters = KnownRankRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try KnownRankRuns(self, input).experiments
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = KnownRankGapResult(
      outcome: try KnownRankOutcome(KnownRankRuns(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isOverfitted
            ? words.say(
              es: "Acierta todo lo visto y falla en lo nuevo",
              en: "Right on all it has seen, wrong on the new")
            : words.say(
              es: "Lo visto y lo nuevo, durante el entrenamiento",
              en: "The seen and the new while training")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The errors of full fine-tuning and of the adapter of the true rank, step by step.
struct KnownRankGapResult: Sendable {
  typealias Model = KnownRankTraining.Model

  let outcome: KnownRankOutcome

  var runs: KnownRankRuns { outcome.runs }
  var adapter: Model { .lora(rank: runs.trueRank) }
  var weights: Int { runs.size * runs.size }

  /// Overfitted: in every seed the error on new examples is more than ten times that on those seen, and more
  /// than a tenth of what there was to learn.
  func isOverfitted(_ model: Model) -> Bool {
    zip(outcome.training(model), outcome.heldOut(model)).allSatisfy { $1 > 10 * $0 && $1 > 0.1 }
  }
  var isOverfitted: Bool { isOverfitted(.full) }
  /// The seeds in which the adapter got stuck: it does not even fit what it has seen, so that nobody has to
  /// look at new examples to start over.
  var stuckSeeds: [Int] {
    outcome.training(adapter).enumerated().filter { $0.element > Self.fitted }.map(\.offset)
  }
  static let fitted = 0.02
  /// The errors of the adapter on new examples where it did not get stuck.
  var found: Spread {
    let stuck = stuckSeeds
    return Spread(
      outcome.heldOut(adapter).enumerated().filter { !stuck.contains($0.offset) }.map(\.element))
  }
  /// Whether the adapter is better on new examples by ten times in every seed in which it did not get stuck,
  /// and these are most.
  var adapterWins: Bool {
    let stuck = stuckSeeds
    return 2 * stuck.count < outcome.seedCount
      && zip(outcome.heldOut(adapter), outcome.heldOut(.full)).enumerated().allSatisfy {
        stuck.contains($0.offset) || 10 * $0.element.0 < $0.element.1
      }
  }

  static func error(_ share: Double) -> Value {
    share < 0.0005
      ? .percentage(share, decimals: 3)
      : .percentage(share, decimals: share < 0.1 ? 1 : 0)
  }

  var named: [String: Value] {
    let (full, lora) = (Spread(outcome.heldOut(.full)), Spread(outcome.heldOut(adapter)))
    return [
      "size": .integer(runs.size), "weights": .integer(weights), "rank": .integer(runs.trueRank),
      "examples": .integer(runs.exampleCount), "freedom": .integer(runs.freedom),
      "adapter_numbers": .integer(2 * runs.size * runs.trueRank),
      "missing": .integer(max(weights - runs.exampleCount, 0)),
      "fewer": .flag(runs.exampleCount < weights), "seeds": .integer(outcome.seedCount),
      "steps": .integer(Int(outcome.steps.last ?? 0)),
      "noise": .percentage(runs.experiments[0].noise, decimals: 0),
      "full_training": Self.error(Spread(outcome.training(.full)).median),
      "full_new": Self.error(full.median), "full_new_least": Self.error(full.least),
      "full_new_greatest": Self.error(full.greatest),
      "lora_training": Self.error(Spread(outcome.training(adapter)).median),
      "lora_new": Self.error(lora.median), "lora_new_least": Self.error(found.least),
      "lora_new_greatest": Self.error(found.greatest),
      "times": .number(lora.median > 0 ? full.median / lora.median : 0, decimals: 0),
      "overfits": .flag(isOverfitted), "adapter_wins": .flag(adapterWins),
      "stuck": .integer(stuckSeeds.count), "gets_stuck": .flag(!stuckSeeds.isEmpty),
      "wins": .integer(outcome.seedCount - stuckSeeds.count),
      "stuck_training": Self.error(Spread(outcome.training(adapter)).greatest),
      "quick": .flag(outcome.isQuick),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "errors", title: Phrase(es: "error, en partes del inicial", en: "error, as a share"),
        columns: [
          Phrase(""), Phrase(es: "vistos", en: "seen"), Phrase(es: "nuevos", en: "new"),
          Phrase(es: "mínimo", en: "least"), Phrase(es: "máximo", en: "greatest"),
        ],
        rows: [
          (Model.full, Phrase(es: "ajuste completo", en: "full fine-tuning")),
          (adapter, Phrase("LoRA r = \(runs.trueRank)")),
        ].map { model, name in
          let new = Spread(outcome.heldOut(model))
          return [
            .init(.words(name)),
            .init(.percentage(Spread(outcome.training(model)).median, decimals: 3)),
            .init(.percentage(new.median, decimals: 2)),
            .init(.percentage(new.least, decimals: 2)),
            .init(.percentage(new.greatest, decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func text(_ share: Double) -> String { Self.error(share).formatted(words) }
    let (full, lora) = (
      Spread(outcome.heldOut(.full)).median, Spread(outcome.heldOut(adapter)).median
    )
    let (seen, seenLora) = (
      Spread(outcome.training(.full)).median, Spread(outcome.training(adapter)).median
    )
    return words.say(
      es: """
        Dos gráficas del error durante el entrenamiento, en escala logarítmica, con \
        \(runs.exampleCount) ejemplos. Ajuste completo: en los vistos acaba en \(text(seen)) y en los \
        nuevos en \(text(full)). LoRA de rango \(runs.trueRank): \(text(seenLora)) y \(text(lora)).
        """,
      en: """
        Two graphs of the error while training, on a logarithmic scale, with \(runs.exampleCount) \
        examples. Full fine-tuning ends at \(text(seen)) on those seen and at \(text(full)) on new \
        ones. LoRA of rank \(runs.trueRank): \(text(seenLora)) and \(text(lora)).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame = canvas.drawSeedNote(outcome.seedCount, isQuick: outcome.isQuick, in: whole)
    let names = (
      seen: words.say(es: "vistos", en: "seen"), new: words.say(es: "nuevos", en: "new")
    )
    let all = [Model.full, adapter].flatMap {
      Array(outcome.curves($0.trainingError).joined())
        + Array(outcome.curves($0.heldOutError).joined())
    }
    // What is below a ten-thousandth is fitted, whatever it is.
    var up = SeedSides.percentages(
      from: all.min() ?? 1e-3, to: all.max() ?? 1, floor: 1e-4, words)
    if canvas.isCompact {
      up.ticks = up.ticks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1 : 2))
    let heads = [
      (Model.full, words.say(es: "ajuste completo", en: "full fine-tuning"), Role.original),
      (adapter, "LoRA r = \(runs.trueRank)", Role.update),
    ]
    for (panel, (model, name, role)) in zip(panels, heads) {
      let last = outcome.steps.last ?? 1
      SeedSides(
        heading: name, headingRole: role,
        series: [
          .init(
            name: names.seen, role: .merged, x: outcome.steps,
            runs: outcome.curves(model.trainingError)),
          .init(
            name: names.new, role: .error, x: outcome.steps,
            runs: outcome.curves(model.heldOutError)),
        ],
        across: .init(
          domain: 0...last,
          ticks: Axis.roundTicks(
            0...last, length: panel.width, spacing: 6 * canvas.style(.small).size, words: words),
          title: words.say(es: "pasos", en: "steps")),
        up: up
      ).draw(in: panel, on: &canvas)
    }
  }
}
