internal import Charts
internal import Drawing
internal import Training

/// What gradient checkpointing saves, and the arithmetic that it costs.
public struct MemoryCheckpoints: Demonstration {
  public let id = "memory-checkpoints"
  public let parameters = [
    Parameter.params, .adapterRank, .adapterTargets, .sequences(4), .textLength(512),
    Parameter(
      "card", Phrase(es: "memoria de la tarjeta, en GB", en: "memory of the card, in GB"),
      default: 24, range: 1...1000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let models = try MemoryModel.Method.allCases.map { try memoryModel($0, in: input) }
    for model in models { try model.check() }
    let result = MemoryCheckpointsResult(models: models, card: try whole("card", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let times = words.number(result.times(result.models[2]), 1)
          return words.say(
            es: "Recalcular: las activaciones, \(times) veces menos",
            en: "Computing again: activations \(times) times smaller")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Each method with kept activations and with those that are computed again.
struct MemoryCheckpointsResult: Sendable {
  /// Full, LoRA, QLoRA, all keeping their activations.
  let models: [MemoryModel]
  let card: Int

  func sparing(_ model: MemoryModel) -> MemoryModel {
    var model = model
    model.checkpointing = true
    return model
  }
  func live(_ model: MemoryModel) -> Double { MemoryPart.activations.bytes(model) }
  /// How many times smaller what a step remembers gets.
  func times(_ model: MemoryModel) -> Double { live(model) / live(sparing(model)) }

  /// Passes through the weights in a step, each of two operations a weight and token.
  ///
  /// Forward, back to the inputs, and back to the weights where these are trained; the adapters' own are
  /// left out.
  static func passes(_ method: MemoryModel.Method) -> Int { method == .full ? 3 : 2 }
  /// One more pass forward, as a share.
  static func cost(_ method: MemoryModel.Method) -> Double { 1 / Double(passes(method)) }

  func tokens(_ model: MemoryModel) -> Int {
    MemoryReport.tokens(of: model, in: Double(card) * 1e9)
  }

  var named: [String: Value] {
    let shape = models[0].shape
    var values: [String: Value] = [
      "size": Amount.size(shape),
      "layers": .integer(shape.layers), "sequences": .integer(models[0].batch),
      "length": .integer(models[0].length), "tokens": .integer(models[0].tokens),
      "card": .integer(card),
      "passes_full": .integer(Self.passes(.full)), "passes_frozen": .integer(Self.passes(.qlora)),
      "cost_full": .percentage(Self.cost(.full), decimals: 0),
      "cost_frozen": .percentage(Self.cost(.qlora), decimals: 0),
      "fits_before": .integer(tokens(models[2])),
      "fits_after": .integer(tokens(sparing(models[2]))),
      "fits": .flag(tokens(models[2]) > 0),
      "fits_times": .number(
        Double(tokens(sparing(models[2]))) / Double(max(tokens(models[2]), 1)), decimals: 0),
      "saves": .flag(times(models[2]) > 1.5),
    ]
    for (name, model) in zip(["full", "lora", "qlora"], models) {
      values["before_\(name)"] = Amount.gigabytes(model.total)
      values["after_\(name)"] = Amount.gigabytes(sparing(model).total)
      values["live_before_\(name)"] = Amount.gigabytes(live(model))
      values["live_after_\(name)"] = Amount.gigabytes(live(sparing(model)))
      values["times_\(name)"] = .number(times(model), decimals: 1)
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "checkpoints",
        title: Phrase(es: "guardar o recalcular, en GB", en: "keeping or computing again, in GB"),
        columns: [
          Phrase(es: "método", en: "method"), Phrase(es: "guardando", en: "keeping"),
          Phrase(es: "recalculando", en: "computing again"),
          Phrase(es: "activaciones, veces menos", en: "activations, times smaller"),
        ],
        rows: models.map { model in
          [
            .init(.words(model.method.name)), .init(Amount.gigabytes(model.total)),
            .init(Amount.gigabytes(sparing(model).total)),
            .init(.number(times(model), decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = models.map { model in
      let (before, after) = (
        Amount.gigabytes(model.total).formatted(words),
        Amount.gigabytes(sparing(model).total).formatted(words)
      )
      return words.say(
        es: "\(model.method.name(words)) pasa de \(before) a \(after) GB",
        en: "\(model.method.name(words)) goes from \(before) to \(after) GB")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Pares de barras de memoria, guardando las activaciones y recalculándolas: solo encoge esa \
        parte. \(list).
        """,
      en: """
        Pairs of bars of memory, keeping activations and computing them again: only that part \
        shrinks. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let (keeps, again) = (
      words.say(es: "guarda", en: "keeps"), words.say(es: "recalcula", en: "again")
    )
    // Where there is little room the whole model, whose bars dwarf the others, is left to the table.
    let shown = canvas.isCompact ? Array(models.suffix(1)) : Array(models.suffix(2))
    MemoryBars(
      shown.map { model in
        MemoryBars.Group(
          heading: model.method.name(words),
          rows: [MemoryBars.Row(keeps, model), MemoryBars.Row(again, sparing(model))])
      }, most: shown.map(\.total).max()
    ).draw(in: frame, on: &canvas)
  }
}
