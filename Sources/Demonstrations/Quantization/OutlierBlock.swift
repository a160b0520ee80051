internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// What the largest weight does to its block, and how block size trades error for bits.
public struct OutlierBlock: Demonstration {
  public let id = "outlier-block"
  public let parameters = [Parameter.blockSize]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 4)
    let size = try whole("block", in: input)
    let result = try OutlierBlockResult(weights: weights, blockSize: size)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isOutlier
            ? words.say(
              es: "Un solo peso atípico arruina su bloque",
              en: "A single outlier ruins its block")
            : words.say(
              es: "El peso mayor decide la regla de su bloque",
              en: "The largest weight sets the ruler of its block")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in OutlierBlockDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// The block of the largest weight, and the error at every block size.
struct OutlierBlockResult: Sendable {
  /// The error and the cost of a block size.
  struct Sweep: Sendable {
    let blockSize: Int
    let bits: Double
    let meanError: Double
  }

  let weights: NamedWeights
  let blockSize: Int
  /// The position of the largest magnitude, and its block.
  let index: Int
  let block: Range<Int>
  /// The standard deviation of all other weights.
  let spread: Double
  /// Codes used in the block of the largest weight, and the median over all blocks.
  let usage: [Int]
  let typicalCodes: Int
  /// Codes used in a block with that median count.
  let typicalUsage: [Int]
  /// Mean error of the other weights of the block, relative to their mean magnitude.
  let blockError: Double
  /// The same over the weights of all other blocks.
  let otherError: Double
  let sweep: [Sweep]

  init(weights: NamedWeights, blockSize: Int) throws {
    self.weights = weights
    self.blockSize = blockSize
    let values = weights.matrix.values
    index = Statistics.absoluteMaximum(values)?.index ?? 0
    let outlier = index
    spread = Statistics.standardDeviation(
      values.enumerated().filter { $0.offset != outlier }.map(\.element))
    let tensor = try BlockQuantizer(codebook: .nf4, blockSize: blockSize).quantize(values)
    let restored = tensor.dequantized()
    block = tensor.indices(ofBlock: index / blockSize)
    let usages = (0..<tensor.blockCount).map { block in
      var usage = Array(repeating: 0, count: 16)
      for position in tensor.indices(ofBlock: block) { usage[Int(tensor.code(at: position))] += 1 }
      return usage
    }
    usage = usages[index / blockSize]
    let used = usages.map { usage in usage.count { $0 > 0 } }
    let typical = used.sorted()[used.count / 2]
    typicalCodes = typical
    typicalUsage = usages[used.firstIndex(of: typical) ?? 0]
    func relativeError(_ positions: [Int]) -> Double {
      let magnitude = positions.reduce(0.0) { $0 + Double(values[$1].magnitude) }
      let error = positions.reduce(0.0) { $0 + Double((restored[$1] - values[$1]).magnitude) }
      return magnitude > 0 ? error / magnitude : 0
    }
    let inBlock = block
    blockError = relativeError(inBlock.filter { $0 != outlier })
    otherError = relativeError(values.indices.filter { !inBlock.contains($0) })
    sweep = try BlockQuantizer.allowedBlockSizes.map { size in
      let restored = try BlockQuantizer(codebook: .nf4, blockSize: size).quantize(values)
        .dequantized()
      return Sweep(
        blockSize: size,
        bits: QuantizationStorage.bitsPerWeight(blockSize: size, doubleQuantized: false),
        meanError: try QuantizationLoss(original: values, restored: restored).meanAbsolute)
    }
  }

  var outlier: Float { weights.matrix.values[index] }
  var deviations: Double { spread > 0 ? Double(outlier.magnitude) / spread : 0 }
  /// Whether the largest weight is far outside what a normal distribution would bring.
  var isOutlier: Bool { deviations > 10 }
  var codesUsed: Int { usage.count { $0 > 0 } }
  var decimals: Int { decimalsFor([outlier]) }
  /// The decimals of the errors in the sweep: three digits of the largest.
  var errorDecimals: Int { decimalsFor([Float(sweep.map(\.meanError).max() ?? 1)]) + 1 }

