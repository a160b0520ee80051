internal import Charts
internal import Drawing
internal import Training

/// The memory of a step by kind, and the numbers that are trained, for full fine-tuning, LoRA and QLoRA.
public struct MethodMemory: Demonstration {
  public let id = "method-memory"
  public let parameters = [ToyFootprint.rankParameter, ToyFootprint.batchParameter]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let (rank, batch) = (try whole("rank", in: input), try whole("batch", in: input))
    let result = MethodMemoryResult(
      rank: rank, batch: batch,
      footprints: try MemoryModel.Method.allCases.map {
        try ToyFootprint($0, rank: rank, batch: batch)
      })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.activationsRule
            ? words.say(
              es: "En un modelo diminuto mandan las activaciones",
              en: "In a tiny model activations rule")
            : words.say(
              es: "La memoria de un paso, por clases", en: "The memory of a step, by kind")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Three plans that were really laid out.
struct MethodMemoryResult: Sendable {
  let rank: Int
  let batch: Int
  /// Full fine-tuning, LoRA and QLoRA.
  let footprints: [ToyFootprint]

  private func footprint(_ way: MemoryModel.Method) -> ToyFootprint {
    footprints.first { $0.way == way } ?? footprints[0]
  }

  var activationsRule: Bool {
    footprints.allSatisfy { 2 * $0.memory.activations > $0.total }
  }

  var named: [String: Value] {
    let (full, lora, qlora) = (footprint(.full), footprint(.lora), footprint(.qlora))
    func share(_ one: Int, _ other: Int) -> Value {
      .percentage(Double(one) / Double(max(other, 1)), decimals: 0)
    }
    return [
      "rank": .integer(rank), "batch": .integer(batch), "weights": .integer(full.weights),
      "full_trained": .integer(full.trained), "lora_trained": .integer(lora.trained),
      "qlora_trained": .integer(qlora.trained),
      "trained_share": share(lora.trained, full.trained),
      "trained_times": .number(Double(full.trained) / Double(max(lora.trained, 1)), decimals: 1),
      "full_state": .kilobytes(full.state), "lora_state": .kilobytes(lora.state),
      "qlora_state": .kilobytes(qlora.state),
      "lora_state_share": share(lora.state, full.state),
      "qlora_state_share": share(qlora.state, full.state),
      "full_total": .kilobytes(full.total), "lora_total": .kilobytes(lora.total),
      "qlora_total": .kilobytes(qlora.total), "lora_total_share": share(lora.total, full.total),
      "qlora_total_share": share(qlora.total, full.total),
      "full_activations": .kilobytes(full.memory.activations),
      "lora_activations": .kilobytes(lora.memory.activations),
      "activation_share": share(lora.memory.activations, lora.total),
      "fewer": .flag(lora.trained < full.trained),
      "states_fall": .flag(qlora.state < lora.state && lora.state < full.state),
      "totals_fall": .flag(qlora.total < lora.total && lora.total < full.total),
      "activations_rule": .flag(activationsRule),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "bytes", title: Phrase(es: "bytes de un paso", en: "bytes of a step"),
        columns: [Phrase(es: "clase", en: "kind")] + footprints.map(\.way.name),
        rows: footprints[0].parts.indices.map { kind in
          [.init(.words(footprints[0].parts[kind].part.name))]
            + footprints.map { .init(.integer($0.parts[kind].bytes)) }
        } + [
          [.init(.words(Phrase(es: "números que se entrenan", en: "numbers that are trained")))]
            + footprints.map { .init(.integer($0.trained)) }
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = footprints.map { footprint in
      let (total, activations) = (
        Value.kilobytes(footprint.total).formatted(words),
        Value.kilobytes(footprint.memory.activations).formatted(words)
      )
      return words.say(
        es:
          "\(footprint.way.name(words)), \(total) kB, de ellos \(activations) de activaciones",
        en:
          "\(footprint.way.name(words)), \(total) kB, of which \(activations) are activations"
      )
    }.joined(separator: "; ")
    return words.say(
      es: "Tres barras con la memoria de un paso repartida por clases. \(list).",
      en: "Three bars with the memory of a step divided by kind. \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    MemoryBars([
      .init(
        heading: words.say(
          es: "un paso con \(batch) ejercicios", en: "a step with \(batch) exercises"),
        rows: footprints.map { footprint in
          MemoryBars.Row(
            footprint.way.name(words), footprint.way,
            footprint.parts.map { ($0.part, Double($0.bytes)) })
        })
    ]).draw(in: frame, on: &canvas)
  }
}
