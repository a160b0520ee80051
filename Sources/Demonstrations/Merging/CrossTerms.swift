internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// What averaging A and B apart brings in: four products instead of two.
public struct CrossTerms: Demonstration {
  public let id = "cross-terms"
  public let parameters = TwoAdapters.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try CrossTermsResult(pair: twoAdapters(in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Promediar A y B por separado mete dos intrusos",
            en: "Averaging A and B apart lets two intruders in")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in CrossTermsDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The products of each B with each A, weighted as `linear` does.
struct CrossTermsResult: Sendable {
  let pair: TwoAdapters
  /// √w of every adapter times its A, and times its B.
  let loraA: [Matrix]
  let loraB: [Matrix]
  /// The product of B of the first index with A of the second.
  let products: [[Matrix]]
  let linear: Matrix

  init(pair: TwoAdapters) throws {
    self.pair = pair
    let roots = pair.weights.map { Float($0.squareRoot()) }
    let scaledA = zip(roots, pair.adapters).map { $0 * $1.loraA }
    let scaledB = zip(roots, pair.adapters).map { $0 * $1.loraB }
    products = try scaledB.map { loraB in
      try scaledA.map { try LoRAAdapter(loraA: $0, loraB: loraB, scaling: 1).deltaWeight }
    }
    (loraA, loraB) = (scaledA, scaledB)
    linear = try pair.combined(.linear)
  }

  var wanted: Matrix { products[0][0] + products[1][1] }
  var unwanted: Matrix { products[0][1] + products[1][0] }
  var error: Double { linear.relativeError(to: pair.sum) }
  /// Whether the four products are all that `linear` gives.
  var addsUp: Bool { (wanted + unwanted).relativeError(to: linear) < 1e-5 }

  var named: [String: Value] {
    [
      "first": .significant(pair.weights[0], digits: 2),
      "second": .significant(pair.weights[1], digits: 2),
      "products": .integer(products.count * products.count),
      "norm_11": .number(products[0][0].norm, decimals: 1),
      "norm_22": .number(products[1][1].norm, decimals: 1),
      "norm_12": .number(products[0][1].norm, decimals: 1),
      "norm_21": .number(products[1][0].norm, decimals: 1),
      "wanted": .number(wanted.norm, decimals: 1),
      "unwanted": .number(unwanted.norm, decimals: 1),
      "error": .percentage(error, decimals: 0), "error_share": .number(error, decimals: 2),
      "adds_up": .flag(addsUp), "rank": .integer(pair.rank),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "norms", title: Phrase(es: "normas de los productos", en: "norms of the products"),
        columns: [Phrase(""), Phrase("A₁"), Phrase("A₂")],
        rows: products.enumerated().map { row, entries in
          [.init(.code("B\(["₁", "₂"][row])"))]
            + entries.enumerated().map { column, matrix in
              .init(
                .number(matrix.norm, decimals: 2),
                shade: .role(row == column ? .merged : .error))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func norm(_ row: Int, _ column: Int) -> String { words.number(products[row][column].norm, 1) }
    return words.say(
      es: """
        Cuadrícula de dos por dos: a la izquierda B₁ y B₂, arriba A₁ y A₂, y en cada casilla su \
        producto como mapa de calor. Los de la diagonal, B₁A₁ (norma \(norm(0, 0))) y B₂A₂ \
        (\(norm(1, 1))), son los que se quieren; B₁A₂ (\(norm(0, 1))) y B₂A₁ (\(norm(1, 0))) sobran. \
        Por ellos «linear» se aleja de la suma un \(words.percentage(error, 0)).
        """,
      en: """
        A grid of two by two: B₁ and B₂ on the left, A₁ and A₂ above, and in each place their product \
        as a heat map. Those on the diagonal, B₁A₁ (norm \(norm(0, 0))) and B₂A₂ (\(norm(1, 1))), are \
        wanted; B₁A₂ (\(norm(0, 1))) and B₂A₁ (\(norm(1, 0))) are not. Because of them “linear” is off \
        the sum by \(words.percentage(error, 0)).
        """)
  }
}

/// Draws the factors around their four products, and beside them both sums.
struct CrossTermsDrawing {
  let result: CrossTermsResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let side = Double(result.pair.side)
    let rank = Double(result.pair.rank)
    let head = canvas.lineHeight(base)
    let line = canvas.lineHeight(small)
    // Down: names of A, A₁ and A₂, then two rows of maps with a norm below each.
    let near = canvas.em(0.6)
    let between = canvas.em(canvas.isCompact ? 0.9 : 1.4)
    let byHeight = (frame.height - head - near - 2 * line - between) / (2 * side + rank)
    let labels = canvas.width("B₂", base) + canvas.em(0.5)
    let beside = canvas.em(canvas.isCompact ? 2 : 4)
    let columns = canvas.isCompact ? 2.0 : 3
    let byWidth =
      (frame.width - labels - near - between - (columns > 2 ? beside : 0))
      / (columns * side + rank)
    let unit = min(byHeight, byWidth)
    let map = unit * side
    let strip = max(unit * rank, canvas.em(0.5))
    let used = labels + strip + near + columns * map + between + (columns > 2 ? beside : 0)
    let tall = head + strip + near + 2 * (map + line) + between
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - tall) / 2)
    let gridX = [0, 1].map { left + labels + strip + near + Double($0) * (map + between) }
    let gridY = [0, 1].map { top + head + strip + near + Double($0) * (map + line + between) }
    let factors = result.loraA + result.loraB
    let largestFactor =
      factors.compactMap { Statistics.absoluteMaximum($0.values)?.value.magnitude }.max() ?? 1
    let shown = result.products.flatMap { $0 } + [result.wanted, result.linear]
    let largest =
      shown.compactMap { Statistics.absoluteMaximum($0.values)?.value.magnitude }.max() ?? 1
    let limit = ColorScale.roundLimit(Double(largest))

    func paint(_ matrix: Matrix, _ place: Rectangle, limit: Double) {
      let (rows, columns) = (Double(matrix.rows), Double(matrix.columns))
      let space = min(canvas.preset.cellGap, 0.12 * unit)
      let cell = Size(
        width: (place.width - space * (columns - 1)) / columns,
        height: (place.height - space * (rows - 1)) / rows)
      var chart = MatrixChart(matrix, limit: limit, decimals: 1, context: canvas.context)
      chart.aspect = cell.height / cell.width
      chart.draw(
        at: Point(place.x, place.y), cellWidth: cell.width, gap: space, labels: nil, on: &canvas)
    }
    for index in 0..<2 {
      let digit = ["₁", "₂"][index]
      let across = Rectangle(x: gridX[index], y: top + head, width: map, height: strip)
      paint(result.loraA[index], across, limit: ColorScale.roundLimit(Double(largestFactor)))
      canvas.text(
        "A" + digit, at: Point(across.midX, across.minY - canvas.em(0.3)), base,
        color: canvas.theme.color(.loraA), anchor: .middle, vertical: .bottom)
      let down = Rectangle(x: left + labels, y: gridY[index], width: strip, height: map)
      paint(result.loraB[index], down, limit: ColorScale.roundLimit(Double(largestFactor)))
      canvas.text(
        "B" + digit, at: Point(left, down.midY), base, color: canvas.theme.color(.loraB),
        vertical: .middle)
    }
    for row in 0..<2 {
      for column in 0..<2 {
        let place = Rectangle(x: gridX[column], y: gridY[row], width: map, height: map)
        let role: Role = row == column ? .merged : .error
        paint(result.products[row][column], place, limit: limit)
        let stroke = Stroke(
          canvas.theme.color(role), width: canvas.preset.lineWidth,
          dashes: row == column ? [] : [canvas.em(0.35), canvas.em(0.2)])
        canvas.outline(place.inset(-stroke.width - canvas.preset.cellGap), stroke)
        let norm = words.number(result.products[row][column].norm, 1)
        let note =
          canvas.isCompact
          ? norm
          : row == column
            ? words.say(es: "norma \(norm)", en: "norm \(norm)")
            : words.say(es: "intruso: \(norm)", en: "intruder: \(norm)")
        canvas.text(
          note, at: Point(place.midX, place.maxY + canvas.em(0.4)), small,
          color: canvas.theme.color(role), anchor: .middle, vertical: .top)
      }
    }
    guard columns > 2 else { return }
    let right = gridX[1] + map + beside
    let sums: [(Matrix, String, Role)] = [
      (result.wanted, words.say(es: "solo la diagonal", en: "the diagonal alone"), .merged),
      (
        result.linear,
        words.say(
          es: "los cuatro: error \(words.percentage(result.error, 0))",
          en: "all four: \(words.percentage(result.error, 0)) off"), .error
      ),
    ]
    for (index, (matrix, note, role)) in sums.enumerated() {
      let place = Rectangle(x: right, y: gridY[index], width: map, height: map)
      paint(matrix, place, limit: limit)
      canvas.text(
        note,
        at: Point(
          canvas.kept(place.midX, width: canvas.width(note, small)),
          place.maxY + canvas.em(0.4)), small, color: canvas.theme.color(role), anchor: .middle,
        vertical: .top)
      canvas.text(
        "→", at: Point(right - beside / 2, place.midY), canvas.style(.base, bold: true),
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .middle)
    }
  }
}
