internal import Adapters
internal import Drawing
internal import LinearAlgebra

/// The corner of some weights with an adapter whose numbers can be checked in the head.
struct ToyAdapter: Sendable {
  /// The frozen weight, at most 3×4.
  let weight: Matrix
  let adapter: LoRAAdapter
  let configuration: LoRAConfiguration

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
    let unit = Self.unit(of: corner)
    let loraA = tenths(configuration.rank, corner.columns)
    adapter = try LoRAAdapter(
      loraA: loraA, loraB: unit * tenths(corner.rows, configuration.rank),
      scaling: configuration.scaling)
  }

  /// The power of ten at or below the largest magnitude.
  private static func unit(of matrix: Matrix) -> Float {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    guard largest > 0 else { return 1 }
    var unit = 1.0
    while unit > largest { unit /= 10 }
    while unit * 10 <= largest { unit *= 10 }
    return Float(unit)
  }

  var rank: Int { configuration.rank }
  /// B · A before it is scaled: the update of the same factors with a scaling of one.
  var product: Matrix { adapter.loraB.multiplied(by: adapter.loraA) }
  var merged: Matrix { weight + adapter.deltaWeight }

  /// The end of the colour scale that all matrices share.
  var limit: Double {
    let all =
      weight.values + adapter.loraA.values + adapter.loraB.values + merged.values
      + product.values
    return ColorScale.roundLimit(Double(Statistics.absoluteMaximum(all)?.value ?? 1))
  }
  /// Decimals with which the weights, B and the products are written.
  var decimals: Int { max(decimalsFor(weight.values), 2) }
  /// Decimals with which factors are written.
  static let factorDecimals = 1
  var loraBDecimals: Int { max(decimals - 1, 1) }
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
