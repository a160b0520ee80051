internal import Charts
internal import Drawing
internal import Training

/// Four bits are what is stored; computing is in 32: the bytes of a step by kind, and what dequantizing
/// adds to the arithmetic.
public struct StorageAndCompute: Demonstration {
  public let id = "storage-and-compute"
  public let parameters = [ToyFootprint.rankParameter, ToyFootprint.batchParameter]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let (rank, batch) = (try whole("rank", in: input), try whole("batch", in: input))
    let result = StorageAndComputeResult(
      rank: rank, batch: batch, lora: try ToyFootprint(.lora, rank: rank, batch: batch),
      qlora: try ToyFootprint(.qlora, rank: rank, batch: batch))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Cuatro bits ahorran memoria, no cuentas",
            en: "Four bits save memory, not arithmetic")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          StorageAndComputeDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// The same step with a base in 32 bits and with one in four.
struct StorageAndComputeResult: Sendable {
  let rank: Int
  let batch: Int
  let lora: ToyFootprint
  let qlora: ToyFootprint

  /// How many operations a QLoRA step does more, as a share of a LoRA step.
  var added: Double {
    Double(qlora.arithmetic.total) / Double(max(lora.arithmetic.total, 1)) - 1
  }
  /// The share at a number of sequences a step: all but merging and dequantizing grows with it.
  func added(batch: Int) -> Double {
    let fixed = Double(lora.arithmetic.optimizer + lora.arithmetic.merging)
    let perSequence = (Double(lora.arithmetic.total) - fixed) / Double(self.batch)
    return Double(qlora.arithmetic.dequantization) / (perSequence * Double(batch) + fixed)
  }

  var baseRatio: Double { Double(lora.memory.base) / Double(max(qlora.memory.base, 1)) }
  var stateRatio: Double { Double(lora.state) / Double(max(qlora.state, 1)) }

  static let batches = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

