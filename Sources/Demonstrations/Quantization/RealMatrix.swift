internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// A weight matrix before and after NF4, and the difference.
public struct RealMatrix: Demonstration {
  public let id = "real-matrix"
  public let parameters = [Parameter.blockSize]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input)
    let size = try whole("block", in: input)
    let tensor = try BlockQuantizer(codebook: .nf4, blockSize: size).quantize(weights.matrix)
      .doubleQuantized()
    let restored = Matrix(
      rows: weights.matrix.rows, columns: weights.matrix.columns, values: tensor.dequantized())
    let result = RealMatrixResult(
      weights: weights, restored: restored, tensor: tensor,
      loss: try QuantizationLoss(original: weights.matrix.values, restored: restored.values))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es:
              "\(words.integer(result.count)) pesos reales: error del \(words.percentage(result.loss.relativeNorm, 1))",
            en:
              "\(words.integer(result.count)) real weights: an error of \(words.percentage(result.loss.relativeNorm, 1))"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RealMatrixDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// A matrix, what is restored of it, and measures of the loss.
struct RealMatrixResult: Sendable {
  let weights: NamedWeights
  let restored: Matrix
  let tensor: DoubleQuantizedTensor
  let loss: QuantizationLoss

  let difference: Matrix
  let deviation: Double
  /// The end of the colour scale: three standard deviations, so that a few large weights do not
  /// pale the rest.
  let limit: Double

  init(
    weights: NamedWeights, restored: Matrix, tensor: DoubleQuantizedTensor, loss: QuantizationLoss
  ) {
    self.weights = weights
    self.restored = restored
    self.tensor = tensor
    self.loss = loss
    let matrix = weights.matrix
    difference = Matrix(
      rows: matrix.rows, columns: matrix.columns,
      values: zip(restored.values, matrix.values).map { $0 - $1 })
    deviation = Statistics.standardDeviation(matrix.values)
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    limit = ColorScale.roundLimit(deviation > 0 ? min(largest, 3 * deviation) : largest)
  }

  var matrix: Matrix { weights.matrix }
  var count: Int { matrix.count }
  /// The scale of the difference is its own: ten times finer.
  var errorLimit: Double { limit / 10 }

  var named: [String: Value] {
    let bytes16 = 2 * count
    return [
      "name": .code(weights.name), "rows": .integer(matrix.rows),
      "columns": .integer(matrix.columns), "count": .integer(count),
      "blocks": .integer(tensor.restored.blockCount),
      "block": .integer(tensor.restored.blockSize),
      "deviation": .significant(deviation, digits: 3),
      "relative_error": .percentage(loss.relativeNorm, decimals: 1),
      "mean_error": .significant(loss.meanAbsolute, digits: 3),
      "largest_error": .significant(loss.maximumAbsolute, digits: 3),
      "largest_row": .integer((loss.maximumIndex ?? 0) / max(matrix.columns, 1)),
      "largest_column": .integer((loss.maximumIndex ?? 0) % max(matrix.columns, 1)),
      "entropy": .number(tensor.restored.codeUsage.entropy, decimals: 2),
      "bytes_before": .integer(bytes16), "bytes_after": .integer(tensor.storage.total),
      "bits": .number(tensor.storage.bitsPerWeight, decimals: 3),
      "ratio": .number(Double(bytes16) / Double(tensor.storage.total), decimals: 2),
    ]
  }

