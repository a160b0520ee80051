internal import Charts
internal import Drawing
internal import Training

/// The memory of the three methods for a model of a size of one's own, computed from its matrices.
public struct MethodMemoryAtSize: Demonstration {
  public let id = "method-memory-at-size"
  public let parameters = [
    Parameter.modelSize(7),
    Parameter(
      "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 64,
      range: 1...1024),
    Parameter(
      "length", Phrase(es: "tokens por paso", en: "tokens in a step"), default: 512,
      range: 1...100_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let billions = try value(of: "params", in: input)
    let (rank, length) = (try whole("rank", in: input), try whole("length", in: input))
    let shape = ModelShape.like(parameters: billions * 1e9)
    let result = MethodMemoryAtSizeResult(
      billions: billions, rank: rank, length: length,
      models: MemoryModel.Method.allCases.map {
        MemoryModel(shape, method: $0, rank: rank, length: length, checkpointing: true)
      })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let size = words.billions(billions)
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
  let billions: Double
  let rank: Int
  let length: Int
  let models: [MemoryModel]

  private func model(_ method: MemoryModel.Method) -> MemoryModel {
    models.first { $0.method == method } ?? models[0]
  }

  /// The kinds in the order in which they are drawn.
  static func parts(_ model: MemoryModel) -> [Double] {
    [
      model.bytes(of: .base), model.bytes(of: .adapter),
      model.bytes(of: .gradients) + model.bytes(of: .copy), model.bytes(of: .optimizer),
      model.bytes(of: .activations) + model.bytes(of: .inputGradients),
      model.bytes(of: .weightBuffer),
    ]
  }

  var named: [String: Value] {
    let (full, lora, qlora) = (model(.full), model(.lora), model(.qlora))
    func share(_ one: Double, _ other: Double) -> Value {
      .percentage(one / max(other, 1), decimals: 0)
    }
    return [
      "size": .words(Phrase(es: billionsText(.spanish), en: billionsText(.english))),
      "parameters": .number(Double(full.shape.parameterCount) / 1e9, decimals: 2),
      "rank": .integer(rank), "length": .integer(length),
      "trained": .number(Double(lora.trainedCount) / 1e6, decimals: 0),
      "trained_share": .percentage(
        Double(lora.trainedCount) / Double(full.trainedCount), decimals: 1),
      "full": .gigabytes(full.total), "lora": .gigabytes(lora.total),
      "qlora": .gigabytes(qlora.total), "lora_share": share(lora.total, full.total),
      "qlora_share": share(qlora.total, full.total),
      "qlora_of_lora": share(qlora.total, lora.total),
      "full_base": .gigabytes(full.bytes(of: .base)),
      "lora_base": .gigabytes(lora.bytes(of: .base)),
      "qlora_base": .gigabytes(qlora.bytes(of: .base)),
      "base_times": .number(lora.bytes(of: .base) / qlora.bytes(of: .base), decimals: 1),
      "full_rest": .gigabytes(full.fixed - full.bytes(of: .base)),
      "lora_rest": .gigabytes(lora.fixed - lora.bytes(of: .base)),
      "lora_moves": .gigabytes(lora.total - lora.fixed),
      "falls": .flag(qlora.total < lora.total && lora.total < full.total),
      "base_rules": .flag(2 * lora.bytes(of: .base) > lora.total),
    ]
  }

  private func billionsText(_ language: Language) -> String { Words(language).billions(billions) }

  var tables: [DataTable] {
    [
      DataTable(
        id: "gigabytes", title: Phrase("GB"),
        columns: [Phrase(es: "clase", en: "kind")] + models.map(\.method.courseName),
        rows: MemoryKind.allCases.map { kind in
          [.init(.code(kind.rawValue))]
            + models.map { .init(.number($0.bytes(of: kind) / 1e9, decimals: 2)) }
        } + [
          [.init(.words(Phrase(es: "total", en: "total")))]
            + models.map { .init(.number($0.total / 1e9, decimals: 2)) }
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = models.map {
      "\($0.method.courseName(words)): \(Value.gigabytes($0.total).formatted(words)) GB"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Tres barras con los gigabytes que ocupa entrenar un modelo de \(words.billions(billions)) \
        parámetros, repartidos por clases. \(list).
        """,
      en: """
        Three bars with the gigabytes that training a model of \(words.billions(billions)) parameters \
        takes, divided by kind. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    StackedRows(
      kinds: StackedRows.Kind.memory(canvas),
      rows: models.map { model in
        StackedRows.Row(
          name: (canvas.isCompact ? model.method.courseShortName : model.method.courseName)(
            words), values: Self.parts(model),
          label: Value.gigabytes(model.total).formatted(words) + " GB")
      }
    ).draw(in: frame, on: &canvas)
  }
}

extension Parameter {
  /// The size of a model in billions of parameters, as many as a shape is made up for.
  static func modelSize(_ billions: Double) -> Parameter {
    Parameter(
      "params", Phrase(es: "miles de millones de parámetros", en: "billions of parameters"),
      default: billions, range: 0.001...2000, isWhole: false)
  }
}

extension Words {
  /// A number of parameters as the field writes it in every language, such as 7B.
  func billions(_ count: Double) -> String {
    (count == count.rounded() ? number(count, 0) : numbers.significant(count, digits: 2)) + "B"
  }
}

extension Value {
  /// Bytes in gigabytes of 10⁹, with as many digits as tell sizes apart.
  static func gigabytes(_ bytes: Double) -> Value {
    let value = bytes / 1e9
    return value >= 100 ? .number(value, decimals: 0) : .significant(value, digits: 3)
  }
}
