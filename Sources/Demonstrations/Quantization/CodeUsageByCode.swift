internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// How often each of the sixteen codes occurs: not equally, because of the division by absmax.
public struct CodeUsageByCode: Demonstration {
  public let id = "code-usage"
  public let parameters = [
    Parameter(
      "blocks", Phrase(es: "bloques de pesos normales", en: "blocks of normal weights"),
      default: 2048, range: 1...16384)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    var values: [Float]
    if let weights = input.weights {
      values = weights.matrix.values
    } else {
      var generator = RandomGenerator(seed: input.seed)
      let count = 64 * (try whole("blocks", in: input))
      values = (0..<count).map { _ in Float(generator.nextNormal()) }
    }
    let tensor = try BlockQuantizer(type: .nf4).quantize(values)
    // Scaled values block by block, for the histogram above the codes.
    for block in 0..<tensor.blockCount {
      let indices = tensor.indices(ofBlock: block)
      let scaled = BlockQuantizer.scaled(values[indices], isWhole: indices.count == 64)
      values.replaceSubrange(indices, with: scaled)
    }
    let result = CodeUsageResult(
      usage: tensor.codeUsage,
      histogram: Histogram(values, range: -1...1, bins: 64), blocks: tensor.blockCount)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Los 16 códigos no se usan por igual", en: "The 16 codes are not used equally")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in CodeUsageDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// Counts of codes, and of scaled weights in fine bins.
struct CodeUsageResult: Sendable {
  let usage: CodeUsage
  let histogram: Histogram
  let blocks: Int

  var shares: [Double] { usage.fractions }
  var most: Int { shares.indices.max { shares[$0] < shares[$1] } ?? 0 }
  var least: Int { shares.indices.min { shares[$0] < shares[$1] } ?? 0 }

  var named: [String: Value] {
    [
      "count": .integer(usage.total), "blocks": .integer(blocks),
      "entropy": .number(usage.entropy, decimals: 2),
      "unused_bits": .number(4 - usage.entropy, decimals: 2),
      "equal_share": .percentage(1.0 / 16, decimals: 2),
      "most": .code(String(most, radix: 16, uppercase: true)),
      "most_share": .percentage(shares[most], decimals: 1),
      "least": .code(String(least, radix: 16, uppercase: true)),
      "least_share": .percentage(shares[least], decimals: 1),
      "ratio": .number(shares[most] / max(shares[least], 1e-9), decimals: 1),
      "all_used": .flag(shares[least] > 0),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "usage", title: Phrase(es: "uso de cada código", en: "use of each code"),
        columns: [
          Phrase(es: "código", en: "code"), Phrase(es: "nivel", en: "level"),
          Phrase(es: "parte", en: "share"),
        ],
        rows: shares.indices.map { code in
          [
            .init(.code(String(code, radix: 16, uppercase: true))),
            .init(.number(Double(Codebook.nf4.values[code]), decimals: 3)),
            .init(
              .percentage(shares[code], decimals: 1),
              shade: .magnitude(shares[code] / max(shares[most], 1e-9))),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = shares.map { words.number($0 * 100, 1) }.joined(
      separator: words.say(es: "; ", en: ", "))
    return words.say(
      es: """
        Arriba, histograma de \(words.integer(usage.total)) pesos divididos por el absmax de su \
        bloque, con los quince umbrales. Debajo, una barra por código del 0 al F, en tanto por \
        ciento: \(list). Una línea marca 6,25, la parte que tendría cada uno si se usaran por igual.
        """,
      en: """
        Above, a histogram of \(words.integer(usage.total)) weights divided by the absmax of their \
        block, with the fifteen thresholds. Below, a bar for each code from 0 to F, in percent: \
        \(list). A line marks 6.25, the share that each would have if all were used equally.
        """)
  }
}

/// Draws the histogram of scaled weights over the bars of the codes.
struct CodeUsageDrawing {
  let result: CodeUsageResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let small = canvas.style(.small)
    let halves = frame.rows([0.42, 0.58], gap: canvas.em(canvas.isCompact ? 0.6 : 1.2))
    let (upper, lower) = (halves[0], halves[1])
    let label = canvas.isCompact ? 0 : canvas.lineHeight(small) + canvas.em(0.2)
    let side = canvas.em(canvas.isCompact ? 0.7 : 2)
    let scale = Scale(domain: -1...1, from: frame.minX + side, to: frame.maxX - side)
    let axis = Axis(
      scale: scale, ticks: [-1, 0, 1].map { ($0, canvas.words.number($0, 0)) })
    let plot = upper.inset(top: label, bottom: axis.height(on: canvas))
    HistogramChart(
      edges: result.histogram.edges, counts: result.histogram.counts,
      fill: canvas.theme.color(.quantized).mixed(with: canvas.theme.background, 0.6)
    ).draw(in: plot, scale: scale, on: &canvas)
    for threshold in Codebook.nf4.thresholds {
      let x = scale(Double(threshold))
      canvas.line(
        Point(x, plot.minY), Point(x, plot.maxY),
        Stroke(canvas.theme.rule, width: canvas.preset.axisWidth))
    }
    axis.drawBelow(plot, on: &canvas)
    if !canvas.isCompact {
      canvas.text(
        canvas.words.say(es: "pesos ÷ absmax", en: "weights ÷ absmax"),
        at: Point(scale.start, upper.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    }

    let shares = result.shares
    let limit = max(shares.max() ?? 1, 1.0 / 16) * 1.02
    let chart = BarChart(
      groups: shares.enumerated().map { code, share in
        BarChart.Group(
          name: String(code, radix: 16, uppercase: true),
          note: canvas.words.number(share * 100, 1),
          bars: [BarChart.Bar(value: share, fill: canvas.theme.color(.quantized))])
      }, limit: limit)
    var bars = chart
    bars.groupGap = 0.14
    let barPlot = Rectangle(
      x: scale.start, y: lower.minY + label, width: scale.end - scale.start,
      height: lower.height - label - 2 * canvas.lineHeight(small) - canvas.em(0.2))
    bars.draw(in: barPlot, on: &canvas)
    let y = barPlot.maxY - barPlot.height / 16 / limit
    canvas.line(
      Point(barPlot.minX, y), Point(barPlot.maxX, y),
      Stroke(
        canvas.theme.color(.error), width: canvas.preset.lineWidth * 0.7,
        dashes: [canvas.em(0.35), canvas.em(0.25)]))
    if !canvas.isCompact {
      canvas.text(
        canvas.words.say(es: "uso de cada código, %", en: "use of each code, %"),
        at: Point(barPlot.minX, lower.minY), small,
        color: canvas.theme.secondaryInk, vertical: .top)
      canvas.text(
        canvas.words.say(es: "por igual: ", en: "equal: ") + canvas.words.number(6.25, 2),
        at: Point(barPlot.maxX, lower.minY), small,
        color: canvas.theme.color(.error), anchor: .end, vertical: .top)
    }
  }
}
