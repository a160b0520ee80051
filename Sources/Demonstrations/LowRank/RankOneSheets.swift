internal import Charts
internal import Drawing
internal import LinearAlgebra

/// A matrix as a sum of sheets of rank one, the largest first.
public struct RankOneSheets: Demonstration {
  public let id = "rank-one-sheets"
  public let parameters = [
    Parameter(
      "sheets", Phrase(es: "láminas que se enseñan", en: "sheets that are shown"), default: 2,
      range: 1...4)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 2)
    let matrix = weights.matrix
    let svd = try SingularValueDecomposition(matrix)
    let count = min(try whole("sheets", in: input), svd.values.count)
    let result = RankOneSheetsResult(matrix: matrix, svd: svd, count: count)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "\(count) láminas recogen el \(words.percentage(result.energy, 1)) de la matriz",
            en: "\(count) sheets hold \(words.percentage(result.energy, 1)) of the matrix")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The first sheets of a matrix, and what they leave.
struct RankOneSheetsResult: Sendable {
  let matrix: Matrix
  let svd: SingularValueDecomposition
  let count: Int
  let sheets: [Matrix]
  let rest: Matrix

  init(matrix: Matrix, svd: SingularValueDecomposition, count: Int) {
    self.matrix = matrix
    self.svd = svd
    self.count = count
    let sums = (0...count).map { svd.approximation(rank: $0) }
    sheets = zip(sums.dropFirst(), sums).map { $0 - $1 }
    rest = matrix - sums[count]
  }

  /// The share of the squared norm that the sheets hold.
  var energy: Double {
    let all = svd.values.reduce(0) { $0 + $1 * $1 }
    return all > 0 ? svd.values.prefix(count).reduce(0) { $0 + $1 * $1 } / all : 1
  }
  var limit: Double {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    return largest > 0 ? ColorScale.roundLimit(largest) : 1
  }

  var named: [String: Value] {
    [
      "sheets": .integer(count), "rows": .integer(matrix.rows),
      "columns": .integer(matrix.columns), "rank": .integer(svd.rank),
      "energy": .percentage(energy, decimals: 1),
      "first": .significant(svd.values.first ?? 0, digits: 3),
      "last": .significant(svd.values.last ?? 0, digits: 3),
      "rest": .significant(rest.norm, digits: 3),
      "exact": .flag(svd.rank <= count),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "singular-values", title: Phrase(es: "valores singulares", en: "singular values"),
        rows: [svd.values.prefix(12).map { .init(.significant($0, digits: 3)) }])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = svd.values.prefix(count).map { words.numbers.significant($0, digits: 3) }
      .joined(separator: words.say(es: "; ", en: ", "))
    return words.say(
      es: """
        Una matriz de \(matrix.rows)×\(matrix.columns) igual a la suma de \(count) láminas de rango \
        uno y un resto, como mapas de calor en una misma escala. Los valores singulares de las \
        láminas son \(list); juntas recogen el \(words.percentage(energy, 1)).
        """,
      en: """
        A \(matrix.rows)×\(matrix.columns) matrix equal to the sum of \(count) sheets of rank one and \
        a rest, as heat maps on one scale. The singular values of the sheets are \(list); together \
        they hold \(words.percentage(energy, 1)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let key = ColorBar(limit: limit, decimals: Ticks.decimals([0, limit]))
    let (foot, body) = frame.cutBottom(key.height(on: canvas), gap: canvas.em(0.8))
    var panels = [MatrixPanels.Panel(title: "W", matrix: matrix, limit: limit, role: .original)]
    for (index, sheet) in sheets.enumerated() {
      panels.append(
        .init(
          title: "σ\("₁₂₃₄".dropFirst(index).prefix(1))", matrix: sheet, limit: limit, role: .update
        ))
    }
    panels.append(
      .init(
        title: canvas.words.say(es: "resto", en: "rest"), matrix: rest, limit: limit, role: .error))
    let drawn = MatrixPanels(
      panels: panels, operators: ["="] + Array(repeating: "+", count: count)
    ).draw(in: body, on: &canvas)
    let width = min(canvas.em(14), frame.width)
    key.draw(
      in: Rectangle(
        x: frame.midX - width / 2, y: min(drawn.maxY + canvas.em(1), foot.y), width: width,
        height: 0), on: &canvas)
  }
}
