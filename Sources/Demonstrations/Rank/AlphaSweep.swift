internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// The loss against the learning rate at several alphas of one rank: whether alpha is a knob of its own.
public struct AlphaSweep: TrainedDemonstration {
  public let id = "alpha-sweep"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    let study = try RankStudy(self, input)
    return AlphaSweepResult.alphas.flatMap {
      study.trainings(
        AlphaSweepResult.tuning($0), rates: AlphaSweepResult.rates, steps: study.fewSteps)
    }
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try AlphaSweepResult(RankStudy(self, input), input)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.moves
            ? words.say(
              es: "Con otro α, la mejor tasa se mueve",
              en: "With another α, the best rate moves")
            : words.say(
              es: "Aquí α no mueve la mejor tasa", en: "Here α does not move the best rate")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// What came out at every alpha.
struct AlphaSweepResult: Sendable {
  struct Alpha: Sendable {
    let alpha: Double
    let outcome: TuningOutcome
  }

  static let rank = 8
  static let alphas = [4.0, 16, 64]
  static let rates = [0.0025, 0.005, 0.01, 0.02, 0.04]
  static func tuning(_ alpha: Double) -> DivisionTraining.Tuning {
    .adapters(rank: rank, alpha: alpha)
  }

  let study: RankStudy
  let alphas: [Alpha]

  init(_ study: RankStudy, _ input: DemonstrationInput) throws {
    self.study = study
    alphas = try Self.alphas.map {
      Alpha(
        alpha: $0,
        outcome: try study.outcome(
          Self.tuning($0), rates: Self.rates, steps: study.fewSteps, in: input))
    }
  }

  private var first: Alpha { alphas[0] }
  private var last: Alpha { alphas[alphas.count - 1] }
  /// How many times higher the best rate of the least alpha is.
  private var shift: Double { first.outcome.best.rate / last.outcome.best.rate }
  private var ratio: Double { last.alpha / first.alpha }
  var moves: Bool { shift >= 2 }
  /// By which power of alpha the best rate falls: with 1 their product is all that counts.
  private var exponent: Double { log(shift) / log(ratio) }
  /// Whether every alpha comes equally far at its own rate.
  private var isEqual: Bool {
    let best = alphas.min { $0.outcome.median < $1.outcome.median } ?? first
    return alphas.allSatisfy { !best.outcome.isBelow($0.outcome) }
  }
  private var best: Alpha { alphas.min { $0.outcome.median < $1.outcome.median } ?? first }

  var named: [String: Value] {
    var values = study.named
    for alpha in alphas {
      let name = String(Int(alpha.alpha))
      values["rate_\(name)"] = .significant(alpha.outcome.best.rate, digits: 1)
      values["loss_\(name)"] = .number(alpha.outcome.median, decimals: 2)
      values["scaling_\(name)"] = .significant(alpha.alpha / Double(Self.rank), digits: 1)
    }
    return values.merging([
      "rank": .integer(Self.rank), "few_steps": .integer(study.fewSteps),
      "shift": .number(shift, decimals: 0), "ratio": .number(ratio, decimals: 0),
      "root": .number(ratio.squareRoot(), decimals: 0),
      "has_edge": .flag(alphas.contains { $0.outcome.isAtEdge }), "moves": .flag(moves),
      "one_to_one": .flag(exponent > 0.85), "is_equal": .flag(isEqual),
      "best_alpha": .integer(Int(best.alpha)),
    ]) { $1 }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "alphas", title: Phrase(es: "pérdida según α y tasa", en: "loss by α and rate"),
        columns: [Phrase(es: "tasa", en: "rate")]
          + alphas.map { Phrase("α = \(Int($0.alpha))") },
        rows: Self.rates.indices.map { index in
          [.init(.significant(Self.rates[index], digits: 2))]
            + alphas.map { alpha in
              let rate = alpha.outcome.rates[index]
              return .init(
                .number(rate.median, decimals: 3),
                shade: rate.isChosen(in: alpha.outcome) ? .role(.update) : .none)
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = alphas.map {
      words.say(
        es: "con α = \(Int($0.alpha)) la mejor tasa es "
          + words.numbers.significant($0.outcome.best.rate, digits: 1),
        en: "at α = \(Int($0.alpha)) the best rate is "
          + words.numbers.significant($0.outcome.best.rate, digits: 1))
    }.joined(separator: "; ")
    return words.say(
      es: """
        Dos gráficas de la pérdida con rango \(Self.rank), una línea por cada α. A la izquierda, según \
        la tasa: \(list). A la derecha, según α/r por la tasa al cuadrado, las líneas se acercan.
        """,
      en: """
        Two plots of the loss at rank \(Self.rank), a line for each α. On the left, against the rate: \
        \(list). On the right, against α/r times the rate squared, the lines come together.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(study.note(words), in: frame)
    let panels = canvas.isCompact ? [body] : body.columns([1, 1], gap: canvas.em(2))
    let dashes: [[Double]] = [[], [6, 2.5], [1.5, 2]]
    let roles: [Role] = [.loraA, .update, .loraB]
    // Where a rate is far too low, nothing has been learned yet: the line leaves the plot.
    let top = 1.35 * (alphas.flatMap { $0.outcome.losses }.max() ?? 1)
    let all = alphas.flatMap { $0.outcome.rates.flatMap(\.losses) }.map { min($0, top) }
    func series(_ place: (Alpha, Double) -> Double) -> [BandPanel.Series] {
      alphas.enumerated().map { index, alpha in
        BandPanel.Series(
          name: "α = \(Int(alpha.alpha))", role: roles[index],
          points: alpha.outcome.rates.map { (place(alpha, $0.rate), $0.losses) },
          dashes: dashes[index])
      }
    }
    let places: [(String, String, (Alpha, Double) -> Double)] = [
      (
        words.say(es: "según la tasa", en: "against the rate"),
        words.say(es: "tasa de aprendizaje", en: "learning rate"), { $1 }
      ),
      (
        words.say(es: "según α/r · tasa²", en: "against α/r · rate²"),
        words.say(es: "α/r · tasa²", en: "α/r · rate²"),
        { $0.alpha / Double(Self.rank) * $1 * $1 }
      ),
    ]
    for (panel, (heading, title, place)) in zip(panels, places) {
      let lines = series(place)
      BandPanel(
        heading: heading, series: lines,
        across: .logarithmic(lines.flatMap { $0.points.map(\.x) }, title: title, words: words),
        up: .around(all, on: canvas, height: panel.height)
      ).draw(in: panel, on: &canvas)
    }
  }
}
