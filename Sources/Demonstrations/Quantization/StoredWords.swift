internal import Drawing
internal import Charts
internal import LinearAlgebra
internal import Quantization

/// What a computer stores for twelve weights: twelve 16-bit words, or short codes and one absmax.
public struct StoredWords: Demonstration {
  public let id = "stored-words"
  public let parameters = [
    Parameter(
      "count", Phrase(es: "cuántos pesos se guardan", en: "how many weights are stored"),
      default: 12, range: 4...16)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input, atLeast: 2)
    let count = min(try whole("count", in: input), weights.matrix.count)
    let values = Array(weights.matrix.values.prefix(count))
    let result = StoredWordsResult(
      values: values, classes: ValueClasses(of: values),
      tensor: try BlockQuantizer(codebook: .nf4, blockSize: 64).quantize(values))
    guard Float16(result.absmax).isFinite else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: "has a weight of \(result.absmax), too large for a 16-bit number (65504)")
    }
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "\(result.count) palabras de 16 bits se vuelven \(result.storedWords)",
            en: "\(result.count) words of 16 bits become \(result.storedWords)")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in StoredWordsDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The bits of some weights as 16-bit numbers and as NF4 codes with one absmax.
struct StoredWordsResult: Sendable {
  let values: [Float]
  let classes: ValueClasses
  let tensor: QuantizedTensor

  var count: Int { values.count }
  var absmax: Float { tensor.absmax[0] }
  var codes: [UInt8] { tensor.codes }
  /// The codes four to a word, the first in the highest bits; a word that is not full ends in zeros.
  var codeWords: [[UInt8]] {
    stride(from: 0, to: count, by: 4).map { Array(codes[$0..<min($0 + 4, count)]) }
  }
  /// The words for the codes and one for the absmax.
  var storedWords: Int { codeWords.count + 1 }
  var decimals: Int { decimalsFor(values) }
  /// The position of the weight with the largest magnitude.
  var largestIndex: Int { Statistics.absoluteMaximum(values)?.index ?? 0 }

  var named: [String: Value] {
    let largest = values[largestIndex]
    let restored = tensor.dequantized()
    return [
      "count": .integer(count), "words_before": .integer(count),
      "words_after": .integer(storedWords), "bits_before": .integer(16 * count),
      "code_bits": .integer(4 * count), "code_words": .integer(codeWords.count),
      "bits_after": .integer(16 * storedWords),
      "ratio": count.isMultiple(of: storedWords)
        ? .integer(count / storedWords)
        : .number(Double(count) / Double(storedWords), decimals: 1),
      "absmax": .number(Double(absmax), decimals: decimals),
      "largest": .number(Double(largest), decimals: decimals),
      "largest_code": .code(String(codes[largestIndex], radix: 16, uppercase: true)),
      "largest_restored": .number(Double(restored[largestIndex]), decimals: decimals),
      "largest_is_pink": .flag(classes[largest] == .pink),
      "is_twelve": .flag(count == 12),
    ]
  }

