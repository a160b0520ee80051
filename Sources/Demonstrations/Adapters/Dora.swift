internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// DoRA: every row of the weight keeps a length of its own, and the update turns it.
public struct Dora: Demonstration {
  public let id = "dora"
  public let parameters = [
    Parameter(
      "strength",
      Phrase(es: "tamaño de la actualización, en décimas", en: "size of the update, in tenths"),
      default: 25, range: 0...60),
    Parameter(
      "stretch",
      Phrase(es: "longitud aprendida, en tanto por ciento", en: "length learned, in percent"),
      default: 150,
      range: 10...300),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try DoraResult(
      strength: Float(whole("strength", in: input)) / 10,
      stretch: Float(whole("stretch", in: input)) / 100, seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "DoRA separa el giro de cada fila de su longitud",
            en: "DoRA keeps the turn of a row apart from its length")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in DoraDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// Rows of two numbers, so that they can be drawn as arrows: before, with LoRA, and with DoRA.
struct DoraResult: Sendable {
  /// The frozen weight, 3×2.
  let weight: Matrix
  let lora: Matrix
  let dora: Matrix
  /// DoRA's merged weight once the first row's length has been changed.
  let stretched: Matrix
  let magnitude: [Float]
  let stretch: Float

  init(strength: Float, stretch: Float, seed: UInt64) throws {
    self.stretch = stretch
    var generator = RandomGenerator(seed: seed)
    let weight = Self.rows(using: &generator)
    let configuration = try LoRAConfiguration(rank: 1, alpha: 1)
    let start = try LoRAAdapter.start(for: weight, configuration, using: &generator)
      .adapter.withMagnitude(of: weight)
    let magnitude = start.magnitude ?? []
    let loraB =
      strength
      * Matrix(
        rows: 3, columns: 1,
        values: (0..<3).map { row in
          Float(0.8 + 0.6 * generator.nextUniform()) * (row == 1 ? -1 : 1)
        })
    func merged(_ magnitude: [Float]?) throws -> Matrix {
      try LoRAAdapter(
        loraA: start.loraA, loraB: loraB, scaling: start.scaling, magnitude: magnitude
      ).merged(into: weight).weight
    }
    var changed = magnitude
    changed[0] *= stretch
    self.weight = weight
    self.magnitude = magnitude
    (lora, dora, stretched) = (try merged(nil), try merged(magnitude), try merged(changed))
  }

  /// Rows of about one length, in directions spread over the plane.
  private static func rows(using generator: inout RandomGenerator) -> Matrix {
    let values = (0..<3).flatMap { row -> [Float] in
      let angle = 2 * Double.pi * (Double(row) + 0.7 * generator.nextUniform()) / 3
      let length = 0.9 + 0.4 * generator.nextUniform()
      return [Float(length * cos(angle)), Float(length * sin(angle))]
    }
    return Matrix(rows: 3, columns: 2, values: values)
  }

  /// The angle between a row and itself after a change, in degrees.
  func turn(_ row: Int, _ changed: Matrix) -> Double {
    func angle(_ matrix: Matrix) -> Double {
      atan2(Double(matrix[row, 1]), Double(matrix[row, 0])) * 180 / .pi
    }
    let turn = abs(angle(changed) - angle(weight))
    return min(turn, 360 - turn)
  }

  private var largestDifference: Double {
    zip(dora.rowNorms, magnitude).map { abs($0 - Double($1)) }.max() ?? 0
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rows": .integer(weight.rows), "columns": .integer(weight.columns),
      "lengths_kept": .flag(largestDifference < 1e-5),
      "turns_equal": .flag((0..<3).allSatisfy { abs(turn($0, lora) - turn($0, dora)) < 1e-2 }),
      "stretch": .number(Double(stretch), decimals: 1),
      "stretched_length": .number(stretched.rowNorms[0], decimals: 2),
      "stretched_turn": .number(turn(0, stretched), decimals: 0),
    ]
    for row in 0..<3 {
      let key = "\(row + 1)"
      values["length_" + key] = .number(weight.rowNorms[row], decimals: 2)
      values["lora_length_" + key] = .number(lora.rowNorms[row], decimals: 2)
      values["dora_length_" + key] = .number(dora.rowNorms[row], decimals: 2)
      values["turn_" + key] = .number(turn(row, dora), decimals: 0)
    }
    // A layer of 4096×4096 at rank 8: what the lengths add to the factors.
    let layer = ParameterCountResult(rows: 4096, columns: 4096, rank: 8)
    values["layer_side"] = .integer(layer.rows)
    values["layer_rank"] = .integer(layer.rank)
    values["layer_factors"] = .integer(layer.factors(layer.rank))
    values["layer_share"] = .percentage(
      Double(layer.rows) / Double(layer.factors(layer.rank)), decimals: 1)
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "rows", title: Phrase(es: "las filas", en: "the rows"),
        columns: [
          Phrase(es: "fila", en: "row"), Phrase(es: "longitud en W₀", en: "length in W₀"),
          Phrase(es: "con LoRA", en: "with LoRA"), Phrase(es: "con DoRA", en: "with DoRA"),
          Phrase(es: "giro en grados", en: "turn in degrees"),
        ],
        rows: (0..<3).map { row in
          [
            .init(.integer(row + 1)), .init(.number(weight.rowNorms[row], decimals: 2)),
            .init(.number(lora.rowNorms[row], decimals: 2)),
            .init(.number(dora.rowNorms[row], decimals: 2)),
            .init(.number(turn(row, dora), decimals: 0)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = (0..<3).map { row in
      let lengths = [weight, lora, dora].map { words.number($0.rowNorms[row], 2) }
      let turn = words.number(turn(row, dora), 0)
      return words.say(
        es: """
          fila \(row + 1): longitud \(lengths[0]), con LoRA \(lengths[1]), con DoRA \(lengths[2]), \
          giro de \(turn)°
          """,
        en: """
          row \(row + 1): length \(lengths[0]), with LoRA \(lengths[1]), with DoRA \(lengths[2]), \
          turned by \(turn)°
          """)
    }.joined(separator: "; ")
    return words.say(
      es: """
        Las tres filas de un peso como flechas desde un centro, con un círculo de su longitud. La \
        flecha de LoRA se sale del círculo o no llega; la de DoRA tiene la misma dirección y acaba \
        en él. \(list).
        """,
      en: """
        The three rows of a weight as arrows from a centre, with a circle of their length. LoRA's \
        arrow leaves the circle or does not reach it; DoRA's has the same direction and ends on it. \
        \(list).
        """)
  }
}
