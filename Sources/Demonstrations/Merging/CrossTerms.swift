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
      "first": .setting(pair.weights[0]),
      "second": .setting(pair.weights[1]),
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
