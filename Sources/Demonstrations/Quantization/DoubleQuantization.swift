internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// The absmax values quantized in turn: half a bit a weight becomes an eighth.
public struct DoubleQuantization: Demonstration {
  public let id = "double-quantization"
  public let parameters = [Parameter.blockSize]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input)
    let size = try whole("block", in: input)
    let values = weights.matrix.values
    let tensor = try BlockQuantizer(codebook: .nf4, blockSize: size).quantize(values)
    let double = try tensor.doubleQuantized()
    let result = DoubleQuantizationResult(
      blockSize: size, absmax: tensor.absmax, double: double,
      loss: try QuantizationLoss(original: values, restored: tensor.dequantized()),
      doubleLoss: try QuantizationLoss(original: values, restored: double.dequantized()),
      storage: tensor.storage, doubleStorage: double.storage)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es:
              "Cuantizar también los absmax: \(words.number(result.overhead, 2)) → \(words.number(result.doubleOverhead, 3)) bits",
            en:
              "Quantize the absmax too: \(words.number(result.overhead, 2)) → \(words.number(result.doubleOverhead, 3)) bits"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          DoubleQuantizationDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// The absmax values before and after, and what the codes cost with each.
struct DoubleQuantizationResult: Sendable {
  let blockSize: Int
  let absmax: [Float]
  let double: DoubleQuantizedTensor
  let loss: QuantizationLoss
  let doubleLoss: QuantizationLoss
  let storage: QuantizationStorage
  let doubleStorage: QuantizationStorage

  var restored: [Float] { double.restored.absmax }
  /// Bits a weight beyond the four of its code, in the limit of many blocks.
  var overhead: Double { 32 / Double(blockSize) }
  var nestedShare: Double {
    32 / Double(blockSize * DoubleQuantizedScales.defaultNestedBlockSize)
  }
  var codeShare: Double { 8 / Double(blockSize) }
  var doubleOverhead: Double { codeShare + nestedShare }
  /// The relative errors of the restored absmax values.
  var relativeErrors: [Double] {
    zip(absmax, restored).map { $0 > 0 ? Double(($1 - $0) / $0) : 0 }
  }

