internal import Charts
internal import Drawing
internal import Training

/// Which model fits in which card with which method, and the verdict on the claim.
public struct MemoryChooser: Demonstration {
  public let id = "memory-chooser"
  public let parameters = [
    Parameter.params, .adapterRank, .adapterTargets, .sequences(1), .textLength(512),
    Parameter(
      "checkpointing",
      Phrase(
        es: "recalcular las activaciones (1) o guardarlas (0)",
        en: "compute activations again (1) or keep them (0)"), default: 1, range: 0...1),
    Parameter(
      "card", Phrase(es: "memoria de la tarjeta, en GB", en: "memory of the card, in GB"),
      default: 48, range: 1...1000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let chosen = try memoryModel(.full, in: input)
    try chosen.check()
    let result = MemoryChooserResult(chosen: chosen, card: try whole("card", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let largest = result.largest(.qlora).map { result.name($0, words) }
          return words.say(
            es: largest.map { "Una tarjeta de \(result.card) GB: hasta \($0) con QLoRA" }
              ?? "Una tarjeta de \(result.card) GB: ninguno de estos modelos",
            en: largest.map { "One card of \(result.card) GB: up to \($0) with QLoRA" }
              ?? "One card of \(result.card) GB: none of these models")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Totals for models of several sizes, by method.
struct MemoryChooserResult: Sendable {
  /// The model that was asked about, trained as a whole.
  let chosen: MemoryModel
  let card: Int

  /// The sizes of LLaMA, and the chosen one among them.
  var shapes: [ModelShape] {
    ModelShape.llama.contains(chosen.shape)
      ? ModelShape.llama
      : (ModelShape.llama + [chosen.shape]).sorted { $0.parameterCount < $1.parameterCount }
  }
  func model(_ method: MemoryModel.Method, _ shape: ModelShape) -> MemoryModel {
    var model = chosen
    (model.method, model.shape) = (method, shape)
    return model
  }
  func fits(_ method: MemoryModel.Method, _ shape: ModelShape) -> Bool {
    model(method, shape).total <= Double(card) * 1e9
  }
  /// The largest model that fits in the card.
  func largest(_ method: MemoryModel.Method) -> ModelShape? {
    shapes.last { fits(method, $0) }
  }
  /// How many cards the sum of a training fills.
  func cards(_ method: MemoryModel.Method, _ shape: ModelShape) -> Int {
    Int((model(method, shape).total / (Double(card) * 1e9)).rounded(.up))
  }
  func name(_ shape: ModelShape, _ words: Words) -> String {
    Amount.size(shape, words)
  }

  // MARK: The claim: up to four times smaller, and on one GPU

  /// How many times smaller the weights of a whole model get.
  func ratio(_ shape: ModelShape) -> Double {
    model(.lora, shape).bytes(of: .base) / model(.qlora, shape).bytes(of: .base)
  }
  var bestRatio: Double { shapes.map(ratio).max() ?? 0 }
  /// How many times less a training takes than LoRA on the same model in 16 bits.
  func trainingRatio(_ shape: ModelShape) -> Double {
    model(.lora, shape).total / model(.qlora, shape).total
  }
  /// Whether the card holds a model with QLoRA that it does not hold with the other methods.
  var oneCardIsEnough: Bool {
    shapes.contains { fits(.qlora, $0) && !fits(.lora, $0) && !fits(.full, $0) }
  }
  /// Four times or more holds; from three and a half on it holds with a limit.
  var sizeVerdict: Phrase { TrainingCostResult.verdict(bestRatio, holds: 4, nearly: 3.5) }
  var cardVerdict: Phrase {
    TrainingCostResult.verdict(oneCardIsEnough ? 1 : 0, holds: 1, nearly: 1)
  }
  /// The weaker of the two.
  var verdict: Phrase {
    let order = ["holds", "holds, with a limit", "does not hold here"]
    func place(_ phrase: Phrase) -> Int { order.firstIndex(of: phrase.english) ?? 0 }
    return place(sizeVerdict) >= place(cardVerdict) ? sizeVerdict : cardVerdict
  }

  var named: [String: Value] {
    let (small, large) = (ModelShape.llama[0], ModelShape.llama[3])
    func size(_ shape: ModelShape?) -> Value {
      shape.map { Amount.size($0) } ?? .words(Phrase(es: "ninguno", en: "none"))
    }
    var values: [String: Value] = [
      "size": size(chosen.shape), "card": .integer(card), "rank": .integer(chosen.rank),
      "tokens": .integer(chosen.tokens),
      "largest_full": size(largest(.full)), "largest_lora": size(largest(.lora)),
      "largest_qlora": size(largest(.qlora)),
      "any_full": .flag(largest(.full) != nil),
      "total_65_full": Amount.gigabytes(model(.full, large).total),
      "total_65_lora": Amount.gigabytes(model(.lora, large).total),
      "total_65_qlora": Amount.gigabytes(model(.qlora, large).total),
      "total_7_full": Amount.gigabytes(model(.full, small).total),
      "total_7_lora": Amount.gigabytes(model(.lora, small).total),
      "total_7_qlora": Amount.gigabytes(model(.qlora, small).total),
      "cards_65_full": .integer(cards(.full, large)),
      "cards_65_lora": .integer(cards(.lora, large)),
      "ratio_small": .number(ratio(small), decimals: 2),
      "ratio": .number(bestRatio, decimals: 2),
      "training_ratio": .number(trainingRatio(large), decimals: 1),
      "training_ratio_small": .number(trainingRatio(small), decimals: 1),
      "full_over_qlora": .number(
        model(.full, large).total / model(.qlora, large).total, decimals: 0),
      "one_card": .flag(oneCardIsEnough), "below_four": .flag(bestRatio < 4),
      "verdict_size": .words(sizeVerdict), "verdict_card": .words(cardVerdict),
      "verdict": .words(verdict), "claim_number": .number(bestRatio, decimals: 2),
      "claim_measure": .words(
        Phrase(
          es: "veces menos para los pesos de un modelo", en: "times smaller weights of a model")),
    ]
    for (name, method) in zip(["full", "lora", "qlora"], MemoryModel.Method.allCases) {
      values["chosen_\(name)"] = Amount.gigabytes(model(method, chosen.shape).total)
      values["chosen_fits_\(name)"] = .flag(fits(method, chosen.shape))
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "totals", title: Phrase(es: "memoria en GB", en: "memory in GB"),
        columns: [Phrase(es: "modelo", en: "model")] + MemoryModel.Method.allCases.map(\.name),
        rows: shapes.map { shape in
          [
            .init(Amount.size(shape))
          ]
            + MemoryModel.Method.allCases.map {
              .init(Amount.gigabytes(model($0, shape).total))
            }
        }),
      DataTable(
        id: "cards",
        title: Phrase(es: "la menor tarjeta que basta", en: "the smallest card that is enough"),
        columns: [Phrase(es: "modelo", en: "model")] + MemoryModel.Method.allCases.map(\.name),
        rows: shapes.map { shape in
          [
            .init(Amount.size(shape))
          ]
            + MemoryModel.Method.allCases.map { method in
              .init(
                MemoryReport.card(for: model(method, shape)).map { .code("\(Int($0)) GB") }
                  ?? .words(Phrase(es: "varias", en: "several")))
            }
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = shapes.map { shape in
      name(shape, words) + ": "
        + MemoryModel.Method.allCases.map { method in
          "\(method.name(words)) \(Amount.gigabytes(model(method, shape).total).formatted(words))"
            + (fits(method, shape) ? words.say(es: " (cabe)", en: " (fits)") : "")
        }.joined(separator: ", ")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Tabla de GB por tamaño de modelo y método; están resaltadas las casillas que caben en una \
        tarjeta de \(card) GB. \(list).
        """,
      en: """
        Table of GB by size of model and method; the cells that fit on a card of \(card) GB are \
        highlighted. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let small = canvas.style(.small)
    let base = canvas.style(canvas.isCompact ? .small : .base)
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let methods = MemoryModel.Method.allCases
    let names = shapes.map { name($0, words) }
    let left = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(1)
    let head = canvas.lineHeight(base) + canvas.em(0.3)
    let foot = canvas.lineHeight(small) + canvas.em(0.5)
    let grid = frame.inset(left: left, top: head, bottom: foot)
    let columns = grid.columns([1, 1, 1], gap: canvas.em(0.4))
    let lines = grid.rows(
      Array(repeating: 1, count: shapes.count), gap: canvas.em(canvas.isCompact ? 0.25 : 0.4))
    for (method, column) in zip(methods, columns) {
      canvas.text(
        method.name(words), at: Point(column.midX, frame.minY), base, color: theme.secondaryInk,
        anchor: .middle, vertical: .top)
    }
    for (row, (shape, line)) in zip(shapes, lines).enumerated() {
      let isChosen = shape == chosen.shape
      canvas.text(
        names[row], at: Point(grid.minX - canvas.em(0.7), line.midY), isChosen ? bold : base,
        anchor: .end, vertical: .middle)
      for (method, column) in zip(methods, columns) {
        let cell = Rectangle(x: column.minX, y: line.minY, width: column.width, height: line.height)
        let model = model(method, shape)
        let isFitting = fits(method, shape)
        let fill = isFitting ? theme.color(.quantized) : theme.panel
        canvas.fill(cell, fill, cornerRadius: canvas.em(0.25))
        let card = MemoryReport.card(for: model)
        let hasNote = !canvas.isCompact && cell.height > canvas.em(2.6)
        canvas.text(
          Amount.gigabytes(model.total).formatted(words) + " GB",
          at: Point(cell.midX, cell.midY - (hasNote ? canvas.em(0.55) : 0)), bold,
          color: isFitting ? fill.readableInk : theme.ink, anchor: .middle, vertical: .middle,
          box: cell, backdrop: fill)
        guard hasNote else { continue }
        let note =
          card.map { card in
            words.say(
              es: "cabe en \(Int(card)) GB", en: "fits in \(Int(card)) GB")
          }
          ?? words.say(
            es: "\(cards(method, shape)) tarjetas de \(self.card)",
            en: "\(cards(method, shape)) cards of \(self.card)")
        canvas.text(
          note, at: Point(cell.midX, cell.midY + canvas.em(0.65)), small,
          color: isFitting ? fill.readableInk : theme.secondaryInk, anchor: .middle,
          vertical: .middle, box: cell, backdrop: fill)
      }
    }
    let square = canvas.em(0.7)
    canvas.fill(
      Rectangle(x: grid.minX, y: frame.maxY - square, width: square, height: square),
      theme.color(.quantized))
    canvas.text(
      words.say(es: "cabe en una tarjeta de \(card) GB", en: "fits on one card of \(card) GB"),
      at: Point(grid.minX + square + canvas.em(0.3), frame.maxY - square / 2), small,
      vertical: .middle)
  }
}