  var named: [String: Value] {
    let first = sweep.first { $0.blockSize == 32 }?.meanError ?? 0
    let last = sweep.last?.meanError ?? 0
    return [
      "weight": .number(Double(outlier), decimals: decimals),
      "row": .integer(index / weights.matrix.columns),
      "column": .integer(index % weights.matrix.columns),
      "spread": .number(spread, decimals: decimalsFor([Float(spread)]) + 1),
      "deviations": .number(deviations, decimals: deviations < 10 ? 1 : 0),
      "is_outlier": .flag(isOutlier), "block": .integer(blockSize),
      "block_weights": .integer(block.count), "others": .integer(block.count - 1),
      "codes_used": .integer(codesUsed), "typical_codes": .integer(typicalCodes),
      "block_error": .percentage(blockError, decimals: 0),
      "other_error": .percentage(otherError, decimals: 1),
      "error_32": .significant(first, digits: 3),
      "error_4096": .significant(last, digits: 3),
      "error_growth": .number(first > 0 ? last / first : 1, decimals: 1),
      "bits_32": .number(sweep[0].bits, decimals: 2),
      "bits_64": .number(sweep[1].bits, decimals: 2),
      "bits_4096": .number(sweep[sweep.count - 1].bits, decimals: 2),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "block-sizes", title: Phrase(es: "tamaño de bloque", en: "block size"),
        columns: [
          Phrase(es: "bloque", en: "block"), Phrase(es: "bits por peso", en: "bits per weight"),
          Phrase(es: "error medio", en: "mean error"),
        ],
        rows: sweep.map { step in
          [
            .init(.integer(step.blockSize)), .init(.number(step.bits, decimals: 3)),
            .init(
              .significant(step.meanError, digits: 3),
              shade: .magnitude(step.meanError / max(sweep.map(\.meanError).max() ?? 1, 1e-30))),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = sweep.map {
      "\($0.blockSize): \(words.numbers.significant($0.meanError, digits: 3))"
    }.joined(separator: words.say(es: "; ", en: ", "))
    return words.say(
      es: """
        A la izquierda, los \(block.count) pesos del bloque que contiene el mayor, \
        \(words.label(Double(outlier), decimals)) (\(words.number(deviations, 0)) desviaciones \
        típicas), como puntos, y cuántos hay en cada código: se usan \(codesUsed) de 16. A la \
        derecha, el error medio según el tamaño de bloque: \(list).
        """,
      en: """
        On the left, the \(block.count) weights of the block that holds the largest, \
        \(words.label(Double(outlier), decimals)) (\(words.number(deviations, 0)) standard \
        deviations), as dots, and how many there are in each code: \(codesUsed) of 16 are used. On \
        the right, the mean error against block size: \(list).
        """)
  }
}

/// Draws the block as dots over the counts of its codes, and the error as a line over block sizes.
struct OutlierBlockDrawing {
  let result: OutlierBlockResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1.6 : 3))
    drawBlock(in: panels[0], on: &canvas)
    drawSweep(in: panels[1], on: &canvas)
  }

