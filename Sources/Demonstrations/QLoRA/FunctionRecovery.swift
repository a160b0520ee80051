internal import Charts
internal import Drawing
public import Experiments

/// How close an adapter of each rank brings a base in four bits to what the base computed before, by
/// decomposing its errors and by training.
public struct FunctionRecovery: TrainedDemonstration {
  public let id = "function-recovery"
  public let parameters: [Parameter] = []

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    RecoveryRecords.experiments(for: input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try FunctionRecoveryResult(RecoveryRecords(input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Un adaptador corrige la función, no los pesos",
            en: "An adapter mends the function, not the weights")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          result.draw(on: &canvas, in: frame, note: input.quickNote(canvas.words))
        }))
  }
}

/// Errors of outputs and of weights at every rank.
struct FunctionRecoveryResult: Sendable {
  struct Row: Sendable {
    let rank: Int
    let function: Spread
    let weights: Spread
    let loss: Spread
    let right: Spread
    /// LoftQ without training, after one iteration and after the last.
    let loftQ: [Double]
    let loftQWeights: [Double]
  }

  let rows: [Row]
  let seeds: Int
  let across: PlotFrame.Side
  let best: Int
  let fourFunction: Double
  let fourWeights: Double
  let exactLoss: Double
  let fourLoss: Double
  let exactRight: Int
  let fourRight: Int
  let total: Int

  init(_ records: RecoveryRecords) throws {
    rows = try records.ranks.map { rank in
      Row(
        rank: rank.rank, function: try rank.seeds("trained.error"),
        weights: try rank.seeds("trained.weights"), loss: try rank.seeds("trained.loss"),
        right: try rank.seeds("trained.right"),
        loftQ: try rank.loftQ.map { try $0.number("start.error") },
        loftQWeights: try rank.loftQ.map { try $0.number("start.weights") })
    }
    seeds = records.seedCount
    across = records.across
    best = records.best
    let first = records.first
    fourFunction = try first.number("four.error")
    fourWeights = try first.number("four.weights")
    exactLoss = try first.number("exact.loss")
    fourLoss = try first.number("four.loss")
    exactRight = Int(try first.number("exact.right"))
    fourRight = Int(try first.number("four.right"))
    total = Int(try first.number("total"))
  }

  func recovered(_ error: Double) -> Double { fourFunction > 0 ? 1 - error / fourFunction : 0 }

