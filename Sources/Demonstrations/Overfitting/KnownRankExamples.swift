internal import Charts
internal import Drawing
public import Experiments

/// How many examples it takes: with too few nobody finds the change, with enough anybody does.
public struct KnownRankExamples: TrainedDemonstration {
  public let id = "known-rank-examples"
  public let parameters = [KnownRankRuns.rank]
  /// Fewer than the change has numbers at the low end, more than the weight has at the high end.
  static let counts = [60, 100, 160, 220, 320]

  public init() {}

  private func runs(_ input: DemonstrationInput) throws -> [KnownRankRuns] {
    let rank = try whole("rank", in: input)
    return Self.counts.map { KnownRankRuns(examples: $0, rank: rank, input) }
  }

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try runs(input).flatMap(\.experiments)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = KnownRankExamplesResult(
      outcomes: try runs(input).map { try KnownRankOutcome($0, input) })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Cuántos ejemplos hacen falta, según lo que se entrena",
            en: "How many examples it takes, by what is trained")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The errors on new examples for every number of examples.
struct KnownRankExamplesResult: Sendable {
  typealias Model = KnownRankTraining.Model

  let outcomes: [KnownRankOutcome]

  var runs: KnownRankRuns { outcomes[0].runs }
  var weights: Int { runs.size * runs.size }
  var largest: Int { runs.experiments[0].largestRank }
  var models: [(model: Model, name: Phrase, role: Role, dashes: [Double]?)] {
    [
      (.full, Phrase(es: "completo", en: "full"), .original, nil),
      (.lora(rank: largest), Phrase("r = \(largest)"), .update, [4, 2]),
      (.lora(rank: runs.trueRank), Phrase("r = \(runs.trueRank)"), .update, nil),
    ]
  }

  /// Found: an error on new examples below a tenth, in every seed.
  static let found = 0.1
  func count(for model: Model) -> Int? {
    outcomes.first { $0.heldOut(model).allSatisfy { $0 < Self.found } }?.runs.exampleCount
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rank": .integer(runs.trueRank), "freedom": .integer(runs.freedom),
      "size": .integer(runs.size), "weights": .integer(weights), "largest": .integer(largest),
      "found": .percentage(Self.found, decimals: 0), "seeds": .integer(outcomes[0].seedCount),
    ]
    for (key, model) in [
      ("full", Model.full), ("lora", .lora(rank: runs.trueRank)), ("large", .lora(rank: largest)),
    ] {
      let count = count(for: model)
      values["\(key)_finds"] = .flag(count != nil)
      values["\(key)_needs"] = .integer(count ?? 0)
      for outcome in outcomes {
        values["\(key)_\(outcome.runs.exampleCount)"] = KnownRankGapResult.error(
          Spread(outcome.heldOut(model)).median)
      }
    }
    values["few"] = .integer(outcomes[0].runs.exampleCount)
    values["few_fail"] = .flag(
      models.allSatisfy { Spread(outcomes[0].heldOut($0.model)).least > Self.found })
    values["lora_needs_fewer"] = .flag(
      (count(for: .lora(rank: runs.trueRank)) ?? .max) < (count(for: .full) ?? .max))
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "examples",
        title: Phrase(es: "error con ejemplos nuevos", en: "error on new examples"),
        columns: [Phrase(es: "ejemplos", en: "examples")] + models.map(\.name),
        rows: outcomes.map { outcome in
          [.init(.integer(outcome.runs.exampleCount))]
            + models.map {
              .init(.percentage(Spread(outcome.heldOut($0.model)).median, decimals: 2))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = outcomes.map { outcome in
      let errors = models.map {
        "\($0.name(words)) "
          + KnownRankGapResult.error(Spread(outcome.heldOut($0.model)).median).formatted(words)
      }.joined(separator: ", ")
      return "\(outcome.runs.exampleCount): \(errors)"
    }.joined(separator: "; ")
    return words.say(
      es: "Error con ejemplos nuevos según los ejemplos vistos, en escala logarítmica. \(list).",
      en: "Error on new examples against the examples seen, on a logarithmic scale. \(list).")
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame = canvas.drawSeedNote(
      outcomes[0].seedCount, isQuick: outcomes[0].isQuick, in: whole)
    let x = outcomes.map { Double($0.runs.exampleCount) }
    let series = models.map { model, name, role, dashes in
      let columns = outcomes.map { $0.heldOut(model) }
      return BandChart.Series(
        name: name(words), role: role, x: x,
        runs: (0..<outcomes[0].seedCount).map { seed in columns.map { max($0[seed], 1e-9) } },
        dashes: dashes)
    }
    let all = series.flatMap { $0.runs.joined() }
    SeedSides(
      heading: words.say(es: "error con ejemplos nuevos", en: "error on new examples"),
      series: series,
      across: .init(
        domain: (x.first ?? 0)...(x.last ?? 1),
        ticks: x.map { ($0, words.integer(Int($0))) },
        title: words.say(es: "ejemplos vistos", en: "examples seen")),
      up: SeedSides.percentages(from: all.min() ?? 1e-3, to: all.max() ?? 1, words),
      rule: (
        Double(weights),
        words.say(es: "\(weights) pesos", en: "\(weights) weights")
      )
    ).draw(in: frame, on: &canvas)
  }
}