  var tables: [DataTable] {
    guard count <= 256 else { return [] }
    let digits = decimalsFor(matrix.values) + 1
    func table(_ id: String, _ title: Phrase, _ matrix: Matrix, _ limit: Double) -> DataTable {
      DataTable(
        id: id, title: title,
        rows: (0..<matrix.rows).map { row in
          (0..<matrix.columns).map { column in
            .init(
              .number(Double(matrix[row, column]), decimals: digits),
              shade: .signed(Double(matrix[row, column]) / limit))
          }
        })
    }
    return [
      table("before", Phrase(es: "antes", en: "before"), matrix, limit),
      table("after", Phrase(es: "después", en: "after"), restored, limit),
      table("difference", Phrase(es: "diferencia", en: "difference"), difference, errorLimit),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Tres mapas de calor de \(matrix.rows)×\(matrix.columns): la matriz, la que se recupera de \
        NF4 y la diferencia, con una escala diez veces más fina. Las dos primeras se ven iguales; \
        la diferencia parece ruido, con un error medio de \
        \(words.numbers.significant(loss.meanAbsolute, digits: 3)) y uno máximo de \
        \(words.numbers.significant(loss.maximumAbsolute, digits: 3)).
        """,
      en: """
        Three \(matrix.rows)×\(matrix.columns) heat maps: the matrix, what is restored from NF4, and \
        the difference on a scale ten times finer. The first two look the same; the difference \
        looks like noise, with a mean error of \
        \(words.numbers.significant(loss.meanAbsolute, digits: 3)) and a largest one of \
        \(words.numbers.significant(loss.maximumAbsolute, digits: 3)).
        """)
  }
}

/// Draws before, after and difference as three heat maps of one size, with two colour keys.
struct RealMatrixDrawing {
  let result: RealMatrixResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let base = canvas.style(.base, bold: true)
    let small = canvas.style(.small)
    let bar = ColorBar(limit: result.limit, decimals: Ticks.decimals([0, result.limit]))
    let errorBar = ColorBar(
      limit: result.errorLimit, decimals: Ticks.decimals([0, result.errorLimit]))
    let gap = canvas.em(canvas.isCompact ? 0.6 : 1.2)
    let head = canvas.lineHeight(base) + canvas.em(0.3)
    let foot = canvas.em(0.5) + bar.height(on: canvas) + canvas.lineHeight(small) + canvas.em(0.4)
    // Very long matrices are stretched to a readable height; each cell stays a rectangle.
    let shape = Double(result.matrix.columns) / Double(max(result.matrix.rows, 1))
    let aspect = min(max(shape, 0.25), 4)
    let panels = [
      (result.matrix, result.limit, canvas.words.say(es: "antes", en: "before"), Role.original),
      (result.restored, result.limit, canvas.words.say(es: "después", en: "after"), .quantized),
      (
        result.difference, result.errorLimit, canvas.words.say(es: "diferencia", en: "difference"),
        .error
      ),
    ]
    let room = frame.height - head - foot
    // Even a narrow matrix is as wide as its title and the labels of its key.
    let words = panels.map { canvas.width($0.2, base) } + [errorBar.minimumWidth(on: canvas)]
    let side = min((frame.width - 2 * gap) / 3, max(room * aspect, words.max() ?? 0))
    let height = min(side / aspect, room)
    let left = frame.minX + (frame.width - 3 * side - 2 * gap) / 2
    let top = frame.minY + head + max(0, (frame.height - head - foot - height) / 2)
    for (index, (matrix, limit, title, role)) in panels.enumerated() {
      let x = left + Double(index) * (side + gap)
      canvas.text(
        title, at: Point(x, top - canvas.em(0.45)), base, color: canvas.theme.color(role),
        vertical: .bottom)
      var chart = MatrixChart(matrix, limit: limit, decimals: 2, context: canvas.context)
      let pitch =
        matrix.count > MatrixChart.largestCellCount
        ? 0 : min(canvas.preset.cellGap, side / Double(matrix.columns) * 0.12)
      let cellWidth = (side - pitch * Double(matrix.columns - 1)) / Double(matrix.columns)
      chart.aspect =
        (height - pitch * Double(matrix.rows - 1)) / Double(matrix.rows) / cellWidth
      chart.draw(at: Point(x, top), cellWidth: cellWidth, labels: nil, on: &canvas)
    }
    let keyTop = top + height + canvas.em(0.5)
    bar.draw(
      in: Rectangle(x: left, y: keyTop, width: 2 * side + gap, height: 0), on: &canvas)
    errorBar.draw(
      in: Rectangle(x: left + 2 * (side + gap), y: keyTop, width: side, height: 0), on: &canvas)
    let note = canvas.words.say(
      es: "error medio \(canvas.words.numbers.significant(result.loss.meanAbsolute, digits: 3))",
      en: "mean error \(canvas.words.numbers.significant(result.loss.meanAbsolute, digits: 3))")
    let bits = canvas.words.say(
      es: "\(canvas.words.number(result.tensor.storage.bitsPerWeight, 3)) bits por peso",
      en: "\(canvas.words.number(result.tensor.storage.bitsPerWeight, 3)) bits per weight")
    canvas.text(
      "\(result.matrix.rows)×\(result.matrix.columns) · \(bits) · \(note)",
      at: Point(frame.midX, keyTop + bar.height(on: canvas) + canvas.em(0.6)), small,
      color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
  }
}