  var named: [String: Value] {
    let (first, top) = (rows[0], rows[best])
    let last = rows[rows.count - 1]
    let loftQ = last.loftQ[last.loftQ.count - 1]
    return [
      "seeds": .integer(seeds), "iterations": .integer(RecoveryRecords.iterations),
      "low_rank": .integer(first.rank), "best_rank": .integer(top.rank),
      "high_rank": .integer(last.rank),
      "four_function": .percentage(fourFunction, decimals: 1),
      "four_weights": .percentage(fourWeights, decimals: 1),
      "low_function": .percentage(first.function.median, decimals: 1),
      "best_function": .percentage(top.function.median, decimals: 1),
      "best_least": .percentage(top.function.least, decimals: 1),
      "best_most": .percentage(top.function.greatest, decimals: 1),
      "low_recovered": .percentage(recovered(first.function.median), decimals: 0),
      "best_recovered": .percentage(recovered(top.function.median), decimals: 0),
      "loftq_function": .percentage(loftQ, decimals: 1),
      "loftq_recovered": .percentage(recovered(loftQ), decimals: 0),
      "loftq_weights": .percentage(last.loftQWeights[last.loftQWeights.count - 1], decimals: 1),
      "best_weights": .percentage(top.weights.median, decimals: 1),
      "low_weights": .percentage(first.weights.median, decimals: 1),
      "weights_worse": .flag(top.weights.least > fourWeights),
      "training_beats_loftq": .flag(
        rows.allSatisfy { $0.function.greatest < ($0.loftQ.min() ?? 0) }),
      "exact_loss": .number(exactLoss, decimals: 4), "four_loss": .number(fourLoss, decimals: 4),
      "best_loss": .number(top.loss.median, decimals: 4),
      "exact_right": .integer(exactRight), "four_right": .integer(fourRight),
      "best_right": .integer(Int(top.right.median.rounded())), "total": .integer(total),
      "best_right_least": .integer(Int(top.right.least)),
      "best_right_most": .integer(Int(top.right.greatest)),
      "whole": .flag(top.function.median < 0.01),
      "low_most": .flag(recovered(first.function.median) >= 0.5),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ranks",
        title: Phrase(
          es: "error de las salidas y de los pesos", en: "error of outputs and weights"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "entrenado", en: "trained"),
          Phrase(es: "menor", en: "least"), Phrase(es: "mayor", en: "most"),
          Phrase(es: "LoftQ, 1 vuelta", en: "LoftQ, 1 iteration"),
          Phrase(
            es: "LoftQ, \(RecoveryRecords.iterations) vueltas",
            en: "LoftQ, \(RecoveryRecords.iterations) iterations"),
          Phrase(es: "pesos, entrenado", en: "weights, trained"),
          Phrase(es: "pesos, LoftQ", en: "weights, LoftQ"),
        ],
        rows: rows.map { row in
          [.init(.integer(row.rank))]
            + ([row.function.median, row.function.least, row.function.greatest] + row.loftQ
            + [row.weights.median, row.loftQWeights[row.loftQWeights.count - 1]]).map {
              .init(.percentage($0, decimals: 2))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = rows.map { row in
      let (trained, loftQ) = (
        words.percentage(row.function.median, 1), words.percentage(row.loftQ.last ?? 0, 1)
      )
      return words.say(
        es: "rango \(row.rank), \(trained) y \(loftQ)",
        en: "rank \(row.rank), \(trained) and \(loftQ)")
    }.joined(separator: "; ")
    let (four, weights) = (words.percentage(fourFunction, 1), words.percentage(fourWeights, 1))
    return words.say(
      es: """
        Dos paneles según el rango. A la izquierda, el error de las salidas, que sin adaptador es \
        \(four): entrenando y con LoftQ sin entrenar, \(list). A la derecha, el error de los pesos, \
        que sin adaptador es \(weights): con LoftQ baja y entrenando no.
        """,
      en: """
        Two panels against the rank. On the left the error of the outputs, \(four) without an adapter: \
        by training and with LoftQ without training, \(list). On the right the error of the weights, \
        \(weights) without an adapter: it falls with LoftQ, and not by training.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle, note: String) {
    let words = canvas.words
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 0.8 : 2))
    var across = across
    across.title = words.say(es: "rango", en: "rank")
    let places = rows.map { Double($0.rank) }
    let trained = words.say(es: "entrenado", en: "trained")
    let bare = canvas.isCompact ? "4 bits" : words.say(es: "sin adaptador", en: "no adapter")
    func panel(
      _ heading: String, _ values: [[Double]], _ loftQ: [[Double]], _ reference: Double
    ) -> SeedPanel {
      let top = (values.flatMap { $0 } + loftQ.flatMap { $0 } + [reference]).max() ?? 1
      return SeedPanel(
        heading: heading,
        series: [
          .init(name: trained, role: .update, places: places, values: values),
          .init(name: "LoftQ", role: .quantized, places: places, values: loftQ, dashes: [4, 2]),
        ], across: across,
        up: .init(
          domain: 0...top * 1.15,
          ticks: Ticks.linear(0...top * 1.15, count: canvas.isCompact ? 3 : 5).map {
            ($0, words.percentage($0, 0))
          }), reference: (reference, bare))
    }
    panel(
      canvas.isCompact
        ? words.say(es: "salidas", en: "outputs")
        : words.say(es: "error de las salidas", en: "error of the outputs"),
      rows.map(\.function.values), rows.map { [$0.loftQ.last ?? 0] }, fourFunction
    ).draw(in: panels[0], on: &canvas)
    panel(
      canvas.isCompact
        ? words.say(es: "pesos", en: "weights")
        : words.say(es: "error de los pesos", en: "error of the weights"),
      rows.map(\.weights.values), rows.map { [$0.loftQWeights.last ?? 0] }, fourWeights
    ).draw(in: panels[1], on: &canvas)
    canvas.drawQuickNote(note, in: frame)
  }
}