  var tables: [DataTable] {
    let restored = tensor.dequantized()
    return [
      DataTable(
        id: "words",
        title: Phrase(es: "lo que se guarda de cada peso", en: "what is stored for each weight"),
        columns: [
          Phrase(es: "peso", en: "weight"), Phrase(es: "16 bits", en: "16 bits"),
          Phrase(es: "código", en: "code"), Phrase(es: "vuelve como", en: "comes back as"),
        ],
        rows: values.indices.map { index in
          [
            .init(
              .number(Double(values[index]), decimals: decimals),
              shade: .valueClass(classes[values[index]])),
            .init(.code(binary(UInt16(Float16(values[index]).bitPattern), 16))),
            .init(.code(binary(UInt16(codes[index]), 4))),
            .init(.number(Double(restored[index]), decimals: decimals)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        A la izquierda, \(count) palabras de 16 bits, una por peso, dibujadas como filas de \
        cuadrados. A la derecha, \(storedWords) palabras: \(codeWords.count) con cuatro códigos de \
        4 bits cada una y una con el absmax, \(words.number(Double(absmax), decimals)). En total, \
        \(words.integer(16 * count)) bits frente a \(words.integer(16 * storedWords)).
        """,
      en: """
        On the left, \(count) words of 16 bits, one for each weight, drawn as rows of squares. On \
        the right, \(storedWords) words: \(codeWords.count) with four codes of 4 bits each and one \
        with the absmax, \(words.number(Double(absmax), decimals)). In all, \
        \(words.integer(16 * count)) bits against \(words.integer(16 * storedWords)).
        """)
  }
}

/// A number in binary with a fixed count of digits.
func binary(_ value: UInt16, _ count: Int) -> String {
  let digits = String(value, radix: 2)
  return String(repeating: "0", count: max(count - digits.count, 0)) + digits
}

/// Draws words of bits in columns: three columns for the weights, one for what replaces them.
struct StoredWordsDrawing {
  let result: StoredWordsResult

  /// The colour of a weight's class, darkened where it could hardly be told from the background.
  private func color(_ value: Float, _ canvas: Canvas) -> Color {
    let color = canvas.theme.color(result.classes[value])
    return color.contrast(with: canvas.theme.background) < 1.4
      ? color.mixed(with: canvas.theme.ink, 0.35) : color
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let rows = result.storedWords
    let columns = (result.count + rows - 1) / rows
    let small = canvas.style(.small)
    let head = canvas.lineHeight(canvas.style(.base))
    let panelGap = canvas.em(canvas.isCompact ? 1.6 : 3)
    let wordGap = canvas.em(canvas.isCompact ? 0.6 : 1)
    let square =
      (frame.width - panelGap - wordGap * Double(columns - 1)) / Double(16 * (columns + 1))
    let stripWidth = 16 * square
    let body = frame.inset(top: head + canvas.em(0.6), bottom: canvas.lineHeight(small))
    let pitch = min(body.height / Double(rows), canvas.em(5.2))
    let stripHeight = min(pitch - canvas.lineHeight(small) - canvas.em(0.5), canvas.em(1.5))
    let top = body.minY + max(0, (body.height - pitch * Double(rows)) / 2)

    canvas.text(
      canvas.words.say(
        es: "\(result.count) pesos × 16 bits", en: "\(result.count) weights × 16 bits"),
      at: Point(frame.minX, frame.minY), canvas.style(.base, bold: true), vertical: .top)
    let right = frame.maxX - stripWidth
    canvas.text(
      canvas.words.say(es: "NF4", en: "NF4"), at: Point(right, frame.minY),
      canvas.style(.base, bold: true), color: canvas.theme.color(.quantized), vertical: .top)

    for (index, value) in result.values.enumerated() {
      let origin = Point(
        frame.minX + Double(index % columns) * (stripWidth + wordGap),
        top + Double(index / columns) * pitch)
      canvas.text(
        canvas.words.number(Double(value), result.decimals), at: origin, small, vertical: .top)
      BitStrip(
        Float16(value).bitPattern, count: 16, color: color(value, canvas)
      ).draw(
        at: Point(origin.x, origin.y + canvas.lineHeight(small)), square: square,
        height: stripHeight, groupOf: 0, groupGap: 0, on: &canvas)
    }
    for (row, codes) in result.codeWords.enumerated() {
      let origin = Point(right, top + Double(row) * pitch)
      let mono = canvas.style(.small, typeface: .mono)
      for (index, code) in codes.enumerated() {
        canvas.text(
          String(code, radix: 16, uppercase: true),
          at: Point(origin.x + (Double(index) * 4 + 2) * square, origin.y), mono,
          anchor: .middle, vertical: .top)
      }
      BitStrip(
        bits: codes.flatMap { code in (0..<4).map { code >> (3 - $0) & 1 == 1 } },
        colors: codes.indices.flatMap { index in
          Array(repeating: color(result.values[row * 4 + index], canvas), count: 4)
        }
      ).draw(
        at: Point(origin.x, origin.y + canvas.lineHeight(small)), square: square,
        height: stripHeight, groupOf: 0, groupGap: 0, on: &canvas)
    }
    let origin = Point(right, top + Double(rows - 1) * pitch)
    let absmax = "absmax " + canvas.words.number(Double(result.absmax), result.decimals)
    let absmaxWidth = canvas.width(absmax, small)
    canvas.text(
      absmax, at: Point(min(origin.x, frame.maxX - absmaxWidth), origin.y), small, vertical: .top)
    BitStrip(
      Float16(result.absmax).bitPattern, count: 16, color: canvas.theme.color(.quantized)
    ).draw(
      at: Point(origin.x, origin.y + canvas.lineHeight(small)), square: square,
      height: stripHeight, groupOf: 0, groupGap: 0, on: &canvas)

    let footer = frame.maxY
    canvas.text(
      canvas.words.say(
        es: "\(result.count) palabras = \(canvas.words.integer(16 * result.count)) bits",
        en: "\(result.count) words = \(canvas.words.integer(16 * result.count)) bits"),
      at: Point(frame.minX, footer), small, color: canvas.theme.secondaryInk, vertical: .bottom)
    canvas.text(
      canvas.words.say(
        es:
          "\(result.storedWords) palabras = \(canvas.words.integer(16 * result.storedWords)) bits",
        en: "\(result.storedWords) words = \(canvas.words.integer(16 * result.storedWords)) bits"),
      at: Point(frame.maxX, footer), small, color: canvas.theme.secondaryInk, anchor: .end,
      vertical: .bottom)
  }
}
