internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization
internal import Training

/// "Up to four times smaller", with its arithmetic: for one matrix, and for a whole model.
public struct FourTimes: Demonstration {
  public let id = "four-times"
  public let parameters = [
    Parameter(
      "layers", Phrase(es: "capas del modelo", en: "layers of the model"), default: 32,
      range: 1...1000),
    Parameter(
      "hidden", Phrase(es: "anchura del modelo", en: "width of the model"), default: 4096,
      range: 1...100_000),
    Parameter(
      "intermediate", Phrase(es: "anchura interior", en: "inner width"), default: 11008,
      range: 1...1_000_000),
    Parameter(
      "vocabulary", Phrase(es: "vocabulario", en: "vocabulary"), default: 32000,
      range: 1...10_000_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let count = try weights(in: input).matrix.count
    let model = ModelShape(
      layers: try whole("layers", in: input), hidden: try whole("hidden", in: input),
      intermediate: try whole("intermediate", in: input),
      vocabulary: try whole("vocabulary", in: input))
    let result = FourTimesResult(
      count: count,
      single: try QuantizationStorage(count: count, blockSize: 64, doubleQuantized: false),
      double: try QuantizationStorage(count: count, blockSize: 64, doubleQuantized: true),
      model: model)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "«Hasta cuatro veces»: \(words.number(result.limitRatio, 2)) como mucho",
            en: "“Up to four times”: \(words.number(result.limitRatio, 2)) at most")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in FourTimesDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

extension ModelShape {
  /// A Llama model with as many key heads as query heads, of which the counts alone are asked for.
  ///
  /// The numbers of Llama 2 7B are 32 layers, hidden size 4096, intermediate size 11008, vocabulary 32000.
  init(layers: Int, hidden: Int, intermediate: Int, vocabulary: Int) {
    self.init(
      "", vocabulary: vocabulary, hidden: hidden, intermediate: intermediate, layers: layers,
      heads: 1)
  }
}

/// Bits a weight in every format, and how many times smaller than 16 bits that is.
struct FourTimesResult: Sendable {
  let count: Int
  let single: QuantizationStorage
  let double: QuantizationStorage
  let model: ModelShape

  /// 16 bits divided by the bits of NF4 with double quantization, in the limit of many blocks.
  var limitRatio: Double { 16 / limitBits }
  var limitBits: Double {
    QuantizationStorage.bitsPerWeight(blockSize: 64, doubleQuantized: true)
  }
  var singleBits: Double {
    QuantizationStorage.bitsPerWeight(blockSize: 64, doubleQuantized: false)
  }
  /// Bits a parameter of the whole model: its linear layers in NF4, the rest in 16 bits.
  var modelBits: Double {
    (Double(model.linearCount) * limitBits + Double(model.otherCount) * 16)
      / Double(model.parameterCount)
  }

  /// The bits a parameter that those parts of the whole model take which stay in 16 bits.
  var unquantizedBits: Double { Double(model.otherCount) * 16 / Double(model.parameterCount) }

  /// What is compared; `plainBits` are those of numbers that are not quantized.
  var formats: [(name: Phrase, bits: Double, plainBits: Double)] {
    [
      (Phrase("float32"), 32, 32),
      (Phrase("float16"), 16, 16),
      (Phrase("NF4"), singleBits, 0),
      (Phrase(es: "NF4 doble", en: "NF4 double"), limitBits, 0),
      (Phrase(es: "modelo entero", en: "whole model"), modelBits, unquantizedBits),
    ]
  }

  var named: [String: Value] {
    [
      "count": .integer(count), "bytes_16": .integer(2 * count), "bytes_32": .integer(4 * count),
      "bytes_single": .integer(single.total), "bytes_double": .integer(double.total),
      "bits_single": .number(singleBits, decimals: 1),
      "bits_double": .number(limitBits, decimals: 3),
      "ratio_single": .number(16 / singleBits, decimals: 2),
      "ratio_double": .number(limitRatio, decimals: 2),
      "ratio_matrix": .number(Double(2 * count) / Double(double.total), decimals: 2),
      "ratio_32": .number(32 / limitBits, decimals: 2),
      "model_parameters": .number(Double(model.parameterCount) / 1e9, decimals: 2),
      "model_others": .percentage(
        Double(model.otherCount) / Double(model.parameterCount), decimals: 1),
      "model_bits": .number(modelBits, decimals: 2),
      "model_ratio": .number(16 / modelBits, decimals: 2),
      "model_gb_16": .number(Double(model.parameterCount) * 2 / 1e9, decimals: 1),
      "model_gb": .number(Double(model.parameterCount) * modelBits / 8 / 1e9, decimals: 1),
      "verdict": .words(
        limitRatio >= 4
          ? ClaimOutcome.holds.phrase
          : limitRatio >= 3.5
            ? ClaimOutcome.holdsWithLimit.phrase
            : ClaimOutcome.doesNotHold.phrase),
      "claim_number": .number(limitRatio, decimals: 2),
      "claim_measure": .words(
        Phrase(es: "veces menos que en 16 bits", en: "times smaller than in 16 bits")),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "formats", title: Phrase(es: "bits por peso", en: "bits per weight"),
        columns: [
          Phrase(es: "formato", en: "format"), Phrase(es: "bits", en: "bits"),
          Phrase(es: "veces menor que 16", en: "times smaller than 16"),
        ],
        rows: formats.map { format in
          [
            .init(.words(format.name)), .init(.number(format.bits, decimals: 3)),
            .init(.number(16 / format.bits, decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = formats.map {
      "\($0.name(words)) \(words.number($0.bits, 3)) (\(words.number(16 / $0.bits, 2))×)"
    }.joined(separator: words.say(es: "; ", en: "; "))
    return words.say(
      es: """
        Barras con los bits por peso de cada formato y, entre paréntesis, cuántas veces menor es que \
        16 bits: \(list).
        """,
      en: """
        Bars with the bits per weight of each format and, in parentheses, how many times smaller \
        than 16 bits it is: \(list).
        """)
  }
}

/// Draws a horizontal bar for each format with its bits and its ratio to 16 bits.
struct FourTimesDrawing {
  let result: FourTimesResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let base = canvas.style(.base)
    let bold = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    let formats = result.formats
    let names = formats.map { $0.name(canvas.words) }
    let nameWidth = (names.map { canvas.width($0, base) }.max() ?? 0) + canvas.em(0.8)
    let head = canvas.lineHeight(small) + canvas.em(0.2)
    let ratioWidth = canvas.width("0,00×", bold) + canvas.em(0.2)
    let bitsWidth = canvas.width("32,000", base) + canvas.em(0.8)
    let plot = frame.inset(left: nameWidth, top: head, right: ratioWidth + bitsWidth)
    let rows = plot.rows(
      Array(repeating: 1, count: formats.count), gap: canvas.em(canvas.isCompact ? 0.3 : 0.6))
    canvas.text(
      canvas.words.say(es: "bits por peso", en: "bits per weight"),
      at: Point(plot.minX, frame.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    canvas.text(
      canvas.words.say(es: "veces menor", en: "times smaller"), at: Point(frame.maxX, frame.minY),
      small,
      color: canvas.theme.secondaryInk, anchor: .end, vertical: .top)
    for ((format, name), row) in zip(zip(formats, names), rows) {
      let height = min(row.height, canvas.em(2.6))
      let bar = Rectangle(
        x: plot.minX, y: row.midY - height / 2, width: plot.width * format.bits / 32,
        height: height)
      canvas.text(
        name, at: Point(plot.minX - canvas.em(0.6), row.midY), base, anchor: .end,
        vertical: .middle)
      // What is quantized, and then what stays as it was.
      let plain = bar.width * format.plainBits / format.bits
      canvas.fill(bar.cutLeft(bar.width - plain).left, canvas.theme.color(.quantized))
      canvas.fill(bar.cutRight(plain).right, canvas.theme.color(.frozen))
      let decimals = format.bits == format.bits.rounded() ? 0 : format.bits == 4.5 ? 1 : 3
      canvas.text(
        canvas.words.number(format.bits, decimals), at: Point(bar.maxX + canvas.em(0.5), row.midY),
        base, vertical: .middle)
      canvas.text(
        canvas.words.number(16 / format.bits, 2) + "×", at: Point(frame.maxX, row.midY), bold,
        color: format.plainBits == format.bits ? canvas.theme.ink : canvas.theme.color(.quantized),
        anchor: .end, vertical: .middle)
    }
  }
}
