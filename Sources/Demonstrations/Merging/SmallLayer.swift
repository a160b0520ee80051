internal import Adapters
internal import Drawing
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// The small layer of the first steps: a weight, an adapter, and both as one matrix.
struct SmallLayer: Sendable {
  let weight: Matrix
  let adapter: LoRAAdapter
  let merged: MergedWeight

  /// - Throws: `AdapterError` where the adapter does not fit.
  init(weight: Matrix, rank: Int, share: Double, alpha: Double, seed: UInt64) throws {
    self.weight = weight
    var generator = RandomGenerator(seed: seed)
    let rank = min(rank, weight.rows, weight.columns)
    adapter = try .drawn(
      for: weight, rank: rank, share: share,
      scaling: LoRAConfiguration(rank: rank, alpha: alpha).scaling, isRound: true,
      using: &generator)
    merged = try adapter.merged(into: weight)
  }

  static let parameters = [
    Parameter.rank(2), Parameter.share(0.7),
    Parameter(
      "alpha", Phrase(es: "α del adaptador", en: "α of the adapter"), default: 4,
      range: 0.01...1000, isWhole: false),
  ]

  /// The product of the factors, without the scaling.
  var product: Matrix { adapter.loraB.multiplied(by: adapter.loraA) }

  /// The end of the one colour scale of all matrices.
  var limit: Double {
    let all = [weight, adapter.loraA, adapter.loraB, product, adapter.deltaWeight, merged.weight]
    let largest = all.compactMap { Statistics.absoluteMaximum($0.values)?.value.magnitude }.max()
    return ColorScale.roundLimit(Double(largest ?? 1))
  }

  /// How many decimals every cell has.
  var decimals: Int { max(0, min(4, 2 - Int(floor(log10(limit))))) }
}

extension Demonstration {
  /// The small layer of the weights and of the settings that `SmallLayer.parameters` declares.
  ///
  /// - Throws: `DemonstrationError` for weights or settings that do not suit, or `AdapterError`.
  func smallLayer(in input: DemonstrationInput) throws -> SmallLayer {
    let weights = try weightsToAdaptAndWrite(in: input)
    return try SmallLayer(
      weight: weights.matrix, rank: whole("rank", in: input), share: value(of: "share", in: input),
      alpha: value(of: "alpha", in: input), seed: input.seed)
  }
}