  var named: [String: Value] {
    [
      "rank": .integer(rank), "batch": .integer(batch), "weights": .integer(lora.weights),
      "trained": .integer(qlora.trained),
      "lora_base": .kilobytes(lora.memory.base), "qlora_base": .kilobytes(qlora.memory.base),
      "base_ratio": .number(baseRatio, decimals: 1),
      "buffer": .kilobytes(qlora.memory.weightBuffer),
      "lora_state": .kilobytes(lora.state), "qlora_state": .kilobytes(qlora.state),
      "lora_total": .kilobytes(lora.total), "qlora_total": .kilobytes(qlora.total),
      "activations": .kilobytes(qlora.memory.activations),
      "same_activations": .flag(qlora.memory.activations == lora.memory.activations),
      "lora_operations": .number(Double(lora.arithmetic.total) / 1e6, decimals: 1),
      "qlora_operations": .number(Double(qlora.arithmetic.total) / 1e6, decimals: 1),
      "dequantization": .integer(qlora.arithmetic.dequantization),
      "added": .percentage(added, decimals: added < 0.01 ? 2 : 1),
      "added_one": .percentage(added(batch: 1), decimals: 1),
      "faster": .flag(qlora.arithmetic.total < lora.arithmetic.total),
      "saves": .flag(qlora.memory.base < lora.memory.base),
      "verdict": .words(
        qlora.arithmetic.total < lora.arithmetic.total
          ? ClaimOutcome.holds.phrase
          : ClaimOutcome.doesNotHold.phrase),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "bytes", title: Phrase(es: "bytes de un paso", en: "bytes of a step"),
        columns: [
          Phrase(es: "clase", en: "kind"), Phrase("LoRA"), Phrase("QLoRA"),
        ],
        rows: zip(lora.parts, qlora.parts).map { one, other in
          [.init(.words(one.part.name)), .init(.integer(one.bytes)), .init(.integer(other.bytes))]
        }),
      DataTable(
        id: "operations", title: Phrase(es: "operaciones de un paso", en: "operations of a step"),
        columns: [
          Phrase(es: "qué", en: "what"), Phrase("LoRA"), Phrase("QLoRA"),
        ],
        rows: zip(lora.arithmetic.parts, qlora.arithmetic.parts).map { one, other in
          [.init(.words(one.name)), .init(.integer(one.count)), .init(.integer(other.count))]
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func value(_ name: String) -> String { named[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        A la izquierda, barras con los kilobytes de un paso: la base ocupa \(value("lora_base")) en 32 \
        bits y \(value("qlora_base")) en 4, más un búfer de \(value("buffer")) para el peso que se \
        está usando. A la derecha, una curva que baja: lo que descuantizar añade a las operaciones, de \
        \(value("added_one")) con un ejercicio por paso a \(value("added")) con \(batch).
        """,
      en: """
        On the left, bars with the kilobytes of a step: the base takes \(value("lora_base")) in 32 \
        bits and \(value("qlora_base")) in 4, and a buffer of \(value("buffer")) for the weight in \
        use. On the right, a falling curve: what dequantizing adds to the operations, from \
        \(value("added_one")) with one exercise in a step to \(value("added")) with \(batch).
        """)
  }
}

extension StepArithmetic {
  /// The parts by name, in the order of a step.
  var parts: [(name: Phrase, count: Int)] {
    [
      (Phrase(es: "descuantizar", en: "dequantize"), dequantization),
      (Phrase(es: "hacia delante", en: "forward"), forward),
      (Phrase(es: "atención", en: "attention"), attention),
      (Phrase(es: "gradientes de entradas", en: "gradients of inputs"), inputGradients),
      (Phrase(es: "gradientes de pesos", en: "gradients of weights"), weightGradients),
      (Phrase(es: "adaptadores", en: "adapters"), adapters),
      (Phrase("AdamW"), optimizer),
    ]
  }
}

/// Draws the bytes as bars on the left and the added arithmetic as a curve on the right.
struct StorageAndComputeDrawing {
  let result: StorageAndComputeResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let panels = frame.columns([1.15, 1], gap: canvas.em(canvas.isCompact ? 1.2 : 2.4))
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let (head, body) = panels[0].cutTop(canvas.lineHeight(bold), gap: canvas.em(0.4))
    canvas.text(
      words.say(es: "kB en memoria", en: "kB in memory"), at: Point(head.minX, head.minY), bold,
      vertical: .top)
    let (lora, qlora) = (result.lora, result.qlora)
    let rows: [(Phrase, Int, Role, Bool)] = [
      (Phrase(es: "base, 32 bits", en: "base, 32 bits"), lora.memory.base, .frozen, true),
      (Phrase(es: "base, 4 bits", en: "base, 4 bits"), qlora.memory.base, .quantized, false),
      (
        Phrase(es: "búfer, 32 bits", en: "buffer, 32 bits"), qlora.memory.weightBuffer, .quantized,
        false
      ),
      (
        Phrase(es: "adaptador y lo suyo", en: "adapter and its own"),
        qlora.memory.adapter + qlora.memory.gradients + qlora.memory.optimizer, .update, false
      ),
    ]
    BarRows(
      rows: rows.map { name, bytes, role, isReference in
        BarRows.Row(
          name: name(words), value: Double(bytes), label: Value.kilobytes(bytes).formatted(words),
          fill: theme.color(role), isReference: isReference)
      }, limit: Double(rows.map(\.1).max() ?? 1)
    ).draw(in: body, on: &canvas)
    let shares = StorageAndComputeResult.batches.map { result.added(batch: $0) }
    let top = (shares.max() ?? 0.01) * 1.05
    LinePanel(
      heading: canvas.isCompact
        ? words.say(es: "cuentas de más", en: "added work")
        : words.say(es: "operaciones de más por paso", en: "added operations a step"),
      series: [
        .init(
          name: "", role: .quantized,
          points: zip(StorageAndComputeResult.batches, shares).map { Point(Double($0), $1) })
      ],
      across: .init(
        kind: .logarithmic, domain: 1...512,
        ticks: [1, 8, 64, 512].map { (Double($0), words.integer($0)) },
        title: words.say(es: "ejercicios por paso", en: "exercises in a step")),
      up: .init(
        domain: 0...top,
        ticks: Ticks.linear(0...top, count: 4).map {
          ($0, words.percentage($0, top < 0.04 ? 1 : 0))
        }),
      rule: (Double(result.batch), words.integer(result.batch)), isNamed: false
    ).draw(in: panels[1], on: &canvas)
  }
}
