internal import Adapters
internal import Drawing
internal import LinearAlgebra

/// The corner of some weights with an adapter whose numbers can be checked in the head.
struct ToyAdapter: Sendable {
  /// The frozen weight, at most 3×4.
  let weight: Matrix
  let adapter: LoRAAdapter
  let configuration: LoRAConfiguration
  /// The decimals of the unit of B.
  private let unitDecimals: Int

  static let parameters = [
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 2, range: 1...3),
    Parameter("alpha", Phrase(es: "alfa", en: "alpha"), default: 4, range: 1...64),
  ]

  /// Takes the corner, and draws factors of one significant decimal for it.
  init(corner: Matrix, rank: Int, alpha: Int, seed: UInt64) throws {
    weight = corner
    configuration = try LoRAConfiguration(
      rank: min(rank, corner.rows, corner.columns), alpha: Double(alpha))
    var generator = RandomGenerator(seed: seed)
    func tenths(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(
        rows: rows, columns: columns,
        values: (0..<rows * columns).map { _ in
          let drawn = (generator.nextNormal() * 4).rounded()
          return Float(drawn == 0 ? 0.1 : min(max(drawn, -12), 12) / 10)
        })
    }
    // B has the size of the weights, so that the update can be seen beside them.
    let (unit, decimals) = Self.unit(of: corner)
    unitDecimals = decimals
    let loraA = tenths(configuration.rank, corner.columns)
    adapter = try LoRAAdapter(
      loraA: loraA, loraB: unit * tenths(corner.rows, configuration.rank),
      scaling: configuration.scaling)
  }

  /// The power of ten at or below the largest magnitude, from 0.00001 up, and the decimals it has.
  private static func unit(of matrix: Matrix) -> (value: Float, decimals: Int) {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    guard largest > 0 else { return (1, 0) }
    var unit = 1.0
    var decimals = 0
    while unit > largest * (1 + 1e-6), decimals < 5 {
      unit /= 10
      decimals += 1
    }
    while unit * 10 <= largest { unit *= 10 }
    return (Float(unit), decimals)
  }

  var rank: Int { configuration.rank }
  /// B · A before it is scaled: the update of the same factors with a scaling of one.
  var product: Matrix { adapter.loraB.multiplied(by: adapter.loraA) }
  var merged: Matrix { weight + adapter.deltaWeight }

  /// The end of the colour scale that all matrices but A share.
  var limit: Double {
    Self.limit(weight.values + adapter.loraB.values + merged.values + product.values)
  }
  /// A has a scale of its own: its numbers have no size to share with the weights.
  var loraALimit: Double { Self.limit(adapter.loraA.values) }

  private static func limit(_ values: [Float]) -> Double {
    ColorScale.roundLimit(Double(Statistics.absoluteMaximum(values)?.value ?? 1))
  }

  /// Decimals with which the weights and the products are written in cells.
  var decimals: Int { max(decimalsFor(weight.values), 2) }
  /// Decimals that show a product of factors whole.
  var exactDecimals: Int { max(decimals, unitDecimals + 2) }
  /// Decimals with which factors are written.
  static let factorDecimals = 1
  var loraBDecimals: Int { unitDecimals + 1 }
}

extension Demonstration {
  /// The upper left corner of the weights of the input, of finite numbers that a picture can write.
  ///
  /// - Throws: `DemonstrationError`.
  func corner(in input: DemonstrationInput, rows: Int, columns: Int) throws -> Matrix {
    let weights = try finiteWeights(in: input)
    _ = try weightsToWrite(in: input)
    let matrix = weights.matrix
    return matrix[rows: 0..<min(rows, matrix.rows), columns: 0..<min(columns, matrix.columns)]
  }

  /// The weights of the input, all of them finite and with squares that are.
  ///
  /// - Throws: `DemonstrationError`.
  func finiteWeights(
    in input: DemonstrationInput, atLeast count: Int = 1
  ) throws -> NamedWeights {
    let weights = try weights(in: input, atLeast: count)
    guard weights.matrix.values.allSatisfy({ $0.isFinite && $0.magnitude <= 1e15 }) else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: "has numbers above 10¹⁵ or that are none, and adapters are made of finite ones")
    }
    return weights
  }
}
