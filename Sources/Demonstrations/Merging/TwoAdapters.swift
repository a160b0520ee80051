internal import Adapters
internal import Drawing
internal import LinearAlgebra

/// Two random adapters of one shape and rank, and the weights with which they are added.
struct TwoAdapters: Sendable {
  let adapters: [LoRAAdapter]
  let weights: [Double]
  /// The exact weighted sum of the updates, [out, in].
  let sum: Matrix

  static let parameters = [
    Parameter(
      "side", Phrase(es: "lado de las matrices", en: "side of the matrices"), default: 12,
      range: 4...32),
    Parameter.rank(2),
    Parameter(
      "first", Phrase(es: "peso del primer adaptador", en: "weight of the first adapter"),
      default: 0.7, range: 0.01...4, isWhole: false),
    Parameter(
      "second", Phrase(es: "peso del segundo adaptador", en: "weight of the second adapter"),
      default: 0.3, range: 0.01...4, isWhole: false),
  ]

  /// - Throws: `AdapterError` where the rank does not suit.
  init(side: Int, rank: Int, weights: [Double], seed: UInt64) throws {
    var generator = RandomGenerator(seed: seed)
    // The sum of both ranks has to fit into the side, or nothing could hold it exactly.
    let rank = max(min(rank, side / 2), 1)
    // Uniform factors leave no few entries so large that all others look pale beside them.
    func factor(_ rows: Int, _ columns: Int) -> Matrix {
      .randomUniform(rows: rows, columns: columns, in: -1..<1, using: &generator)
    }
    let adapters = try (0..<2).map { _ in
      try LoRAAdapter(loraA: factor(rank, side), loraB: factor(side, rank), scaling: 1)
    }
    self.adapters = adapters
    self.weights = weights
    sum = zip(adapters, weights).map { Float($1) * $0.deltaWeight }
      .reduce(.zeros(rows: side, columns: side), +)
  }

  var rank: Int { adapters[0].rank }
  var side: Int { sum.rows }

  /// The update that a way of combining gives.
  func combined(_ method: CombinationMethod) throws -> Matrix {
    try LoRAAdapter.combined(adapters, weights: weights, by: method).deltaWeight
  }

  /// The norm of the difference from the exact sum, divided by that of the sum.
  func error(of update: Matrix) -> Double { update.relativeError(to: sum) }
}

extension Demonstration {
  /// The two adapters that the parameters describe.
  ///
  /// - Throws: `DemonstrationError` for values out of range, or `AdapterError`.
  func twoAdapters(in input: DemonstrationInput) throws -> TwoAdapters {
    try TwoAdapters(
      side: whole("side", in: input), rank: whole("rank", in: input),
      weights: [value(of: "first", in: input), value(of: "second", in: input)], seed: input.seed)
  }
}
