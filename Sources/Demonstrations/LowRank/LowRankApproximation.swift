internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The best approximation of a rank, and its error: exactly what the singular values left out say.
public struct LowRankApproximation: Demonstration {
  public let id = "low-rank-approximation"
  public let parameters = [
    Parameter(
      "rank", Phrase(es: "rango que se guarda", en: "rank that is kept"), default: 2, range: 1...512
    )
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 2)
    let svd = try SingularValueDecomposition(weights.matrix)
    let rank = min(try whole("rank", in: input), svd.values.count)
    let result = LowRankApproximationResult(matrix: weights.matrix, svd: svd, rank: rank)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Con rango \(rank) queda un error del \(words.percentage(result.relativeError, 1))",
            en: "At rank \(rank) an error of \(words.percentage(result.relativeError, 1)) remains")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// A matrix, its approximation, and the singular values kept and left out.
struct LowRankApproximationResult: Sendable {
  let matrix: Matrix
  let svd: SingularValueDecomposition
  let rank: Int
  let approximation: Matrix
  let difference: Matrix

  init(matrix: Matrix, svd: SingularValueDecomposition, rank: Int) {
    self.matrix = matrix
    self.svd = svd
    self.rank = rank
    approximation = svd.approximation(rank: rank)
    difference = matrix - approximation
  }

  var relativeError: Double { matrix.norm > 0 ? difference.norm / matrix.norm : 0 }
  var limit: Double {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    return largest > 0 ? ColorScale.roundLimit(largest) : 1
  }
  /// Whether the two ways to the error agree: the difference measured, and √Σσ² of what is left out.
  var agrees: Bool {
    abs(difference.norm - svd.error(rank: rank)) <= 1e-5 * max(matrix.norm, 1e-30)
  }

  var named: [String: Value] {
    let cost = rank * (matrix.rows + matrix.columns)
    return [
      "rank": .integer(rank), "rows": .integer(matrix.rows), "columns": .integer(matrix.columns),
      "values": .integer(svd.values.count),
      "error": .significant(difference.norm, digits: 4),
      "tail": .significant(svd.error(rank: rank), digits: 4),
      "norm": .significant(matrix.norm, digits: 4),
      "relative_error": .percentage(relativeError, decimals: 1),
      "agrees": .flag(agrees), "numbers": .integer(cost), "all_numbers": .integer(matrix.count),
      "saves": .flag(cost < matrix.count),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "errors", title: Phrase(es: "error de cada rango", en: "error of each rank"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase("σ"), Phrase(es: "error", en: "error"),
        ],
        rows: svd.values.prefix(24).enumerated().map { index, value in
          [
            .init(.integer(index + 1)), .init(.significant(value, digits: 4)),
            .init(
              .significant(svd.error(rank: index + 1), digits: 4),
              shade: index + 1 == rank ? .role(.quantized) : .none),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let error = words.numbers.significant(difference.norm, digits: 4)
    return words.say(
      es: """
        A la izquierda, \(svd.values.count) valores singulares como barras: las \(rank) primeras, \
        llenas, se guardan. A la derecha, mapas de calor de la matriz, de su mejor aproximación de \
        rango \(rank) y de la diferencia. El error es \(error), igual a la raíz de la suma de los \
        cuadrados de los valores que no se guardan.
        """,
      en: """
        On the left, \(svd.values.count) singular values as bars: the first \(rank), filled, are \
        kept. On the right, heat maps of the matrix, of its best approximation of rank \(rank) and \
        of the difference. The error is \(error), equal to the root of the sum of squares of the \
        values that are not kept.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let rows = frame.rows([0.66, 0.34], gap: canvas.em(canvas.isCompact ? 0.5 : 1.1))
    let panels = MatrixPanels(
      panels: [
        .init(title: "W", matrix: matrix, limit: limit, role: .original),
        .init(
          title: words.say(es: "rango \(rank)", en: "rank \(rank)"), matrix: approximation,
          limit: limit, role: .update),
        .init(
          title: words.say(es: "resto", en: "rest"), matrix: difference, limit: limit, role: .error),
      ], operators: ["=", "+"])
    panels.draw(in: rows[0], on: &canvas)
    let places = panels.layout(in: rows[0], on: canvas)

    // The singular values stand below the matrix and its approximation, the error below the rest.
    let plot = Rectangle(
      x: places[0].minX, y: rows[1].minY, width: places[1].maxX - places[0].minX,
      height: rows[1].height - canvas.lineHeight(small) - canvas.em(0.4))
    SingularValueBars(values: svd.values, kept: rank).draw(in: plot, on: &canvas)
    let kept = words.say(
      es: "σ: \(rank) de \(svd.values.count)", en: "σ: \(rank) of \(svd.values.count)")
    canvas.text(
      kept, at: Point(plot.minX, plot.maxY + canvas.em(0.4)), small,
      color: canvas.theme.color(.update), vertical: .top)
    let lines = [
      (words.say(es: "medido", en: "measured"), difference.norm), ("√Σσ²", svd.error(rank: rank)),
    ].map { ($0.0, words.numbers.significant($0.1, digits: canvas.isCompact ? 3 : 4)) }
    let label = (lines.map { canvas.width($0.0, small) }.max() ?? 0) + canvas.em(0.6)
    let width = label + (lines.map { canvas.width($0.1, small) }.max() ?? 0)
    let left = min(places[2].minX, frame.maxX - width)
    for (index, (name, value)) in lines.enumerated() {
      let y = plot.minY + Double(index) * canvas.lineHeight(small)
      canvas.text(
        name, at: Point(left, y), small, color: canvas.theme.secondaryInk, vertical: .top)
      canvas.text(
        value, at: Point(left + label, y), small, color: canvas.theme.color(.error), vertical: .top)
    }
  }
}
