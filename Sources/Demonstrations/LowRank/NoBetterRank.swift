internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The error of the truncated singular value decomposition beside those of many other matrices of the
/// same rank, each the best for its own columns.
public struct NoBetterRank: Demonstration {
  public let id = "no-better-rank"
  public let parameters = [
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 2, range: 1...16),
    Parameter("tries", Phrase(es: "intentos", en: "tries"), default: 400, range: 10...2000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 4)
    let matrix = weights.matrix
    let side = min(matrix.rows, matrix.columns)
    guard side >= 2, matrix.count <= Self.largestCount, matrix.norm > 0 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: """
          is no matrix of at least 2×2 and at most \(Self.largestCount) weights that are not all \
          zero; --slice takes a part of it
          """)
    }
    // A rank below the shorter side leaves something out.
    let rank = min(try whole("rank", in: input), side - 1)
    let result = try NoBetterRankResult(
      matrix: matrix, rank: rank, tries: whole("tries", in: input), seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isBest
            ? words.say(
              es: "De \(result.errors.count) intentos ninguno se acerca más",
              en: "Of \(result.errors.count) tries none comes closer")
            : words.say(
              es: "Algún intento iguala a la descomposición",
              en: "Some try is as good as the decomposition")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }

  /// The most weights: each try costs a decomposition.
  static let largestCount = 1024
}

/// Errors of one rank, as shares of the norm of the matrix.
struct NoBetterRankResult: Sendable {
  let matrix: Matrix
  let rank: Int
  /// What the truncated decomposition leaves.
  let best: Double
  /// What is left with random columns, each time with the best rows for them.
  let errors: [Double]
  /// What is left with columns of the matrix itself: the best choice of the tries.
  let ownColumns: Double

  init(matrix: Matrix, rank: Int, tries: Int, seed: UInt64) throws {
    var generator = RandomGenerator(seed: seed)
    let norm = matrix.norm
    // The best matrix whose columns are combinations of given ones is the projection Q Qᵀ W.
    func rest(_ columns: Matrix) throws -> Double {
      let basis = try QRDecomposition(columns).orthogonal
      let projected = basis.multiplied(by: basis.transposed.multiplied(by: matrix))
      return (matrix - projected).norm / norm
    }
    var errors: [Double] = []
    var ownColumns = Double.infinity
    for _ in 0..<tries {
      let random = Matrix.randomNormal(rows: matrix.rows, columns: rank, using: &generator)
      errors.append(try rest(random))
      var own = Matrix.zeros(rows: matrix.rows, columns: rank)
      var left = Array(0..<matrix.columns)
      for place in 0..<rank {
        let column = left.remove(at: Int(generator.nextUniform() * Double(left.count)))
        for row in 0..<matrix.rows { own[row, place] = matrix[row, column] }
      }
      ownColumns = min(ownColumns, try rest(own))
    }
    self.matrix = matrix
    self.rank = rank
    self.errors = errors
    self.ownColumns = ownColumns
    best = try SingularValueDecomposition(matrix).error(rank: rank) / norm
  }

  var closest: Double { errors.min() ?? 1 }
  /// Whether nothing that was tried is better, up to rounding.
  var isBest: Bool { best <= min(closest, ownColumns) + 1e-6 }

  var named: [String: Value] {
    [
      "rank": .integer(rank), "tries": .integer(errors.count), "rows": .integer(matrix.rows),
      "columns": .integer(matrix.columns), "best": .percentage(best, decimals: 1),
      "closest": .percentage(closest, decimals: 1),
      "typical": .percentage(Statistics.median(errors), decimals: 1),
      "own_columns": .percentage(ownColumns, decimals: 1), "is_best": .flag(isBest),
    ]
  }

  var tables: [DataTable] {
    let rows: [(Phrase, Double)] = [
      (Phrase(es: "descomposición", en: "decomposition"), best),
      (Phrase(es: "mejores columnas propias", en: "best own columns"), ownColumns),
      (Phrase(es: "mejor intento al azar", en: "best random try"), closest),
      (Phrase(es: "intento al azar típico", en: "typical random try"), Statistics.median(errors)),
    ]
    return [
      DataTable(
        id: "errors", title: Phrase(es: "error relativo", en: "relative error"),
        columns: [Phrase(es: "error", en: "error")], rowLabels: rows.map(\.0),
        rows: rows.map { [.init(.percentage($0.1, decimals: 1))] })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Histograma del error relativo de \(errors.count) matrices de rango \(rank) con columnas al \
        azar: la mejor se queda en el \(value("closest")). Dos líneas verticales marcan la mejor \
        elección de columnas de la propia matriz, \(value("own_columns")), y la descomposición en \
        valores singulares, \(value("best")).
        """,
      en: """
        Histogram of the relative error of \(errors.count) matrices of rank \(rank) with random \
        columns: the best stays at \(value("closest")). Two vertical lines mark the best choice of \
        columns of the matrix itself, \(value("own_columns")), and the singular value \
        decomposition, \(value("best")).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let marks: [(label: String, value: Double, role: Role)] = [
      (words.say(es: "valores singulares", en: "singular values"), best, .update),
      (words.say(es: "columnas propias", en: "own columns"), ownColumns, .quantized),
      (words.say(es: "al azar", en: "random"), Statistics.median(errors), .frozen),
    ]
    let ticks = Axis.roundTicks(0...100, length: frame.width, spacing: 6 * small.size, words: words)
    let axis = Axis(
      scale: Scale(domain: 0...1, from: 0, to: 1),
      ticks: ticks.map { (value: $0.value / 100, label: $0.label) },
      title: words.say(es: "error relativo, %", en: "relative error, %"))
    // Each mark has a row of its own for its name, so that names never meet.
    let head = Double(marks.count) * canvas.lineHeight(bold) + canvas.em(0.5)
    let plot = frame.inset(
      left: canvas.em(0.4), top: head, right: canvas.em(0.4), bottom: axis.height(on: canvas))
    let scale = Scale(domain: 0...1, from: plot.minX, to: plot.maxX)
    let histogram = Histogram(errors.map { Float(min($0, 1)) }, range: 0...1, bins: 50)
    HistogramChart(
      edges: histogram.edges, counts: histogram.counts,
      fill: canvas.theme.color(.frozen).mixed(with: canvas.theme.background, 0.5)
    ).draw(in: plot, scale: scale, on: &canvas)
    Axis(scale: scale, ticks: axis.ticks, title: axis.title).drawBelow(plot, on: &canvas)
    for (row, mark) in marks.enumerated() {
      let x = scale(min(mark.value, 1))
      let top = frame.minY + Double(row) * canvas.lineHeight(bold)
      let text = mark.label + " " + words.percentage(mark.value, 1)
      let isRight = x + canvas.em(0.5) + canvas.width(text, bold) > frame.maxX
      canvas.text(
        text, at: Point(isRight ? x - canvas.em(0.4) : x + canvas.em(0.4), top), bold,
        color: canvas.theme.color(mark.role), anchor: isRight ? .end : .start, vertical: .top)
      guard mark.role != .frozen else { continue }
      canvas.line(Point(x, top), Point(x, plot.maxY), canvas.dataStroke(mark.role))
    }
  }
}
