internal import Charts
internal import Drawing
internal import Training

/// The operations of a step, counted, for full fine-tuning, LoRA and QLoRA.
public struct MethodArithmetic: Demonstration {
  public let id = "method-arithmetic"
  public let parameters = [ToyFootprint.rankParameter, ToyFootprint.batchParameter]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let (rank, batch) = (try whole("rank", in: input), try whole("batch", in: input))
    let result = MethodArithmeticResult(
      rank: rank, batch: batch,
      steps: MemoryModel.Method.allCases.map {
        ToyFootprint.arithmetic($0, rank: rank, batch: batch)
      })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.qloraAdds
            ? words.say(
              es: "LoRA hace menos cuentas; QLoRA, más que LoRA",
              en: "LoRA computes less; QLoRA more than LoRA")
            : words.say(es: "Las cuentas de un paso", en: "The arithmetic of a step")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Three counts of one step.
struct MethodArithmeticResult: Sendable {
  let rank: Int
  let batch: Int
  /// Full fine-tuning, LoRA and QLoRA.
  let steps: [StepArithmetic]

  var full: StepArithmetic { steps[0] }
  var lora: StepArithmetic { steps[1] }
  var qlora: StepArithmetic { steps[2] }
  var loraShare: Double { Double(lora.total) / Double(max(full.total, 1)) }
  var qloraShare: Double { Double(qlora.total) / Double(max(full.total, 1)) }
  var qloraAdds: Bool { qlora.total > lora.total }

  static func millions(_ count: Int) -> Value { .number(Double(count) / 1e6, decimals: 1) }

  var named: [String: Value] {
    let added = Double(qlora.total) / Double(max(lora.total, 1)) - 1
    return [
      "rank": .integer(rank), "batch": .integer(batch),
      "full": Self.millions(full.total), "lora": Self.millions(lora.total),
      "qlora": Self.millions(qlora.total),
      "lora_share": .percentage(loraShare, decimals: 0),
      "qlora_share": .percentage(qloraShare, decimals: 0),
      "added": .percentage(added, decimals: added < 0.01 ? 2 : 1),
      "forward": Self.millions(full.forward), "back": Self.millions(full.inputGradients),
      "weights": Self.millions(full.weightGradients),
      "adapters": Self.millions(lora.adapters),
      "dequantization": Self.millions(qlora.dequantization),
      "saved": Self.millions(full.weightGradients - lora.weightGradients),
      "saved_share": .percentage(
        Double(full.weightGradients) / Double(max(full.total, 1)), decimals: 0),
      "lora_saves": .flag(lora.total < full.total), "qlora_adds": .flag(qloraAdds),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "operations", title: Phrase(es: "operaciones de un paso", en: "operations of a step"),
        columns: [Phrase(es: "qué", en: "what")] + MemoryModel.Method.allCases.map(\.name),
        rows: full.parts.indices.map { part in
          [.init(.words(full.parts[part].name))]
            + steps.map { .init(.integer($0.parts[part].count)) }
        } + [
          [.init(.words(Phrase(es: "total", en: "in all")))]
            + steps.map { .init(.integer($0.total)) }
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = zip(MemoryModel.Method.allCases, steps).map { method, step in
      let total = Self.millions(step.total).formatted(words)
      return words.say(
        es: "\(method.name(words)), \(total) millones",
        en: "\(method.name(words)), \(total) million")
    }.joined(separator: "; ")
    return words.say(
      es: "Tres barras con las operaciones de un paso, repartidas por tareas: \(list).",
      en: "Three bars with the operations of a step, divided by task: \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let fills: [(Color, Bool)] = [
      (theme.color(.quantized), false), (Kept.value.color(theme), false), (theme.panel, true),
      (Kept.gradient.color(theme), false), (Kept.first.color(theme), false),
      (theme.color(.update), false), (Kept.second.color(theme), false),
    ]
    // In the order of a step, but for dequantizing, which would not be seen before all else.
    let order = [1, 2, 3, 4, 5, 6, 0]
    StackedRows(
      kinds: order.map { part in
        .init(
          name: full.parts[part].name(words), fill: fills[part].0, isOutlined: fills[part].1)
      },
      rows: zip(MemoryModel.Method.allCases, steps).map { method, step in
        let total = Self.millions(step.total).formatted(words)
        return StackedRows.Row(
          name: method.name(words), values: order.map { Double(step.parts[$0].count) },
          label: words.say(es: "\(total) mill.", en: "\(total) M"))
      }
    ).draw(in: frame, on: &canvas)
  }
}
