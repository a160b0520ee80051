internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Two adapters as one: ways that give the exact sum, and one that does not.
public struct CombinedAdapters: Demonstration {
  public let id = "combined-adapters"
  public let parameters = TwoAdapters.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try CombinedAdaptersResult(pair: twoAdapters(in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "«cat» y «svd» dan la suma; «linear», otra cosa",
            en: "“cat” and “svd” give the sum; “linear” does not")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The update of every way of combining, and its distance from the exact sum.
struct CombinedAdaptersResult: Sendable {
  let pair: TwoAdapters
  let cat: Matrix
  let svd: Matrix
  /// The best approximation of the rank of one adapter.
  let svdSmall: Matrix
  let linear: Matrix

  init(pair: TwoAdapters) throws {
    self.pair = pair
    cat = try pair.combined(.cat)
    svd = try pair.combined(.svd(rank: 2 * pair.rank))
    svdSmall = try pair.combined(.svd(rank: pair.rank))
    linear = try pair.combined(.linear)
  }

  private var ways: [(name: String, matrix: Matrix, rank: Int)] {
    [
      ("cat", cat, 2 * pair.rank), ("svd", svd, 2 * pair.rank), ("svd", svdSmall, pair.rank),
      ("linear", linear, pair.rank),
    ]
  }
  /// Whether nothing but rounding separates an update from the sum.
  func isExact(_ matrix: Matrix) -> Bool { pair.error(of: matrix) < 1e-5 }

  var named: [String: Value] {
    func error(_ matrix: Matrix) -> Value {
      .percentage(pair.error(of: matrix), decimals: 0)
    }
    return [
      "side": .integer(pair.side), "rank": .integer(pair.rank),
      "rank_sum": .integer(2 * pair.rank),
      "first": .setting(pair.weights[0]),
      "second": .setting(pair.weights[1]),
      "cat_error": .significant(pair.error(of: cat), digits: 1),
      "svd_error": .significant(pair.error(of: svd), digits: 1),
      "svd_small_error": error(svdSmall), "linear_error": error(linear),
      "cat_exact": .flag(isExact(cat)), "svd_exact": .flag(isExact(svd)),
      "linear_exact": .flag(isExact(linear)),
      "linear_worse": .flag(pair.error(of: linear) > pair.error(of: svdSmall)),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "errors", title: Phrase(es: "distancia a la suma", en: "distance from the sum"),
        columns: [
          Phrase(es: "método", en: "method"), Phrase(es: "rango", en: "rank"),
          Phrase(es: "error relativo", en: "relative error"),
        ],
        rows: ways.map { way in
          [
            .init(.code(way.name)), .init(.integer(way.rank)),
            .init(
              .significant(pair.error(of: way.matrix), digits: 2),
              shade: isExact(way.matrix) ? .role(.merged) : .role(.error)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func error(_ matrix: Matrix) -> String { words.percentage(pair.error(of: matrix), 0) }
    return words.say(
      es: """
        Arriba, mapas de calor de dos actualizaciones de \(pair.side)×\(pair.side) y de su suma \
        ponderada. Abajo, lo que dan cuatro formas de combinarlas, en la misma escala: «cat» y «svd» \
        de rango \(2 * pair.rank) son iguales a la suma; «svd» de rango \(pair.rank) se aleja un \
        \(error(svdSmall)) y «linear», un \(error(linear)).
        """,
      en: """
        Above, heat maps of two \(pair.side)×\(pair.side) updates and of their weighted sum. Below, \
        what four ways of combining them give, on the same scale: “cat” and “svd” of rank \
        \(2 * pair.rank) are equal to the sum; “svd” of rank \(pair.rank) is off by \
        \(error(svdSmall)) and “linear” by \(error(linear)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let weighted = zip(pair.adapters, pair.weights).map { Float($1) * $0.deltaWeight }
    let all = weighted + [pair.sum] + ways.map(\.matrix)
    let largest = all.compactMap { Statistics.absoluteMaximum($0.values)?.value.magnitude }.max()
    func factor(_ index: Int) -> String {
      Value.setting(pair.weights[index]).formatted(words)
    }
    let above: [MatrixGrid.Panel?] = [
      .init(title: "\(factor(0))·ΔW₁", matrix: weighted[0], role: .update),
      .init(title: "\(factor(1))·ΔW₂", matrix: weighted[1], role: .update),
      .init(title: words.say(es: "la suma", en: "the sum"), matrix: pair.sum, role: .merged), nil,
    ]
    let below = ways.map { way -> MatrixGrid.Panel? in
      let exact = isExact(way.matrix)
      let error = words.percentage(pair.error(of: way.matrix), 0)
      return MatrixGrid.Panel(
        title: "\(way.name), r=\(way.rank)",
        note: exact
          ? words.say(es: "exacta", en: "exact")
          : words.say(es: "error \(error)", en: "\(error) off"),
        matrix: way.matrix, role: exact ? .merged : .error)
    }
    MatrixGrid(
      columns: 4, panels: above + below, signs: [0: "+", 1: "="],
      limit: ColorScale.roundLimit(Double(largest ?? 1))
    ).draw(in: frame, on: &canvas)
  }
}
