internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// How the numbers of A are drawn at the start, and a trap in the layout of the matrix.
public struct RandomStarts: Demonstration {
  public let id = "random-starts"
  public let parameters = [
    Parameter(
      "width", Phrase(es: "entradas de la capa", en: "inputs of the layer"), default: 768,
      range: 8...8192),
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 16, range: 1...256),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    // Of weights only the shape counts.
    let width = try input.weights?.matrix.columns ?? whole("width", in: input)
    let rows = input.weights?.matrix.rows ?? width
    guard width > 0, rows > 0 else {
      throw DemonstrationError.needsWeights(demonstration: id, atLeast: 1, found: 0)
    }
    let rank = min(try whole("rank", in: input), width, rows)
    let result = try RandomStartsResult(width: width, rank: rank, seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Tres maneras de sortear A, y una es un error",
            en: "Three ways to draw A, and one is a mistake")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RandomStartsDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// The numbers that each start draws.
struct RandomStartsResult: Sendable {
  struct Start: Sendable {
    let name: Phrase
    let rule: String
    let values: [Float]
    let deviation: Double
    let reach: Double
    /// The mean squared length of `A x` for an input of entries of size one.
    var branch: Double
  }

  let width: Int
  let rank: Int
  let starts: [Start]

  init(width: Int, rank: Int, seed: UInt64) throws {
    self.width = width
    self.rank = rank
    var generator = RandomGenerator(seed: seed)
    // The shape alone decides; a weight of one row for each row of A is enough to draw from.
    let weight = Matrix.zeros(rows: rank, columns: width)
    let configuration = try LoRAConfiguration(rank: rank, alpha: Double(rank))
    func drawn(_ start: LoRAAdapter.RandomStart) throws -> Matrix {
      try LoRAAdapter.start(start, for: weight, configuration, using: &generator).adapter.loraA
    }
    // A stored as [in, rank]: the same rule takes the rank for the number of inputs.
    let bound = 1 / Double(rank).squareRoot()
    let matrices = [
      try drawn(.kaiming), try drawn(.gaussian),
      Matrix.randomUniform(rows: rank, columns: width, in: -bound..<bound, using: &generator),
    ]
    let x = Matrix.randomNormal(rows: 32, columns: width, using: &generator)
    let rules: [(Phrase, String)] = [
      (Phrase(es: "por defecto", en: "default"), "±1/√in"),
      (Phrase("gaussian"), "σ = 1/r"),
      (Phrase(es: "la trampa", en: "the trap"), "±1/√r"),
    ]
    starts = zip(rules, matrices).map { rule, matrix in
      let length = x.multiplied(by: matrix.transposed).norm
      return Start(
        name: rule.0, rule: rule.1, values: matrix.values,
        deviation: Statistics.standardDeviation(matrix.values),
        reach: Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0),
        branch: length * length / Double(x.rows * rank))
    }
  }

  var bound: Double { 1 / Double(width).squareRoot() }
  var trapBound: Double { 1 / Double(rank).squareRoot() }

  var named: [String: Value] {
    func size(_ value: Double) -> Value { .significant(value, digits: 2) }
    func times(_ value: Double) -> Value { .number(value, decimals: value < 9.95 ? 1 : 0) }
    return [
      "width": .integer(width), "rank": .integer(rank), "count": .integer(width * rank),
      "bound": size(bound), "trap_bound": size(trapBound), "sigma": size(1 / Double(rank)),
      "default_spread": size(starts[0].deviation), "gaussian_spread": size(starts[1].deviation),
      "trap_spread": size(starts[2].deviation),
      "expected_spread": size(bound / 3.0.squareRoot()),
      "trap_ratio": times(trapBound / bound),
      "gaussian_ratio": times(starts[1].deviation / starts[0].deviation),
      "trap_step": times(starts[2].branch / starts[0].branch),
      "gaussian_step": times(starts[1].branch / starts[0].branch),
      "trap_is_larger": .flag(rank < width),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "starts", title: Phrase(es: "cómo se sortea A", en: "how A is drawn"),
        columns: [
          Phrase(es: "comienzo", en: "start"), Phrase(es: "regla", en: "rule"),
          Phrase(es: "desviación típica", en: "standard deviation"),
          Phrase(es: "mayor magnitud", en: "largest magnitude"),
        ],
        rows: starts.map { start in
          [
            .init(.words(start.name)), .init(.code(start.rule)),
            .init(.significant(start.deviation, digits: 3)),
            .init(.significant(start.reach, digits: 3)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = starts.map {
      "\($0.name(words)) (\($0.rule)), σ = \(words.numbers.significant($0.deviation, digits: 2))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Tres histogramas de los \(words.integer(width * rank)) números de A sobre un mismo eje: \
        \(list).
        """,
      en: """
        Three histograms of the \(words.integer(width * rank)) numbers of A over one axis: \(list).
        """)
  }
}