  var named: [String: Value] {
    let errors = relativeErrors.map(\.magnitude)
    return [
      "block": .integer(blockSize), "blocks": .integer(absmax.count),
      "nested_block": .integer(DoubleQuantizedScales.defaultNestedBlockSize),
      "nested_blocks": .integer(double.scales.nestedAbsmax.count),
      "overhead": .number(overhead, decimals: 3),
      "double_overhead": .number(doubleOverhead, decimals: 3),
      "saved": .number(overhead - doubleOverhead, decimals: 3),
      "bits": .number(4 + overhead, decimals: 3),
      "double_bits": .number(4 + doubleOverhead, decimals: 3),
      "bytes": .integer(storage.total), "double_bytes": .integer(doubleStorage.total),
      "offset": .significant(Double(double.scales.offset), digits: 4),
      "largest_error": .percentage(errors.max() ?? 0, decimals: 2),
      "mean_error": .percentage(Statistics.mean(errors), decimals: 2),
      "loss": .significant(loss.meanAbsolute, digits: 4),
      "double_loss": .significant(doubleLoss.meanAbsolute, digits: 4),
      "loss_growth": .percentage(
        loss.meanAbsolute > 0 ? doubleLoss.meanAbsolute / loss.meanAbsolute - 1 : 0, decimals: 2),
      "saved_65b": .number((overhead - doubleOverhead) * 65e9 / 8 / 1e9, decimals: 1),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "bits", title: Phrase(es: "bits por peso", en: "bits per weight"),
        columns: [
          Phrase(""), Phrase(es: "código", en: "code"), Phrase(es: "absmax", en: "absmax"),
          Phrase(es: "segundo nivel", en: "second level"), Phrase(es: "en total", en: "in all"),
        ],
        rows: [
          [
            .init(.words(Phrase(es: "simple", en: "single"))), .init(.integer(4)),
            .init(.number(overhead, decimals: 3)), .init(.number(0, decimals: 3)),
            .init(.number(4 + overhead, decimals: 3)),
          ],
          [
            .init(.words(Phrase(es: "doble", en: "double"))), .init(.integer(4)),
            .init(.number(codeShare, decimals: 3)), .init(.number(nestedShare, decimals: 3)),
            .init(.number(4 + doubleOverhead, decimals: 3)),
          ],
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let errors = relativeErrors.map(\.magnitude)
    return words.say(
      es: """
        A la izquierda, dos barras con los bits de más por peso: \(words.number(overhead, 3)) con \
        el absmax en 32 bits y \(words.number(doubleOverhead, 3)) con el absmax en 8 bits más un \
        número de 32 bits por cada 256 bloques. A la derecha, cada absmax de \
        \(words.integer(absmax.count)) frente al que se recupera: los puntos siguen la diagonal, y el \
        mayor error es \(words.percentage(errors.max() ?? 0, 2)).
        """,
      en: """
        On the left, two bars with the extra bits per weight: \(words.number(overhead, 3)) with \
        the absmax in 32 bits and \(words.number(doubleOverhead, 3)) with the absmax in 8 bits plus \
        a number of 32 bits for every 256 blocks. On the right, each absmax of \
        \(words.integer(absmax.count)) against what is restored: the dots follow the diagonal, and \
        the largest error is \(words.percentage(errors.max() ?? 0, 2)).
        """)
  }
}

/// Draws the extra bits as two bars, and every absmax against what is restored of it.
struct DoubleQuantizationDrawing {
  let result: DoubleQuantizationResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1.4 : 3))
    drawBits(in: panels[0], on: &canvas)
    drawScatter(in: panels[1], on: &canvas)
  }

  private func drawBits(in frame: Rectangle, on canvas: inout Canvas) {
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      canvas.words.say(es: "bits de más por peso", en: "extra bits per weight"),
      at: Point(frame.minX, frame.minY), base, vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.6))
    let rows = body.rows([1, 1], gap: canvas.em(1))
    let limit = max(result.overhead, result.doubleOverhead)
    let entries: [(label: String, parts: [(Double, Color)])] = [
      (
        canvas.words.say(es: "absmax en 32 bits", en: "absmax in 32 bits"),
        [
          (
            result.overhead,
            canvas.theme.color(.original).mixed(with: canvas.theme.background, 0.35)
          )
        ]
      ),
      (
        canvas.words.say(es: "absmax en 8 bits", en: "absmax in 8 bits"),
        [
          (result.codeShare, canvas.theme.color(.quantized)),
          (result.nestedShare, canvas.theme.ink),
        ]
      ),
    ]
    let labelWidth = canvas.width("0,000", base) + canvas.em(0.6)
    for (row, entry) in zip(rows, entries) {
      canvas.text(
        entry.label, at: Point(row.minX, row.minY), small, color: canvas.theme.secondaryInk,
        vertical: .top)
      let y = row.minY + canvas.lineHeight(small) + canvas.em(0.1)
      let height = min(row.maxY - y - canvas.lineHeight(small), canvas.em(3))
      var x = row.minX
      for (value, color) in entry.parts {
        let width = max(value / limit * (row.width - labelWidth), canvas.preset.axisWidth * 2)
        canvas.fill(Rectangle(x: x, y: y, width: width, height: height), color)
        x += width
      }
      canvas.text(
        canvas.words.number(entry.parts.map(\.0).reduce(0, +), 3),
        at: Point(x + canvas.em(0.5), y + height / 2), base, vertical: .middle)
      if entry.parts.count > 1 {
        canvas.text(
          canvas.words.number(entry.parts[0].0, 3) + " + "
            + canvas.words.number(entry.parts[1].0, 3),
          at: Point(row.minX, y + height + canvas.em(0.3)), small,
          color: canvas.theme.secondaryInk, vertical: .top)
      }
    }
  }

  private func drawScatter(in frame: Rectangle, on canvas: inout Canvas) {
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      canvas.words.say(es: "absmax recuperado", en: "absmax restored"),
      at: Point(frame.minX, frame.minY), base, vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.6))
    let all = result.absmax + result.restored
    let low = Double(all.min() ?? 0)
    let high = Double(all.max() ?? 0)
    // One value, or values that all but agree, get an axis of a tenth of their size.
    let pad = high > 0 ? max((high - low) * 0.04, high * 0.05 - (high - low) / 2) : 1
    let domain = (low - pad)...(high + pad)
    let ticks = Axis.roundTicks(
      domain, length: body.height, spacing: 5 * small.size, words: canvas.words)
    let probe = Axis(scale: Scale(domain: domain, from: 0, to: 1), ticks: ticks)
    let below = Axis(
      scale: probe.scale, ticks: ticks,
      title: canvas.words.say(es: "absmax de cada bloque", en: "absmax of each block"))
    let plot = body.inset(left: probe.width(on: canvas), bottom: below.height(on: canvas))
    let xScale = Scale(domain: domain, from: plot.minX, to: plot.maxX)
    let yScale = Scale(domain: domain, from: plot.maxY, to: plot.minY)
    Axis(scale: yScale, ticks: ticks).drawLeft(of: plot, on: &canvas)
    Axis(scale: xScale, ticks: ticks, title: below.title).drawBelow(plot, on: &canvas)
    canvas.line(
      Point(plot.minX, plot.maxY), Point(plot.maxX, plot.minY),
      Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
    // More dots than pixels tell nothing more, and few dots need to be found.
    let radius = canvas.em(result.absmax.count < 50 ? 0.28 : 0.14)
    let stride = max(result.absmax.count / 600, 1)
    for index in Swift.stride(from: 0, to: result.absmax.count, by: stride) {
      canvas.dot(
        Point(xScale(Double(result.absmax[index])), yScale(Double(result.restored[index]))),
        radius: radius, fill: canvas.theme.color(.quantized))
    }
  }
}
