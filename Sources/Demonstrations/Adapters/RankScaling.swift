internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// What the scaling does to the first step as the rank grows: α/r against α/√r, for two optimisers.
public struct RankScaling: Demonstration {
  public let id = "rank-scaling"
  public let parameters = [
    Parameter("alpha", Phrase(es: "alfa", en: "alpha"), default: 8, range: 1...128)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try RankScalingResult(
      alpha: Double(whole("alpha", in: input)), seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "El mismo α no es el mismo paso en cada rango",
            en: "The same α is not the same step at every rank")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RankScalingDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// How far the output of a layer moves in the first step, at every rank.
struct RankScalingResult: Sendable {
  static let side = 64
  static let ranks = [1, 2, 4, 8, 16, 32, 64]
  /// How many layers are drawn, each with as many examples as it has outputs.
  static let draws = 2

  /// How the first step is made.
  enum Optimiser: CaseIterable, Sendable {
    /// Every number moves by the gradient.
    case descent
    /// Every number moves by the same amount, as Adam's first step does.
    case adam
  }

  let alpha: Double
  /// The movement of the output as a share of that at rank one, by optimiser, for α/r and α/√r.
  let movements: [Optimiser: (plain: [Double], stabilized: [Double])]
  /// How many times further the output moves with twice the alpha, at rank eight.
  let doubled: [Optimiser: Double]

  init(alpha: Double, seed: UInt64) throws {
    self.alpha = alpha
    var generator = RandomGenerator(seed: seed)
    let weight = Matrix.zeros(rows: Self.side, columns: Self.side)
    // Every example asks one output to move, and none asks for the same: so the examples do not mix
    // where each is measured, and one gradient holds them all.
    var upstream = weight
    for index in 0..<Self.side { upstream[index, index] = 1 }
    let layers = try (0..<Self.draws).map { _ in
      let start = try LoRAAdapter.start(
        for: weight, LoRAConfiguration(rank: Self.side, alpha: alpha), using: &generator)
      return (
        loraA: start.adapter.loraA,
        input: Matrix.randomNormal(rows: Self.side, columns: Self.side, using: &generator)
      )
    }
    /// How far the first step moves the outputs that were asked to, over all examples.
    func movement(_ configuration: LoRAConfiguration) throws -> [Optimiser: Double] {
      var sums: [Optimiser: Double] = [:]
      for layer in layers {
        let loraA = layer.loraA[rows: 0..<configuration.rank, columns: 0..<Self.side]
        let fresh = try LoRAAdapter(
          loraA: loraA, loraB: .zeros(rows: Self.side, columns: configuration.rank),
          scaling: configuration.scaling)
        let gradient = try fresh.gradients(
          upstream: upstream, input: layer.input, weight: weight
        ).loraB
        for optimiser in Optimiser.allCases {
          let moved = try LoRAAdapter(
            loraA: loraA, loraB: Self.firstStep(optimiser, gradient),
            scaling: configuration.scaling)
          let output = try moved.output(of: layer.input, weight: weight)
          for index in 0..<Self.side {
            sums[optimiser, default: 0] += Double(output[index, index].magnitude)
          }
        }
      }
      return sums
    }
    func movements(_ isRankStabilized: Bool) throws -> [[Optimiser: Double]] {
      try Self.ranks.map {
        try movement(
          LoRAConfiguration(rank: $0, alpha: alpha, isRankStabilized: isRankStabilized))
      }
    }
    let (plain, stabilized) = (try movements(false), try movements(true))
    let twice = try movement(LoRAConfiguration(rank: 8, alpha: 2 * alpha))
    let eighth = plain[3]
    var collected: [Optimiser: (plain: [Double], stabilized: [Double])] = [:]
    var doubled: [Optimiser: Double] = [:]
    for optimiser in Optimiser.allCases {
      func relative(_ sums: [[Optimiser: Double]]) -> [Double] {
        let first = sums[0][optimiser] ?? 1
        return sums.map { ($0[optimiser] ?? 0) / first }
      }
      collected[optimiser] = (relative(plain), relative(stabilized))
      doubled[optimiser] = (twice[optimiser] ?? 0) / (eighth[optimiser] ?? 1)
    }
    self.movements = collected
    self.doubled = doubled
  }

  /// What the first step makes of a B of zeros, with a learning rate of one.
  private static func firstStep(_ optimiser: Optimiser, _ gradient: Matrix) -> Matrix {
    switch optimiser {
    case .descent: return -1 * gradient
    case .adam:
      var loraB = Matrix.zeros(rows: gradient.rows, columns: gradient.columns)
      var moments = AdamW.Moments(rows: gradient.rows, columns: gradient.columns)
      AdamW(learningRate: 1, weightDecay: 0).step(
        &loraB, gradient: gradient, moments: &moments)
      return loraB
    }
  }

  /// The movements at the highest rank, as shares of those at rank one.
  private func last(_ optimiser: Optimiser) -> (plain: Double, stabilized: Double) {
    (movements[optimiser]?.plain.last ?? 1, movements[optimiser]?.stabilized.last ?? 1)
  }

  var named: [String: Value] {
    let (descent, adam) = (last(.descent), last(.adam))
    let most = Self.ranks.last ?? 1
    func times(_ ratio: Double) -> Value { .number(ratio, decimals: ratio < 9.95 ? 1 : 0) }
    return [
      "alpha": .integer(Int(alpha)), "side": .integer(Self.side), "highest_rank": .integer(most),
      "examples": .integer(Self.draws * Self.side),
      "descent_plain_shrinks": times(1 / descent.plain),
      "descent_stable_grows": times(descent.stabilized),
      "adam_plain_grows": times(adam.plain), "adam_stable_grows": times(adam.stabilized),
      "doubled_descent": times(doubled[.descent] ?? 0), "doubled_adam": times(doubled[.adam] ?? 0),
      "scaling_first": .number(alpha, decimals: 0),
      "scaling_last": .significant(alpha / Double(most), digits: 3),
      "stable_last": .significant(alpha / Double(most).squareRoot(), digits: 3),
      "products_8": .integer(8 * 2 * Self.side),
      "adam_holds": .flag((0.5...2).contains(adam.plain)),
    ]
  }

  static let names: [Optimiser: Phrase] = [
    .descent: Phrase(es: "descenso por gradiente", en: "gradient descent"),
    .adam: Phrase(es: "Adam, primer paso", en: "Adam, first step"),
  ]

  var tables: [DataTable] {
    [
      DataTable(
        id: "movements",
        title: Phrase(
          es: "cuánto se mueve la salida, con rango 1 = 1",
          en: "how far the output moves, with rank 1 = 1"),
        columns: [Phrase(es: "rango", en: "rank")]
          + Optimiser.allCases.flatMap { optimiser -> [Phrase] in
            let name = optimiser == .descent ? Phrase("SGD") : Phrase("Adam")
            return [Phrase("\(name.english), α/r"), Phrase("\(name.english), α/√r")]
          },
        rows: Self.ranks.indices.map { index in
          [.init(.integer(Self.ranks[index]))]
            + Optimiser.allCases.flatMap { optimiser -> [DataTable.Cell] in
              let lines = movements[optimiser]
              return [lines?.plain[index] ?? 0, lines?.stabilized[index] ?? 0].map {
                .init(.significant($0, digits: 3))
              }
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let (descent, adam) = (last(.descent), last(.adam))
    func text(_ value: Double) -> String { words.numbers.significant(value, digits: 2) }
    let most = Self.ranks.last ?? 1
    return words.say(
      es: """
        Dos gráficas de cuánto se mueve la salida en el primer paso según el rango, en escalas \
        logarítmicas y con rango 1 como unidad. Con descenso por gradiente, α/r llega a \
        \(text(descent.plain)) en el rango \(most) y α/√r a \(text(descent.stabilized)); con Adam, \
        α/r a \(text(adam.plain)) y α/√r a \(text(adam.stabilized)).
        """,
      en: """
        Two plots of how far the output moves in the first step against the rank, on logarithmic \
        scales with rank 1 as the unit. With gradient descent α/r comes to \(text(descent.plain)) at \
        rank \(most) and α/√r to \(text(descent.stabilized)); with Adam α/r to \(text(adam.plain)) \
        and α/√r to \(text(adam.stabilized)).
        """)
  }
}
