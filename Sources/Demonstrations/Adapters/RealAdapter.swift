internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// An adapter beside a real weight matrix, drawn to scale, with what it costs and what one step does.
public struct RealAdapter: Demonstration {
  public let id = "real-adapter"
  public let parameters = [
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 8, range: 1...512)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try finiteWeights(in: input, atLeast: 2)
    let matrix = weights.matrix
    let rank = min(try whole("rank", in: input), matrix.rows, matrix.columns)
    let result = try RealAdapterResult(weights: weights, rank: rank, seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let share = words.percentage(result.count.share, 1)
          return words.say(
            es: "A escala: rango \(words.integer(rank)), el \(share) de los números",
            en: "To scale: rank \(words.integer(rank)), \(share) of the numbers")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RealAdapterDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// A weight with an adapter that has made its first step.
struct RealAdapterResult: Sendable {
  static let examples = 16

  let weights: NamedWeights
  /// After the first step: B is no longer zero.
  let adapter: LoRAAdapter
  let updateRank: Int
  /// The loss after the first step, as a share of that before it.
  let lossLeft: Double

  init(weights: NamedWeights, rank: Int, seed: UInt64) throws {
    self.weights = weights
    let matrix = weights.matrix
    var generator = RandomGenerator(seed: seed)
    let fresh = try LoRAAdapter.start(
      for: matrix, LoRAConfiguration(rank: rank, alpha: Double(rank)), using: &generator
    ).adapter
    // Every output of every example is asked to move, by some random number of about one.
    let x = Matrix.randomNormal(
      rows: Self.examples, columns: matrix.columns, using: &generator)
    let missed = Matrix.randomNormal(
      rows: Self.examples, columns: matrix.rows, using: &generator)
    // The update gets the size of the weights.
    let size = max(Statistics.standardDeviation(matrix.values), 1e-30)
    let gradient = try fresh.gradients(upstream: missed, input: x, weight: matrix).loraB
    // The step that lowers the loss most along this gradient.
    let along = x.multiplied(by: fresh.loraA.transposed).multiplied(by: gradient.transposed)
    let length = along.norm > 0 ? gradient.norm * gradient.norm / (along.norm * along.norm) : 0
    let moved = missed - Float(length) * along
    lossLeft =
      missed.norm > 0 ? (moved.norm / missed.norm) * (moved.norm / missed.norm) : 1
    adapter = try LoRAAdapter(
      loraA: fresh.loraA, loraB: Float(-length * size) * gradient, scaling: fresh.scaling)
    updateRank = try SingularValueDecomposition(adapter.loraB).rank
  }

  var rank: Int { adapter.rank }
  var count: ParameterCountResult {
    ParameterCountResult(
      rows: weights.matrix.rows, columns: weights.matrix.columns, rank: rank)
  }

  /// Whether the factors have fewer numbers than the matrix.
  private var isSmall: Bool { count.factors(rank) < count.full }

  var named: [String: Value] {
    // What the article says: something is learned, by an update of low rank.
    let learns = lossLeft < 1 && updateRank <= rank
    return [
      "name": .code(weights.name), "rows": .integer(count.rows), "columns": .integer(count.columns),
      "rank": .integer(rank), "full": .integer(count.full),
      "trained": .integer(count.factors(rank)),
      "share": .percentage(count.share, decimals: 1),
      "times": .number(Double(count.full) / Double(count.factors(rank)), decimals: 1),
      "break_even": .number(count.breakEven, decimals: 0),
      "update_rank": .integer(updateRank), "examples": .integer(Self.examples),
      "loss_fell": .percentage(1 - lossLeft, decimals: 0), "saves": .flag(isSmall),
      "kilobytes": .number(Double(count.factors(rank)) * 2 / 1000, decimals: 1),
      "full_kilobytes": .number(Double(count.full) * 2 / 1000, decimals: 1),
      "verdict": .words(
        learns && isSmall
          ? ClaimOutcome.holds.phrase
          : learns
            ? ClaimOutcome.holdsWithLimit.phrase
            : ClaimOutcome.doesNotHold.phrase),
      "claim_number": .percentage(count.share, decimals: 1),
      "claim_measure": .words(
        Phrase(es: "de los números de la matriz", en: "of the matrix's numbers")),
    ]
  }

  /// The ranks that are listed: powers of two up to the shorter side, and that of the adapter.
  var ranks: [Int] {
    let most = min(count.rows, count.columns)
    return Array(
      Set([1, 4, 16, 64, 256, rank].filter { $0 <= most })
    ).sorted()
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ranks", title: Phrase(es: "lo que se entrena", en: "what is trained"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "números", en: "numbers"),
          Phrase(es: "parte", en: "share"),
        ],
        rows: ranks.map { rank in
          [
            .init(.integer(rank)), .init(.integer(count.factors(rank))),
            .init(
              .percentage(Double(count.factors(rank)) / Double(count.full), decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        La matriz congelada de \(count.rows)×\(count.columns) como mapa de calor y, a la misma \
        escala, la tira B a su izquierda y la tira A encima, de \(rank) números de ancho. Se \
        entrenan \(words.integer(count.factors(rank))) números en lugar de \
        \(words.integer(count.full)): el \(words.percentage(count.share, 1)).
        """,
      en: """
        The frozen \(count.rows)×\(count.columns) matrix as a heat map and, on the same scale, the \
        strip B on its left and the strip A above it, \(rank) numbers wide. \
        \(words.integer(count.factors(rank))) numbers are trained instead of \
        \(words.integer(count.full)): \(words.percentage(count.share, 1)).
        """)
  }
}
