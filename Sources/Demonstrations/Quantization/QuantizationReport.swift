public import Drawing
public import Quantization
internal import Charts
internal import LinearAlgebra

/// What quantizing some weights does to them: measures, a table and a picture.
public struct QuantizationReport: Sendable {
  /// The codes that a report can be made for.
  public enum Code: String, CaseIterable, Sendable {
    case nf4, fp4, int4, int8

    /// The codes that 4-bit checkpoints can hold.
    public var fourBitType: FourBitType? { FourBitType(rawValue: rawValue) }

    var role: Role {
      switch self {
      case .nf4: .quantized
      case .fp4: .fp4
      case .int4, .int8: .int4
      }
    }
  }

  public let weights: NamedWeights
  public let code: Code
  public let blockSize: Int
  /// The packed codes, of NF4 and FP4.
  public let tensor: QuantizedTensor?
  /// The codes with quantized absmax values, where that was asked for.
  public let double: DoubleQuantizedTensor?
  public let loss: QuantizationLoss
  public let usage: CodeUsage
  /// The bytes of codes and scales.
  public let bytes: Int

  /// Quantizes weights and measures what that costs.
  ///
  /// - Parameters:
  ///   - weights: The weights, with the name that the report gives them.
  ///   - code: The code.
  ///   - blockSize: One of `BlockQuantizer.allowedBlockSizes`.
  ///   - doubleQuantized: Whether the absmax values are quantized too; for NF4 and FP4 alone.
  /// - Throws: `QuantizationError` for a block size that is not allowed or a weight that is not finite.
  public init(
    of weights: NamedWeights, code: Code, blockSize: Int, doubleQuantized: Bool
  ) throws(QuantizationError) {
    self.weights = weights
    self.code = code
    self.blockSize = blockSize
    let values = weights.matrix.values
    if let type = code.fourBitType {
      let tensor = try BlockQuantizer(type: type, blockSize: blockSize).quantize(weights.matrix)
      let double = doubleQuantized ? try tensor.doubleQuantized() : nil
      self.tensor = tensor
      self.double = double
      loss = try QuantizationLoss(
        original: values, restored: double?.dequantized() ?? tensor.dequantized())
      usage = tensor.codeUsage
      bytes = double?.storage.total ?? tensor.storage.total
    } else {
      try BlockQuantizer.check(blockSize: blockSize)
      let quantizer = try IntegerQuantizer(bits: code == .int4 ? 4 : 8, blockSize: blockSize)
      let result = try quantizer.reconstruction(of: values)
      tensor = nil
      double = nil
      loss = try QuantizationLoss(original: values, restored: result.weights)
      usage = result.codeUsage(in: -quantizer.largestCode...quantizer.largestCode)
      bytes = (values.count * quantizer.codeBits + 7) / 8 + 4 * result.absmax.count
    }
  }

  public var bitsPerWeight: Double {
    Double(8 * bytes) / Double(max(weights.matrix.count, 1))
  }

  /// The measures, each with its name.
  public var measures: [(name: Phrase, value: Value)] {
    let (absmax, _) = Statistics.absoluteMaximum(weights.matrix.values) ?? (0, 0)
    return [
      (Phrase(es: "pesos", en: "weights"), .integer(weights.matrix.count)),
      (Phrase("absmax"), .significant(Double(absmax), digits: 4)),
      (Phrase(es: "error medio", en: "mean error"), .significant(loss.meanAbsolute, digits: 3)),
      (
        Phrase(es: "error máximo", en: "largest error"),
        .significant(loss.maximumAbsolute, digits: 3)
      ),
      (
        Phrase(es: "error relativo", en: "relative error"),
        .percentage(loss.relativeNorm, decimals: 2)
      ),
      (Phrase(es: "entropía, bits", en: "entropy, bits"), .number(usage.entropy, decimals: 3)),
      (Phrase(es: "bits por peso", en: "bits per weight"), .number(bitsPerWeight, decimals: 3)),
      (Phrase("bytes"), .integer(bytes)),
    ]
  }

  /// The measures, and how often each code occurs.
  public var tables: [DataTable] {
    let shares = usage.fractions
    let highest = max(shares.max() ?? 1, 1e-9)
    return [
      DataTable(
        id: "measures", title: Phrase(code.rawValue.uppercased()),
        rows: measures.map { [.init(.words($0.name)), .init($0.value)] }),
      DataTable(
        id: "usage", title: Phrase(es: "uso de los códigos", en: "use of the codes"),
        columns: [Phrase(es: "código", en: "code"), Phrase(es: "parte", en: "share")],
        rows: shares.indices.map { index in
          [
            .init(codeName(index)),
            .init(
              .percentage(shares[index], decimals: 2), shade: .magnitude(shares[index] / highest)),
          ]
        }),
    ]
  }

  /// The code at a place of the usage: a hexadecimal digit, or a signed number.
  private func codeName(_ index: Int) -> Value {
    code.fourBitType == nil
      ? .integer(index - usage.counts.count / 2)
      : .code(String(index, radix: 16, uppercase: true))
  }

