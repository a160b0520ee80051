internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// The way back through a layer of QLoRA: through the dequantized weight, with no gradient for it.
public struct FourBitGradient: Demonstration {
  public let id = "four-bit-gradient"
  public let parameters = FourBitLayer.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let layer = try fourBitLayer(in: input)
    var generator = RandomGenerator(seed: input.seed &+ 2)
    func batch(_ columns: Int) -> Matrix {
      Matrix(
        rows: 2, columns: columns,
        values: (0..<2 * columns).map { _ in Float((generator.nextNormal() * 10).rounded() / 10) })
    }
    let result = try FourBitGradientResult(
      layer: layer, entry: batch(layer.exact.columns), upstream: batch(layer.exact.rows))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "El gradiente vuelve por el peso descuantizado",
            en: "The gradient goes back through the dequantized weight")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          FourBitGradientDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// All gradients of the layer, and those that it would have with the weight as it was.
struct FourBitGradientResult: Sendable {
  let layer: FourBitLayer
  /// The gradient of the output, [batch, out].
  let upstream: Matrix
  let gradients: LoRAGradients
  let exactGradients: LoRAGradients
  /// The slope of the computed function at the first input, by moving that input.
  let slope: Double
  /// How many codes are another when their weight alone grows by a hundredth.
  let nudgedCodes: Int