  private func drawBlock(in frame: Rectangle, on canvas: inout Canvas) {
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      canvas.words.say(es: "el bloque", en: "the block"), at: Point(frame.minX, frame.minY), base,
      vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.4))
    let rows = body.rows([0.24, 0.38, 0.38], gap: canvas.em(canvas.isCompact ? 0.4 : 0.9))
    let limit = result.outlier == 0 ? 1 : Double(result.outlier.magnitude)
    let side = canvas.em(1.1)
    let scale = Scale(
      domain: -limit...limit, from: frame.minX + side, to: frame.maxX - side)
    let y = rows[0].maxY - canvas.em(0.6) - small.size
    canvas.line(Point(scale.start, y), Point(scale.end, y), canvas.axisStroke)
    let radius = canvas.em(0.22)
    for position in result.block where position != result.index {
      canvas.dot(
        Point(scale(Double(result.weights.matrix.values[position])), y), radius: radius,
        fill: canvas.theme.ink.mixed(with: canvas.theme.background, 0.4),
        stroke: Stroke(canvas.theme.background, width: canvas.preset.axisWidth * 0.6))
    }
    canvas.dot(
      Point(scale(Double(result.outlier)), y), radius: radius * 1.5,
      fill: canvas.theme.color(.error))
    for tick in [-limit, 0, limit] {
      let label = canvas.words.label(tick, tick == 0 ? 0 : result.decimals)
      canvas.text(
        label,
        at: Point(canvas.kept(scale(tick), width: canvas.width(label, small)), y + canvas.em(0.45)),
        small,
        color: tick == Double(result.outlier)
          ? canvas.theme.color(.error) : canvas.theme.secondaryInk, anchor: .middle,
        vertical: .top)
    }
    drawUsage(
      result.usage, role: .error,
      label: canvas.words.say(
        es: "\(result.codesUsed) de 16 códigos", en: "\(result.codesUsed) of 16 codes"),
      in: rows[1], on: &canvas)
    drawUsage(
      result.typicalUsage, role: .quantized,
      label: canvas.words.say(
        es: "otro bloque: \(result.typicalCodes)", en: "another block: \(result.typicalCodes)"),
      in: rows[2], on: &canvas)
  }

  /// How often each code occurs in a block, as bars of its own scale.
  private func drawUsage(
    _ usage: [Int], role: Role, label: String, in frame: Rectangle, on canvas: inout Canvas
  ) {
    let small = canvas.style(.small)
    var bars = BarChart(
      groups: usage.enumerated().map { code, count in
        BarChart.Group(
          name: String(code, radix: 16, uppercase: true),
          bars: [BarChart.Bar(value: Double(count), fill: canvas.theme.color(role))])
      }, limit: Double(max(usage.max() ?? 1, 1)))
    bars.groupGap = 0.14
    bars.draw(
      in: frame.inset(
        top: canvas.lineHeight(small), bottom: canvas.lineHeight(small) + canvas.em(0.2)),
      on: &canvas)
    canvas.text(
      label, at: Point(frame.minX, frame.minY), small, color: canvas.theme.color(role),
      vertical: .top)
  }

  private func drawSweep(in frame: Rectangle, on canvas: inout Canvas) {
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      canvas.words.say(es: "error medio", en: "mean error"),
      at: Point(frame.minX, frame.minY), base, vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.6))
    let largest = result.sweep.map(\.meanError).max() ?? 0
    let top = largest > 0 ? largest * 1.08 : 1
    let ticks = Axis.roundTicks(
      0...top, length: body.height, spacing: 4 * small.size, words: canvas.words)
    // The vertical scale first: the width of its labels decides where the plot begins.
    let probe = Axis(scale: Scale(domain: 0...top, from: 0, to: 1), ticks: ticks)
    let plot = body.inset(
      left: probe.width(on: canvas), right: canvas.em(0.8),
      bottom: canvas.em(0.6) + 3 * canvas.lineHeight(small))
    let yScale = Scale(domain: 0...top, from: plot.maxY, to: plot.minY)
    let xScale = Scale(
      .logarithmic, domain: 32...4096, from: plot.minX + canvas.em(0.8), to: plot.maxX)
    Axis(scale: yScale, ticks: ticks).drawLeft(of: plot, on: &canvas)
    LineChart(
      series: [
        .init(
          name: "", role: .quantized,
          points: result.sweep.map { Point(Double($0.blockSize), $0.meanError) })
      ], xScale: xScale, yScale: yScale
    ).draw(on: &canvas)
    canvas.line(Point(plot.minX, plot.maxY), Point(plot.maxX, plot.maxY), canvas.axisStroke)
    // Two rows below: block size, and the bits that it costs.
    let labelled = LabelRows.place(
      result.sweep.map { (xScale(Double($0.blockSize)), String($0.blockSize)) }, rows: 1,
      gap: canvas.em(0.5), width: { max(canvas.width($0, small), canvas.width("4,00", small)) })
    let firstRow = plot.maxY + canvas.em(0.45)
    for label in labelled {
      canvas.line(
        Point(label.x, plot.maxY), Point(label.x, plot.maxY + canvas.em(0.25)), canvas.axisStroke)
      canvas.text(
        label.label, at: Point(label.x, firstRow), small, anchor: .middle, vertical: .top)
      if let step = result.sweep.first(where: { String($0.blockSize) == label.label }) {
        canvas.text(
          canvas.words.number(step.bits, 2),
          at: Point(label.x, firstRow + canvas.lineHeight(small)), small,
          color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
      }
    }
    canvas.text(
      canvas.isCompact
        ? canvas.words.say(es: "bloque; bits por peso", en: "block; bits per weight")
        : canvas.words.say(
          es: "pesos por bloque; debajo, bits por peso",
          en: "weights in a block; below, bits per weight"),
      at: Point((plot.minX + plot.maxX) / 2, firstRow + 2 * canvas.lineHeight(small)), small,
      color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
  }
}
