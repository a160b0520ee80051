internal import Charts
internal import Drawing
internal import Training

/// The memory of a step against the tokens in it: freezing lowers where the lines begin, and not how
/// steeply they rise.
public struct MemoryGrowth: Demonstration {
  public let id = "memory-growth"
  public let parameters = [
    Parameter.params, .adapterRank, .adapterTargets, .sequences(16), .textLength(512),
    .checkpointing,
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let models = try MemoryModel.Method.allCases.map { try memoryModel($0, in: input) }
    for model in models { try model.check() }
    let result = MemoryGrowthResult(models: models)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Congelar baja el suelo, no la pendiente",
            en: "Freezing lowers the floor, not the slope")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Totals of the three methods at batches up to one.
struct MemoryGrowthResult: Sendable {
  /// Full, LoRA, QLoRA, with the largest batch.
  let models: [MemoryModel]

  private static let pointCount = 32

  /// A model with another number of tokens in a step.
  private func model(_ model: MemoryModel, tokens: Int) -> MemoryModel {
    var model = model
    (model.batch, model.length) = (1, max(tokens, 1))
    return model
  }
  /// The bytes beside what does not depend on the batch.
  private func live(_ model: MemoryModel) -> Double { MemoryPart.activations.bytes(model) }
  /// The bytes that each token adds.
  private func slope(_ model: MemoryModel) -> Double {
    live(self.model(model, tokens: 1))
  }
  /// The tokens at which what a step remembers outweighs everything else.
  private func crossing(_ model: MemoryModel) -> Double { model.fixed / slope(model) }

  var named: [String: Value] {
    let (full, lora, qlora) = (models[0], models[1], models[2])
    func small(_ model: MemoryModel) -> MemoryModel { self.model(model, tokens: model.length) }
    func share(_ model: MemoryModel) -> Value {
      .percentage(live(model) / model.total, decimals: 0)
    }
    var values: [String: Value] = [
      "size": Amount.size(full.shape),
      "sequences": .integer(full.batch), "length": .integer(full.length),
      "tokens": .integer(full.tokens),
      "slope_ratio": .percentage(slope(lora) / slope(full), decimals: 0),
      "slope_saving": .percentage(1 - slope(lora) / slope(full), decimals: 0),
      "slope_full": .significant(slope(full) / 1e6, digits: 3),
      "slope_lora": .significant(slope(lora) / 1e6, digits: 3),
      "small_ratio": .number(small(full).total / small(qlora).total, decimals: 1),
      "large_ratio": .number(full.total / qlora.total, decimals: 1),
      "slopes_alike": .flag(slope(lora) > 0.8 * slope(full)),
      "shrinks": .flag(full.total / qlora.total < small(full).total / small(qlora).total),
      "more_than_full": .flag(slope(lora) > slope(full)),
      "crosses": .flag(live(qlora) > qlora.fixed),
    ]
    for (name, model) in [("full", full), ("lora", lora), ("qlora", qlora)] {
      values["fixed_\(name)"] = Amount.gigabytes(model.fixed)
      values["small_\(name)"] = Amount.gigabytes(small(model).total)
      values["large_\(name)"] = Amount.gigabytes(model.total)
      values["live_\(name)"] = Amount.gigabytes(live(model))
      values["live_share_\(name)"] = share(model)
      values["crossing_\(name)"] = .integer(Int(min(crossing(model), 1e12).rounded()))
    }
    return values
  }

  /// From none to the whole batch; none is drawn as one token.
  private var steps: [Int] {
    (0...Self.pointCount).map { max(models[0].tokens * $0 / Self.pointCount, 1) }
  }

  var tables: [DataTable] {
    let tokens = [1] + steps.filter { $0 > 1 }
    var seen: Set<Int> = []
    return [
      DataTable(
        id: "growth", title: Phrase(es: "memoria en GB", en: "memory in GB"),
        columns: [Phrase(es: "tokens por paso", en: "tokens in a step")]
          + models.map(\.method.name),
        rows: tokens.filter { seen.insert($0).inserted }.map { tokens in
          [.init(.integer(tokens))]
            + models.map { .init(Amount.gigabytes(model($0, tokens: tokens).total)) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = models.map { model in
      let (low, high) = (
        Amount.gigabytes(model.fixed).formatted(words),
        Amount.gigabytes(model.total).formatted(words)
      )
      return words.say(
        es: "\(model.method.name(words)) va de \(low) a \(high) GB",
        en: "\(model.method.name(words)) goes from \(low) to \(high) GB")
    }.joined(separator: "; ")
    let tokens = words.integer(models[0].tokens)
    return words.say(
      es: """
        Tres rectas de la memoria según los tokens que hay en un paso, de casi ninguno a \
        \(tokens): \(list). Suben casi en paralelo.
        """,
      en: """
        Three straight lines of memory against the tokens in a step, from almost none to \
        \(tokens): \(list). They rise almost in parallel.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let most = models.map(\.total).max() ?? 1
    let unit = Amount.unit(of: most)
    let tokens = Double(max(models[0].tokens, 2))
    let ceiling = 1.05 * most / unit.bytes
    LinePanel(
      heading: words.say(
        es: "memoria de un paso, en \(unit.name)", en: "memory of a step, in \(unit.name)"),
      series: models.map { model in
        LineChart.Series(
          name: model.method.name(words), role: model.method.role,
          points: steps.map {
            Point(Double($0), self.model(model, tokens: $0).total / unit.bytes)
          })
      },
      across: PlotFrame.Side(
        domain: 0...tokens,
        ticks: Axis.roundTicks(
          0...tokens, length: frame.width, spacing: canvas.em(6), words: words),
        title: words.say(es: "tokens en un paso", en: "tokens in a step")),
      up: PlotFrame.Side(
        domain: 0...ceiling,
        ticks: Axis.roundTicks(
          0...ceiling, length: frame.height, spacing: canvas.em(3), words: words))
    ).draw(in: frame, on: &canvas)
  }
}
