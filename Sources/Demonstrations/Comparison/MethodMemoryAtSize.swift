internal import Charts
internal import Drawing
internal import Training

/// The memory of the three methods for a model of a size of one's own, computed from its matrices.
public struct MethodMemoryAtSize: Demonstration {
  public let id = "method-memory-at-size"
  public let parameters = [
    Parameter.params, .adapterRank, .textLength(512),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let models = try MemoryModel.Method.allCases.map { method in
      var model = try memoryModel(method, in: input)
      model.checkpointing = true
      try model.check()
      return model
    }
    let result = MethodMemoryAtSizeResult(models: models)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let size = result.size(words)
          return words.say(
            es: "Con \(size), lo que se guarda lo decide todo",
            en: "At \(size), what is stored decides")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Three sums for one model.
struct MethodMemoryAtSizeResult: Sendable {
  /// Full fine-tuning, LoRA and QLoRA.
  let models: [MemoryModel]

  func size(_ words: Words) -> String {
    Amount.parameters(Double(models[0].shape.parameterCount), words)
  }

  private func model(_ method: MemoryModel.Method) -> MemoryModel {
    models.first { $0.method == method } ?? models[0]
  }

  var named: [String: Value] {
    let (full, lora, qlora) = (model(.full), model(.lora), model(.qlora))
    func share(_ one: Double, _ other: Double) -> Value {
      .percentage(one / max(other, 1), decimals: 0)
    }
    return [
      "size": .words(Phrase(es: size(Words(.spanish)), en: size(Words(.english)))),
      "parameters": .number(Double(full.shape.parameterCount) / 1e9, decimals: 2),
      "rank": .integer(lora.rank), "length": .integer(lora.length),
      "trained": .number(Double(lora.trainedCount) / 1e6, decimals: 0),
      "trained_share": .percentage(
        Double(lora.trainedCount) / Double(full.trainedCount), decimals: 1),
      "full": Amount.gigabytes(full.total), "lora": Amount.gigabytes(lora.total),
      "qlora": Amount.gigabytes(qlora.total), "lora_share": share(lora.total, full.total),
      "qlora_share": share(qlora.total, full.total),
      "qlora_of_lora": share(qlora.total, lora.total),
      "full_base": Amount.gigabytes(full.bytes(of: .base)),
      "lora_base": Amount.gigabytes(lora.bytes(of: .base)),
      "qlora_base": Amount.gigabytes(qlora.bytes(of: .base)),
      "base_times": .number(lora.bytes(of: .base) / qlora.bytes(of: .base), decimals: 1),
      "full_rest": Amount.gigabytes(full.fixed - full.bytes(of: .base)),
      "lora_rest": Amount.gigabytes(lora.fixed - lora.bytes(of: .base)),
      "lora_moves": Amount.gigabytes(lora.total - lora.fixed),
      "falls": .flag(qlora.total < lora.total && lora.total < full.total),
      "base_rules": .flag(2 * lora.bytes(of: .base) > lora.total),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "gigabytes", title: Phrase("GB"),
        columns: [Phrase(es: "clase", en: "kind")] + models.map(\.method.name),
        rows: MemoryKind.allCases.map { kind in
          [.init(.words(MemoryReport.name(of: kind)))]
            + models.map { .init(.number($0.bytes(of: kind) / 1e9, decimals: 2)) }
        } + [
          [.init(.words(Phrase(es: "total", en: "total")))]
            + models.map { .init(.number($0.total / 1e9, decimals: 2)) }
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = models.map {
      "\($0.method.name(words)): \(Amount.gigabytes($0.total).formatted(words)) GB"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Tres barras con los gigabytes que ocupa entrenar un modelo de \(size(words)) \
        parámetros, repartidos por clases. \(list).
        """,
      en: """
        Three bars with the gigabytes that training a model of \(size(words)) parameters \
        takes, divided by kind. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    MemoryBars([
      .init(
        heading: words.say(es: "entrenar \(size(words))", en: "training \(size(words))"),
        rows: models.map { MemoryBars.Row($0.method.name(words), $0) })
    ]).draw(in: frame, on: &canvas)
  }
}
