internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// How far from the exact sum each way of combining two adapters ends.
public struct CombinationMethods: Demonstration {
  public let id = "combination-methods"
  public let parameters =
    TwoAdapters.parameters + [
      Parameter(
        "density", Phrase(es: "parte de las entradas que se guarda", en: "share of entries kept"),
        default: 0.5, range: 0.05...1, isWhole: false)
    ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try CombinationMethodsResult(
      pair: twoAdapters(in: input), density: value(of: "density", in: input), seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Solo dos métodos suman; los demás cambian la suma",
            en: "Only two methods add; the others change the sum")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The relative distance of every method from the sum.
struct CombinationMethodsResult: Sendable {
  struct Way: Sendable {
    let name: String
    let rank: Int
    let error: Double
    var isExact: Bool { error < 1e-5 }
  }

  let pair: TwoAdapters
  let density: Double
  let ways: [Way]
  /// How far the mean of many draws of DARE is from `linear`, and how far a single draw.
  let dareMean: Double
  let dareOnce: Double

  /// How many draws of DARE are averaged.
  static let draws = 400

  init(pair: TwoAdapters, density: Double, seed: UInt64) throws {
    self.pair = pair
    self.density = density
    var generator = RandomGenerator(seed: seed &+ 1)
    let masks = (0..<Self.draws).map { _ in
      DareMasks.random(for: pair.adapters, density: density, using: &generator)
    }
    let methods: [(String, CombinationMethod)] = [
      ("cat", .cat), ("svd", .svd(rank: 2 * pair.rank)), ("svd", .svd(rank: pair.rank)),
      ("ties_svd", .ties(density: density, sign: .total, exact: true)), ("linear", .linear),
      ("magnitude_prune", .magnitudePrune(density: density)),
      ("ties", .ties(density: density, sign: .total, exact: false)),
      ("dare_linear", .dare(density: density, masks: masks[0], electing: false)),
      ("dare_ties", .dare(density: density, masks: masks[0], electing: true)),
    ]
    let found = try methods.map { name, method in
      let combined = try LoRAAdapter.combined(pair.adapters, weights: pair.weights, by: method)
      return Way(
        name: name, rank: combined.rank, error: pair.error(of: combined.deltaWeight))
    }
    // Exact ones differ in rounding alone, so the order of the list settles which comes first.
    ways = found.enumerated().sorted {
      ($0.element.isExact ? 0 : $0.element.error, $0.offset)
        < ($1.element.isExact ? 0 : $1.element.error, $1.offset)
    }.map(\.element)
    let linear = try pair.combined(.linear)
    var sum = Matrix.zeros(rows: pair.side, columns: pair.side)
    for mask in masks {
      sum = sum + (try pair.combined(.dare(density: density, masks: mask, electing: false)))
    }
    dareMean = (Float(1 / Double(Self.draws)) * sum).relativeError(to: linear)
    dareOnce = try pair.combined(.dare(density: density, masks: masks[0], electing: false))
      .relativeError(to: linear)
  }

  var exact: [Way] { ways.filter(\.isExact) }
  private var worst: Way { ways.max { $0.error < $1.error } ?? ways[0] }

  var named: [String: Value] {
    func error(_ name: String) -> Value {
      .percentage(ways.first { $0.name == name }?.error ?? 0, decimals: 0)
    }
    return [
      "methods": .integer(ways.count), "exact": .integer(exact.count),
      "density": .settingShare(density),
      "rank": .integer(pair.rank), "rank_sum": .integer(2 * pair.rank),
      "linear": error("linear"), "ties": error("ties"), "ties_svd": error("ties_svd"),
      "dare_linear": error("dare_linear"), "dare_ties": error("dare_ties"),
      "magnitude_prune": error("magnitude_prune"),
      "worst": .code(worst.name), "worst_error": .percentage(worst.error, decimals: 0),
      "draws": .integer(Self.draws), "dare_once": .percentage(dareOnce, decimals: 0),
      "dare_mean": .percentage(dareMean, decimals: 0),
      "dare_converges": .flag(dareMean < 0.5 * dareOnce),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "methods", title: Phrase(es: "distancia a la suma", en: "distance from the sum"),
        columns: [
          Phrase(es: "método", en: "method"), Phrase(es: "rango", en: "rank"),
          Phrase(es: "error relativo", en: "relative error"),
        ],
        rows: ways.map { way in
          [
            .init(.code(way.name)), .init(.integer(way.rank)),
            .init(
              .percentage(way.error, decimals: 1),
              shade: way.isExact ? .role(.merged) : .none),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = ways.map { "\($0.name) (r=\($0.rank)) \(words.percentage($0.error, 0))" }
      .joined(separator: words.say(es: "; ", en: ", "))
    return words.say(
      es: """
        Barras horizontales con la distancia relativa entre lo que da cada forma de combinar dos \
        adaptadores y su suma ponderada exacta. \(list).
        """,
      en: """
        Horizontal bars with the relative distance between what each way of combining two adapters \
        gives and their exact weighted sum. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let (head, body) = frame.cutTop(canvas.lineHeight(small), gap: canvas.em(0.5))
    canvas.text(
      words.say(es: "distancia a la suma exacta", en: "distance from the exact sum"),
      at: Point(head.minX, head.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    var chart = BarRows(
      rows: ways.map { way in
        BarRows.Row(
          name: canvas.isCompact ? way.name : "\(way.name), r=\(way.rank)", value: way.error,
          label: way.isExact
            ? words.say(es: "exacta", en: "exact") : words.percentage(way.error, 0),
          fill: canvas.theme.color(way.isExact ? .merged : .error))
      }, limit: max(worst.error, 1e-9))
    chart.isCode = true
    chart.draw(in: body, on: &canvas)
  }
}
