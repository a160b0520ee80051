internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// Which layers get an adapter: at one rank, and at one number of trained numbers.
public struct TargetChoice: TrainedDemonstration {
  public let id = "target-choice"
  public let parameters =
    RankStudy.parameters + [
      Parameter("rank", Phrase(es: "rango", en: "rank"), default: 8, range: 1...32),
      Parameter(
        "budget",
        Phrase(
          es: "1 para dar a todas las elecciones los mismos números",
          en: "1 to give all choices as many numbers"), default: 0, range: 0...1),
    ]

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    let study = try RankStudy(self, input)
    return try choices(input).flatMap { study.trainings($0.tuning, rates: $0.rates) }
  }

  private func choices(_ input: DemonstrationInput) throws -> [TargetPlan] {
    let (rank, sharesBudget) = (
      try whole("rank", in: input), try whole("budget", in: input) == 1
    )
    return TargetPlan.Layers.allCases.map {
      TargetPlan($0, rank: sharesBudget ? $0.rank(sharing: rank) : rank)
    }
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let study = try RankStudy(self, input)
    let result = TargetChoiceResult(
      study: study, rank: try whole("rank", in: input),
      sharesBudget: try whole("budget", in: input) == 1,
      choices: try choices(input).map {
        TargetChoiceResult.Choice(
          plan: $0, outcome: try study.outcome($0.tuning, rates: $0.rates, in: input))
      })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.sharesBudget
            ? words.say(
              es: "Con los mismos números, dónde ponerlos",
              en: "With as many numbers, where to put them")
            : words.say(
              es: "Con el mismo rango, qué capas se adaptan",
              en: "At the same rank, which layers are adapted")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// A choice of layers with a rank.
struct TargetPlan: Sendable {
  enum Layers: CaseIterable, Sendable {
    case queryValue, attention, perceptron, all

    var targets: [String] {
      switch self {
      case .queryValue: ["q_proj", "v_proj"]
      case .attention: ["q_proj", "k_proj", "v_proj", "o_proj"]
      case .perceptron: ["gate_proj", "up_proj", "down_proj"]
      case .all: []
      }
    }
    var name: Phrase {
      switch self {
      case .queryValue: Phrase("q, v")
      case .attention: Phrase(es: "atención", en: "attention")
      case .perceptron: Phrase("MLP")
      case .all: Phrase(es: "todas", en: "all")
      }
    }
    /// The word in names of values.
    var key: String {
      switch self {
      case .queryValue: "qv"
      case .attention: "attention"
      case .perceptron: "mlp"
      case .all: "all"
      }
    }
    /// The trained numbers of each rank: both sides of every layer.
    var numbersPerRank: Int {
      LanguageModel.courseLayers.reduce(0) { sum, layer in
        let isTarget = targets.isEmpty || targets.contains { layer.name.hasSuffix($0) }
        return sum + (isTarget ? layer.rows + layer.columns : 0)
      }
    }
    /// The rank that comes nearest to as many numbers as all layers have at another.
    func rank(sharing rank: Int) -> Int {
      let budget = Double(rank * Layers.all.numbersPerRank)
      return max(Int((budget / Double(numbersPerRank)).rounded()), 1)
    }
  }

  let layers: Layers
  let rank: Int

  init(_ layers: Layers, rank: Int) {
    self.layers = layers
    self.rank = rank
  }

  var tuning: DivisionTraining.Tuning {
    RankStudy.adapters(rank: rank, targets: layers.targets)
  }
  var rates: [Double] { RankStudy.rates(rank: rank) }
}

/// What came out for every choice.
struct TargetChoiceResult: Sendable {
  struct Choice: Sendable {
    let plan: TargetPlan
    let outcome: TuningOutcome
  }

  let study: RankStudy
  let rank: Int
  let sharesBudget: Bool
  let choices: [Choice]

  var best: Choice { choices.min { $0.outcome.median < $1.outcome.median } ?? choices[0] }
  /// The least outcome of a part of the layers.
  var bestPart: Choice {
    choices.dropLast().min { $0.outcome.median < $1.outcome.median } ?? choices[0]
  }
  private var all: Choice { choices[choices.count - 1] }
  private func choice(_ layers: TargetPlan.Layers) -> TuningOutcome? {
    choices.first { $0.plan.layers == layers }?.outcome
  }

  var named: [String: Value] {
    var values = study.named
    for choice in choices {
      let key = choice.plan.layers.key
      values["loss_\(key)"] = .number(choice.outcome.median, decimals: 2)
      values["numbers_\(key)"] = .integer(choice.outcome.parameters)
      values["rank_\(key)"] = .integer(choice.plan.rank)
    }
    let (queryValue, attention, perceptron) = (
      choice(.queryValue), choice(.attention), choice(.perceptron)
    )
    return values.merging([
      "rank": .integer(rank), "best": .words(best.plan.layers.name),
      "best_part": .words(bestPart.plan.layers.name),
      "loss_best": .number(best.outcome.median, decimals: 2),
      "loss_part": .number(bestPart.outcome.median, decimals: 2),
      "has_edge": .flag(choices.contains { $0.outcome.isAtEdge }),
      "all_best": .flag(best.plan.layers == .all),
      "part_suffices": .flag(!all.outcome.isBelow(bestPart.outcome)),
      "mlp_over_attention": .flag(
        attention.flatMap { perceptron?.isBelow($0) } ?? false),
      "attention_over_mlp": .flag(
        perceptron.flatMap { attention?.isBelow($0) } ?? false),
      "qv_worst": .flag(
        queryValue.map { first in
          choices.allSatisfy { $0.plan.layers == .queryValue || $0.outcome.isBelow(first) }
        } ?? false),
      "qv_share": .percentage(
        Double(queryValue?.parameters ?? 0) / Double(max(all.outcome.parameters, 1)), decimals: 0),
    ]) { $1 }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "targets", title: Phrase(es: "pérdida según las capas", en: "loss by layers"),
        columns: [
          Phrase(es: "capas", en: "layers"), Phrase(es: "rango", en: "rank"),
          Phrase(es: "números", en: "numbers"), Phrase(es: "mejor tasa", en: "best rate"),
          Phrase(es: "mediana", en: "median"), Phrase(es: "mínimo", en: "least"),
          Phrase(es: "máximo", en: "most"),
        ],
        rows: choices.map { choice in
          [
            .init(.words(choice.plan.layers.name)), .init(.integer(choice.plan.rank)),
            .init(.integer(choice.outcome.parameters)),
            .init(.significant(choice.outcome.best.rate, digits: 2)),
            .init(.number(choice.outcome.median, decimals: 3)),
            .init(.number(choice.outcome.losses.min() ?? 0, decimals: 3)),
            .init(.number(choice.outcome.losses.max() ?? 0, decimals: 3)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = choices.map {
      "\($0.plan.layers.name(words)), r = \($0.plan.rank): "
        + words.number($0.outcome.median, 2)
    }.joined(separator: "; ")
    return words.say(
      es: """
        Una fila por cada elección de capas con la pérdida de \(study.seeds.count) semillas como \
        puntos y la mediana como marca. \(list).
        """,
      en: """
        A row for each choice of layers, with the loss of \(study.seeds.count) seeds as dots and the \
        median as a mark. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(study.note(words), in: frame)
    RangeRows(
      rows: choices.map { choice in
        RangeRows.Row(
          name: choice.plan.layers.name(words),
          note: "r = \(choice.plan.rank) · \(words.integer(choice.outcome.parameters))",
          values: choice.outcome.losses,
          role: .update)
      },
      heading: words.say(es: "pérdida en divisiones apartadas", en: "loss on held-out divisions")
    ).draw(in: body, on: &canvas)
  }
}