  init(layer: FourBitLayer, entry: Matrix, upstream: Matrix) throws {
    self.layer = layer
    self.upstream = upstream
    let adapter = layer.adapter
    gradients = try adapter.gradients(upstream: upstream, input: entry, weight: layer.restored)
    exactGradients = try adapter.gradients(upstream: upstream, input: entry, weight: layer.exact)
    func value(_ entry: Matrix) throws -> Double {
      let output = try adapter.output(of: entry, weight: layer.restored)
      return zip(output.values, upstream.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    // The function is linear in the input, so that a large step is as good as a small one.
    var moved = entry
    moved[0, 0] += 1
    slope = try value(moved) - value(entry)
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: 64)
    nudgedCodes = try layer.exact.values.indices.count { index in
      var nudged = layer.exact
      nudged.values[index] *= 1.01
      return try quantizer.quantize(nudged).codes[index] != layer.codes[index]
    }
  }

  var adapted: Matrix { layer.restored + layer.adapter.deltaWeight }
  var difference: Matrix { gradients.input - exactGradients.input }
  var relativeDifference: Double {
    exactGradients.input.norm > 0 ? gradients.input.relativeError(to: exactGradients.input) : 0
  }
  var decimals: Int { max(decimalsFor(gradients.input.values), 2) }
  /// Whether the slope that was measured is the gradient that was computed.
  var agrees: Bool {
    let size = Double(Statistics.absoluteMaximum(gradients.input.values)?.value.magnitude ?? 0)
    return abs(slope - Double(gradients.input[0, 0])) <= 1e-4 * max(size, 1e-6)
  }

  var named: [String: Value] {
    let adapterNumbers = layer.adapter.loraA.count + layer.adapter.loraB.count
    return [
      "rows": .integer(layer.exact.rows), "columns": .integer(layer.exact.columns),
      "count": .integer(layer.exact.count), "rank": .integer(layer.adapter.rank),
      "computed": .number(Double(gradients.input.values[0]), decimals: decimals),
      "exact": .number(Double(exactGradients.input.values[0]), decimals: decimals),
      "slope": .number(slope, decimals: decimals), "agrees": .flag(agrees),
      "relative_difference": .percentage(relativeDifference, decimals: 1),
      "differs": .flag(relativeDifference > 0.0005),
      "base_gradients": .integer(0), "adapter_gradients": .integer(adapterNumbers),
      "nudged": .integer(nudgedCodes), "still": .integer(layer.exact.count - nudgedCodes),
      "mostly_still": .flag(2 * nudgedCodes < layer.exact.count),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "input-gradient",
        title: Phrase(es: "gradiente de la entrada", en: "gradient of the input"),
        columns: [
          Phrase("Ŵ₀"), Phrase(es: "W₀ exacta", en: "exact W₀"),
          Phrase(es: "diferencia", en: "difference"),
        ],
        rows: gradients.input.values.indices.map { index in
          [gradients.input, exactGradients.input, difference].map {
            .init(.number(Double($0.values[index]), decimals: decimals))
          }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Arriba, el gradiente de la salida por la matriz Ŵ₀ + s·BA da el gradiente de la entrada, que \
        difiere en un \(value("relative_difference")) del que daría el peso exacto. Abajo, los \
        gradientes de la capa: el recuadro del peso de 4 bits está vacío y el adaptador tiene \
        \(value("adapter_gradients")) números.
        """,
      en: """
        Above, the gradient of the output times the matrix Ŵ₀ + s·BA gives the gradient of the input, \
        which differs by \(value("relative_difference")) from that of the exact weight. Below, the \
        gradients of the layer: the box of the weight in 4 bits is empty, and the adapter has \
        \(value("adapter_gradients")) numbers.
        """)
  }
}

/// Draws the product above and the gradients of the layer below.
struct FourBitGradientDrawing {
  let result: FourBitGradientResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let layer = result.layer
    let compact = canvas.isCompact
    func station(
      _ name: String, _ role: Role, _ matrix: Matrix, _ limit: Double
    ) -> MatrixStation {
      MatrixStation(
        name: name, role: role,
        chart: MatrixChart(
          matrix, limit: limit, decimals: result.decimals, context: canvas.context))
    }
    let inputLimit = FourBitForwardDrawing.limit([
      result.gradients.input, result.exactGradients.input,
    ])
    let upper = [
      station("G", .original, result.upstream, FourBitForwardDrawing.limit([result.upstream])),
      station("Ŵ₀ + s·BA", .quantized, result.adapted, layer.limit),
      station("dX", .quantized, result.gradients.input, inputLimit),
      station(
        compact
          ? words.say(es: "dif.", en: "diff.")
          : words.say(es: "dX − dX exacta", en: "dX − exact dX"), .error, result.difference,
        inputLimit),
    ]
    let factorLimit = FourBitForwardDrawing.limit([result.gradients.loraA, result.gradients.loraB])
    let lower = [
      station("dA", .loraA, result.gradients.loraA, factorLimit),
      station("dB", .loraB, result.gradients.loraB, factorLimit),
    ]
    let signs = ["·", "="]
    let gap = min(canvas.preset.cellGap, 1.5)
    let apart = canvas.em(compact ? 1.1 : 2)
    let head = canvas.lineHeight(MatrixStation.style(canvas))
    let small = canvas.style(.small)
    let between = canvas.em(compact ? 0.6 : 1.6)
    let label = canvas.lineHeight(small) + canvas.em(0.3)
    let across = upper.reduce(0) { $0 + Double($1.chart.columns) }
    let (rows, columns, rank) = (
      Double(layer.exact.rows), Double(layer.exact.columns), Double(layer.adapter.rank)
    )
    let topRows = max(2, rows)
    let bottomRows = max(rows, rank)
    let cell = min(
      (frame.width - apart * Double(upper.count - 1)) / across - gap,
      (frame.height - 2 * head - between - label) / (topRows + bottomRows) - gap,
      canvas.em(3.2))
    let pitch = cell + gap
    func length(_ count: Double) -> Double { count * pitch - gap }
    let width =
      upper.reduce(0) { $0 + length(Double($1.chart.columns)) } + apart * Double(upper.count - 1)
    let height = 2 * head + between + label + length(topRows) + length(bottomRows)
    let left = frame.minX + max(0, (frame.width - width) / 2)
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let labels = MatrixChart.labelStyle(
      for: (upper + lower).map(\.chart), cellWidth: cell, on: canvas)
    var x = left
    let middle = top + head + length(topRows) / 2
    for (index, station) in upper.enumerated() {
      let box = station.draw(
        at: Point(x, middle), cell: cell, gap: gap, labels: labels, on: &canvas)
      x = box.maxX + apart
      if index < signs.count {
        canvas.text(
          signs[index], at: Point(box.maxX + apart / 2, middle), canvas.style(.base, bold: true),
          color: canvas.theme.secondaryInk, anchor: .middle, vertical: .middle)
      }
    }
    // Below: what the layer itself gets.
    let line = top + head + length(topRows) + between
    canvas.text(
      words.say(es: "gradientes de la capa", en: "gradients of the layer"), at: Point(left, line),
      small, color: canvas.theme.secondaryInk, vertical: .top)
    let row = line + label + head + length(bottomRows) / 2
    let empty = Rectangle(
      x: left, y: row - length(rows) / 2, width: length(columns), height: length(rows))
    canvas.outline(
      empty,
      Stroke(
        canvas.theme.rule, width: canvas.preset.axisWidth,
        dashes: [canvas.em(0.3), canvas.em(0.25)]))
    canvas.frozenName(
      "dŴ₀", at: Point(empty.midX, empty.minY - canvas.em(0.3)), MatrixStation.style(canvas),
      anchor: .middle, vertical: .bottom)
    let none = words.say(es: "ninguno", en: "none")
    // In a box that is too narrow for the word, its emptiness has to say it.
    if canvas.width(none, small) < empty.width {
      canvas.text(
        none, at: empty.center, small, color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .middle, box: empty)
    }
    x = empty.maxX + apart
    for station in lower {
      let box = station.draw(
        at: Point(x, row), cell: cell, gap: gap, labels: labels, on: &canvas)
      x = box.maxX + apart
    }
  }
}
