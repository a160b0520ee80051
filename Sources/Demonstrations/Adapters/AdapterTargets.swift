internal import Charts
internal import Drawing
internal import Training

/// Which layers of a model get an adapter, and which are left out: counts for a Llama model.
public struct AdapterTargets: Demonstration {
  public let id = "adapter-targets"
  public let parameters = [
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 8, range: 1...1024),
    Parameter("layers", Phrase(es: "capas", en: "layers"), default: 32, range: 1...1000),
    Parameter(
      "hidden", Phrase(es: "anchura del modelo", en: "width of the model"), default: 4096,
      range: 64...100_000),
    Parameter(
      "intermediate", Phrase(es: "anchura interior", en: "inner width"), default: 11008,
      range: 64...1_000_000),
    Parameter(
      "vocabulary", Phrase(es: "vocabulario", en: "vocabulary"), default: 32000,
      range: 1...10_000_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = AdapterTargetsResult(
      model: ModelShape(
        layers: try whole("layers", in: input), hidden: try whole("hidden", in: input),
        intermediate: try whole("intermediate", in: input),
        vocabulary: try whole("vocabulary", in: input)), rank: try whole("rank", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let share = words.percentage(result.share(result.choices[0]), 2)
          return words.say(
            es: "Con adaptadores en q y v se entrena el \(share)",
            en: "With adapters on q and v, \(share) is trained")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          AdapterTargetsDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// The linear layers of a block, and the choices of which get an adapter.
struct AdapterTargetsResult: Sendable {
  struct Module: Sendable {
    let name: String
    let rows: Int
    let columns: Int

    func adapter(_ rank: Int) -> Int {
      ParameterCountResult(rows: rows, columns: columns, rank: rank).factors(rank)
    }
  }

  struct Choice: Sendable {
    let name: Phrase
    let modules: Set<String>
  }

  let model: ModelShape
  let rank: Int

  var modules: [Module] {
    let (hidden, inner) = (model.hidden, model.intermediate)
    return ["q", "k", "v", "o"].map { Module(name: $0, rows: hidden, columns: hidden) }
      + ["gate", "up"].map { Module(name: $0, rows: inner, columns: hidden) } + [
        Module(name: "down", rows: hidden, columns: inner)
      ]
  }

  let choices = [
    Choice(name: Phrase("q, v"), modules: ["q", "v"]),
    Choice(name: Phrase(es: "atención", en: "attention"), modules: ["q", "k", "v", "o"]),
    Choice(name: Phrase("MLP"), modules: ["gate", "up", "down"]),
    Choice(
      name: Phrase(es: "todas", en: "all"), modules: ["q", "k", "v", "o", "gate", "up", "down"]),
  ]

  /// The numbers that are trained with a choice.
  func trained(_ choice: Choice) -> Int {
    model.layers
      * modules.filter { choice.modules.contains($0.name) }.reduce(0) { $0 + $1.adapter(rank) }
  }

  func share(_ choice: Choice) -> Double { Double(trained(choice)) / Double(model.parameterCount) }

  /// The share of the frozen weights of linear layers that have an adapter beside them.
  func reached(_ choice: Choice) -> Double {
    let all = modules.reduce(0) { $0 + $1.rows * $1.columns }
    let part = modules.filter { choice.modules.contains($0.name) }.reduce(0) {
      $0 + $1.rows * $1.columns
    }
    return Double(part) / Double(all)
  }

  /// GPT-3 with adapters on the query and value projections of its 96 layers of width 12288, whose
  /// 175 255.8 million parameters and counts of 4.7 and 37.7 million are published.
  ///
  /// Source: Hu et al. 2021, arXiv:2106.09685, table 4.
  static func gpt3(rank: Int) -> Int {
    96 * 2 * Module(name: "q", rows: 12288, columns: 12288).adapter(rank)
  }
  static let gpt3Total = 175_255.8e6
  private static let published = [(rank: 1, millions: 4.7), (rank: 8, millions: 37.7)]

  /// Whether the counts round to the published ones, which are cut to one decimal.
  private var agreesWithPublished: Bool {
    Self.published.allSatisfy { abs(Double(Self.gpt3(rank: $0.rank)) / 1e6 - $0.millions) < 0.1 }
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rank": .integer(rank), "layers": .integer(model.layers), "hidden": .integer(model.hidden),
      "inner": .integer(model.intermediate),
      "total": .number(Double(model.parameterCount) / 1e9, decimals: 2),
      "modules": .integer(modules.count * model.layers),
      "one_adapter": .integer(modules[0].adapter(rank)),
      "left_out": .integer((modules.count - 2) * model.layers),
      "all_times": .number(
        Double(trained(choices[3])) / Double(trained(choices[0])), decimals: 1),
      "gpt3_four": .number(Double(Self.gpt3(rank: 4)) / 1e6, decimals: 2),
      "gpt3_ratio": .integer(Int((Self.gpt3Total / Double(Self.gpt3(rank: 4))).rounded())),
      "gpt3_quoted": .integer(10_000),
      "gpt3_one": .number(Double(Self.gpt3(rank: 1)) / 1e6, decimals: 2),
      "gpt3_eight": .number(Double(Self.gpt3(rank: 8)) / 1e6, decimals: 2),
      "published_one": .number(Self.published[0].millions, decimals: 1),
      "published_eight": .number(Self.published[1].millions, decimals: 1),
      "gpt3_layers": .integer(96), "gpt3_width": .integer(12288),
      "agrees": .flag(agreesWithPublished),
    ]
    for (key, choice) in zip(["qv", "attention", "mlp", "all"], choices) {
      values[key] = .integer(trained(choice))
      values[key + "_millions"] = .number(Double(trained(choice)) / 1e6, decimals: 2)
      values[key + "_share"] = .percentage(share(choice), decimals: 2)
      values[key + "_reached"] = .percentage(reached(choice), decimals: 0)
    }
    let saves = share(choices[3]) < 1
    let canLeaveOut = trained(choices[0]) < trained(choices[3])
    values["saves"] = .flag(saves)
    values["verdict"] = .words(
      saves && canLeaveOut
        ? share(choices[3]) < 0.1
          ? ClaimOutcome.holds.phrase
          : ClaimOutcome.holdsWithLimit.phrase
        : ClaimOutcome.doesNotHold.phrase)
    values["claim_number"] = .percentage(share(choices[3]), decimals: 2)
    values["claim_measure"] = .words(
      Phrase(es: "de los parámetros, en todas las capas", en: "of the parameters, on all layers"))
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "targets", title: Phrase(es: "dónde va un adaptador", en: "where an adapter goes"),
        columns: [
          Phrase(es: "capas", en: "layers"), Phrase(es: "números", en: "numbers"),
          Phrase(es: "parte del modelo", en: "share of the model"),
        ],
        rows: choices.map { choice in
          [
            .init(.words(choice.name)), .init(.integer(trained(choice))),
            .init(.percentage(share(choice), decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = choices.map {
      "\($0.name(words)), \(words.integer(trained($0))) (\(words.percentage(share($0), 2)))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Cuatro filas con las siete matrices de un bloque, cada una tan ancha como pesos tiene: \
        las que llevan adaptador van de color y las que se dejan fuera, en gris. Números \
        que se entrenan en todo el modelo: \(list).
        """,
      en: """
        Four rows with the seven matrices of a block, each as wide as it has weights: those with an \
        adapter are coloured, those left out grey. Numbers trained in the whole model: \(list).
        """)
  }
}