  /// A histogram of the weights, the use of the codes, and the measures as a table.
  public var picture: Picture {
    let histogram = Self.histogram(weights.matrix.values)
    return Picture(
      title: { words in
        let error = words.percentage(loss.relativeNorm, 1)
        let bits = words.number(bitsPerWeight, 2)
        return words.say(
          es: "\(code.rawValue.uppercased()): \(bits) bits por peso, error del \(error)",
          en: "\(code.rawValue.uppercased()): \(bits) bits per weight, an error of \(error)")
      },
      alternativeText: { words in
        let list = measures.map { "\($0.name(words)) \($0.value.formatted(words))" }
          .joined(separator: "; ")
        return words.say(
          es: """
            A la izquierda, histograma de los pesos de \(weights.name) y, debajo, una barra por \
            código con la parte de los pesos que lo usa. A la derecha, una tabla: \(list).
            """,
          en: """
            On the left, a histogram of the weights of \(weights.name) and, below it, a bar for each \
            code with the share of the weights that uses it. On the right, a table: \(list).
            """)
      },
      draw: { canvas, frame in
        let table = TableChart(
          head: [
            code.rawValue.uppercased(),
            canvas.words.say(es: "bloque \(blockSize)", en: "block \(blockSize)"),
          ],
          rows: measures.map { [$0.name(canvas.words), $0.value.formatted(canvas.words)] },
          alignments: [.left, .right])
        let base = canvas.style(.base)
        let style =
          table.minimumWidth(base, on: canvas) <= 0.4 * frame.width
            && table.height(base) <= 0.8 * frame.height ? base : canvas.style(.small)
        let width = max(table.minimumWidth(style, on: canvas), frame.width * 0.36)
        let (right, left) = frame.cutRight(width, gap: canvas.em(canvas.isCompact ? 1 : 2.5))
        let top = right.inset(top: max(0, (right.height - table.height(style)) / 2))
        table.draw(in: top, style, on: &canvas)
        drawDistributions(histogram, in: left, on: &canvas)
      })
  }

  private static func histogram(_ values: [Float]) -> Histogram {
    let (absmax, _) = Statistics.absoluteMaximum(values) ?? (0, 0)
    let limit = absmax > 0 ? Double(absmax) : 1
    return Histogram(values, range: -limit...limit, bins: 64)
  }

  private func drawDistributions(
    _ histogram: Histogram, in frame: Rectangle, on canvas: inout Canvas
  ) {
    let small = canvas.style(.small)
    let head = canvas.lineHeight(small) + canvas.em(0.2)
    let halves = frame.rows([1, 1], gap: canvas.em(1))
    let side = canvas.em(1.2)
    let limit = histogram.edges[histogram.edges.count - 1]
    let scale = Scale(
      domain: -limit...limit, from: frame.minX + side, to: frame.maxX - side)
    let axis = Axis(
      scale: scale,
      ticks: [-limit, 0, limit].map {
        ($0, $0 == 0 ? "0" : canvas.words.numbers.significant($0, digits: 2))
      })
    let plot = halves[0].inset(top: head, bottom: axis.height(on: canvas))
    canvas.text(
      canvas.words.say(es: "los pesos", en: "the weights"), at: Point(frame.minX, halves[0].minY),
      small, color: canvas.theme.secondaryInk, vertical: .top)
    HistogramChart(
      edges: histogram.edges, counts: histogram.counts,
      fill: canvas.theme.color(.original).mixed(with: canvas.theme.background, 0.5)
    ).draw(in: plot, scale: scale, on: &canvas)
    axis.drawBelow(plot, on: &canvas)

    canvas.text(
      canvas.words.say(es: "uso de los códigos", en: "use of the codes"),
      at: Point(frame.minX, halves[1].minY), small, color: canvas.theme.secondaryInk,
      vertical: .top)
    let shares = usage.fractions
    let bars = Rectangle(
      x: scale.start, y: halves[1].minY + head, width: scale.end - scale.start,
      height: halves[1].height - head - canvas.lineHeight(small) - canvas.em(0.2))
    guard shares.count <= 16 else {
      // Too many codes for bars with names: they touch, from the lowest code to the highest.
      let codes = Scale(
        domain: 0...Double(shares.count), from: bars.minX, to: bars.maxX)
      HistogramChart(
        edges: (0...shares.count).map(Double.init), counts: usage.counts,
        fill: canvas.theme.color(code.role)
      ).draw(in: bars, scale: codes, on: &canvas)
      canvas.line(
        Point(bars.minX, bars.maxY), Point(bars.maxX, bars.maxY), canvas.axisStroke)
      return
    }
    var chart = BarChart(
      groups: shares.indices.map { index in
        BarChart.Group(
          name: codeName(index).formatted(canvas.words),
          bars: [BarChart.Bar(value: shares[index], fill: canvas.theme.color(code.role))])
      }, limit: max(shares.max() ?? 1, 1e-9))
    chart.groupGap = 0.14
    chart.draw(in: bars, on: &canvas)
  }
}
