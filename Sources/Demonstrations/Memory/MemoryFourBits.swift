internal import Charts
internal import Drawing
internal import Quantization
internal import Training

/// The bits that each parameter of a whole model takes in NF4, and what stays in sixteen.
public struct MemoryFourBits: Demonstration {
  public let id = "memory-four-bits"
  public let parameters = [
    Parameter.params,
    Parameter(
      "double",
      Phrase(
        es: "cuantizar también los absmax (1) o no (0)",
        en: "quantize the absmax values too (1) or not (0)"), default: 1, range: 0...1),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let count = try value(of: "params", in: input) * 1e9
    let chosen = ModelShape.like(parameters: count)
    try chosen.check()
    let result = MemoryFourBitsResult(
      chosen: chosen, doubles: try whole("double", in: input) == 1)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let ratio = words.number(result.ratio(result.chosen), 2)
          return words.say(
            es: "El modelo entero, \(ratio) veces menor",
            en: "The whole model: \(ratio) times smaller")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Bits a parameter of models of several sizes.
struct MemoryFourBitsResult: Sendable {
  let chosen: ModelShape
  let doubles: Bool

  /// The sizes of LLaMA, and the chosen one among them.
  var shapes: [ModelShape] {
    ModelShape.llama.contains(chosen)
      ? ModelShape.llama
      : (ModelShape.llama + [chosen]).sorted { $0.parameterCount < $1.parameterCount }
  }

  private func share(_ shape: ModelShape) -> Double {
    Double(shape.linearCount) / Double(shape.parameterCount)
  }
  /// Bits a parameter: codes, scales, and what stays in sixteen bits.
  func bits(_ shape: ModelShape) -> (codes: Double, scales: Double, plain: Double) {
    let model = MemoryModel(shape, method: .qlora, doubleQuantization: doubles)
    let all = 8 * model.bytes(of: .base) / Double(shape.parameterCount)
    let plain = 16 * (1 - share(shape))
    let codes = 4 * share(shape)
    return (codes, all - plain - codes, plain)
  }
  func total(_ shape: ModelShape) -> Double {
    let bits = bits(shape)
    return bits.codes + bits.scales + bits.plain
  }
  func ratio(_ shape: ModelShape) -> Double { 16 / total(shape) }
  /// What the linear layers alone would reach.
  var limit: Double {
    16 / QuantizationStorage.bitsPerWeight(blockSize: 64, doubleQuantized: doubles)
  }

  private func gigabytes(_ shape: ModelShape, _ bits: Double) -> Value {
    Amount.gigabytes(Double(shape.parameterCount) * bits / 8)
  }
  private func name(_ shape: ModelShape, _ words: Words) -> String {
    Amount.size(shape, words)
  }

  var named: [String: Value] {
    let (small, large) = (ModelShape.llama[0], ModelShape.llama[3])
    let parts = bits(chosen)
    return [
      "size": Amount.size(chosen),
      "parameters": .number(Double(chosen.parameterCount) / 1e9, decimals: 2),
      "others": .number(Double(chosen.otherCount) / 1e6, decimals: 0),
      "others_share": .percentage(1 - share(chosen), decimals: 1),
      "others_bytes_share": .percentage(parts.plain / total(chosen), decimals: 0),
      "gb_16": gigabytes(chosen, 16), "gb_4": gigabytes(chosen, total(chosen)),
      "gb_others": gigabytes(chosen, parts.plain),
      "bits": .number(total(chosen), decimals: 2),
      "weight_bits": .number(16 / limit, decimals: 3),
      "ratio": .number(ratio(chosen), decimals: 2), "limit": .number(limit, decimals: 2),
      "ratio_small": .number(ratio(small), decimals: 2),
      "ratio_large": .number(ratio(large), decimals: 2),
      "vocabulary": .integer(chosen.vocabulary), "hidden": .integer(chosen.hidden),
      "grows": .flag(ratio(large) > ratio(small)), "below_four": .flag(ratio(chosen) < 4),
      "gb_training_16": Amount.gigabytes(MemoryModel(chosen, method: .lora).total),
      "gb_training_4": Amount.gigabytes(MemoryModel(chosen, method: .qlora).total),
      "training_ratio": .number(
        MemoryModel(chosen, method: .lora).total / MemoryModel(chosen, method: .qlora).total,
        decimals: 1),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "bits", title: Phrase(es: "bits por parámetro", en: "bits a parameter"),
        columns: [
          Phrase(es: "modelo", en: "model"), Phrase(es: "códigos", en: "codes"),
          Phrase(es: "escalas", en: "scales"), Phrase(es: "en 16 bits", en: "in 16 bits"),
          Phrase("total"), Phrase(es: "veces menor", en: "times smaller"),
        ],
        rows: shapes.map { shape in
          let bits = bits(shape)
          return [
            .init(Amount.size(shape)),
            .init(.number(bits.codes, decimals: 2)), .init(.number(bits.scales, decimals: 2)),
            .init(.number(bits.plain, decimals: 2)), .init(.number(total(shape), decimals: 2)),
            .init(.number(ratio(shape), decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = shapes.map { shape in
      "\(name(shape, words)): \(words.number(total(shape), 2)) bits (\(words.number(ratio(shape), 2))×)"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Barras con los bits por parámetro de modelos de varios tamaños en NF4, partidas en códigos, \
        escalas y lo que se queda en 16 bits. \(list).
        """,
      en: """
        Bars with the bits a parameter of models of several sizes in NF4, split into codes, scales \
        and what stays in 16 bits. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let small = canvas.style(.small)
    let base = canvas.style(canvas.isCompact ? .small : .base)
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let names = shapes.map { name($0, words) }
    let ratios = shapes.map { words.number(ratio($0), 2) + "×" }
    let bits = shapes.map { words.number(total($0), 2) }
    let head = canvas.lineHeight(small) + canvas.em(0.4)
    let foot = canvas.lineHeight(small) + canvas.em(0.5)
    let left = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.8)
    let ratioHead = words.say(es: "veces menor", en: "times smaller")
    let right =
      max(ratios.map { canvas.width($0, bold) }.max() ?? 0, canvas.width(ratioHead, small))
      + canvas.em(0.8) + (bits.map { canvas.width($0, base) }.max() ?? 0) + canvas.em(0.6)
    let plot = frame.inset(left: left, top: head, right: right, bottom: foot)
    canvas.text(
      words.say(es: "bits por parámetro", en: "bits a parameter"),
      at: Point(plot.minX, frame.minY), small, color: theme.secondaryInk, vertical: .top)
    canvas.text(
      ratioHead, at: Point(frame.maxX, frame.minY), small, color: theme.secondaryInk, anchor: .end,
      vertical: .top)
    let most = shapes.map(total).max() ?? 1
    let fills = [theme.color(.quantized), theme.color(.fp4), theme.color(.frozen)]
    let lines = plot.rows(
      Array(repeating: 1, count: shapes.count), gap: canvas.em(canvas.isCompact ? 0.3 : 0.8))
    for (index, (shape, line)) in zip(shapes, lines).enumerated() {
      let isChosen = shape == chosen
      let height = min(line.height, canvas.em(2.6))
      canvas.text(
        names[index], at: Point(plot.minX - canvas.em(0.6), line.midY), isChosen ? bold : base,
        anchor: .end, vertical: .middle)
      var x = plot.minX
      let parts = self.bits(shape)
      for (part, fill) in zip([parts.codes, parts.scales, parts.plain], fills) {
        let box = Rectangle(
          x: x, y: line.midY - height / 2, width: plot.width * part / most, height: height)
        let inner = box.inset(right: min(canvas.preset.cellGap, box.width / 2))
        canvas.fill(inner, fill)
        let label = words.number(part, 2)
        if canvas.width(label, small) < inner.width * 0.86, small.size < inner.height {
          canvas.text(
            label, at: inner.center, small, color: fill.readableInk, anchor: .middle,
            vertical: .middle, box: inner, backdrop: fill)
        }
        x = box.maxX
      }
      canvas.text(
        bits[index], at: Point(x + canvas.em(0.4), line.midY), base, vertical: .middle)
      canvas.text(
        ratios[index], at: Point(frame.maxX, line.midY), bold, anchor: .end, vertical: .middle)
    }
    let keys = [
      words.say(es: "códigos", en: "codes"), words.say(es: "escalas", en: "scales"),
      words.say(es: "se queda en 16 bits", en: "stays in 16 bits"),
    ]
    var x = plot.minX
    let square = canvas.em(0.7)
    for (key, fill) in zip(keys, fills) {
      canvas.fill(Rectangle(x: x, y: frame.maxY - square, width: square, height: square), fill)
      x =
        canvas.text(
          key, at: Point(x + square + canvas.em(0.3), frame.maxY - square / 2), small,
          vertical: .middle
        ).maxX + canvas.em(canvas.isCompact ? 0.6 : 1.2)
    }
  }
}
