public import LinearAlgebra

/// Ways to make one adapter of several, as PEFT's `add_weighted_adapter` names them.
public enum CombinationMethod: Sendable, Equatable {
  /// Averages A and B apart: kept because others do it, though B₁A₂ and B₂A₁ come in with it.
  case linear
  /// Puts the factors side by side: exact, with the sum of the ranks.
  case cat
  /// The best approximation of the exact sum; exact where the rank is at least the sum of the ranks.
  case svd(rank: Int?)
  /// Prunes small entries, elects a sign for each place and averages what agrees with it.
  case ties(density: Double, sign: SignElection, exact: Bool)
  /// Prunes small entries of each factor, then adds.
  case magnitudePrune(density: Double)
  /// Drops entries at random and scales up the rest, then adds, or elects signs as in TIES.
  case dare(density: Double, masks: DareMasks, electing: Bool)

  /// How the sign of a place is elected.
  public enum SignElection: String, Sendable {
    /// The sign of the sum.
    case total
    /// The sign that most adapters have.
    case frequency
  }

  var name: String {
    switch self {
    case .linear: "linear"
    case .cat: "cat"
    case .svd: "svd"
    case .ties(_, _, let exact): exact ? "ties_svd" : "ties"
    case .magnitudePrune: "magnitude_prune"
    case .dare(_, _, let electing): electing ? "dare_ties" : "dare_linear"
    }
  }
}

/// Which entries DARE keeps: ones and zeros in the shape of each adapter's factors.
public struct DareMasks: Sendable, Equatable {
  public let loraA: [Matrix]
  public let loraB: [Matrix]

  public init(loraA: [Matrix], loraB: [Matrix]) {
    self.loraA = loraA
    self.loraB = loraB
  }

  /// Masks that keep every entry with a probability.
  public static func random(
    for adapters: [LoRAAdapter], density: Double, using generator: inout RandomGenerator
  ) -> DareMasks {
    func masks(_ matrices: [Matrix]) -> [Matrix] {
      matrices.map { random(like: $0, density: density, using: &generator) }
    }
    return DareMasks(
      loraA: masks(adapters.map(\.loraA)), loraB: masks(adapters.map(\.loraB)))
  }

  /// A mask of the shape of a matrix that keeps every entry with a probability.
  public static func random(
    like matrix: Matrix, density: Double, using generator: inout RandomGenerator
  ) -> Matrix {
    Matrix(
      rows: matrix.rows, columns: matrix.columns,
      values: matrix.values.map { _ in generator.nextUniform() < density ? 1 : 0 })
  }

  /// The entries that a mask keeps, divided by the share that is kept, so that the mean over masks is
  /// the matrix.
  ///
  /// - Throws: `AdapterError.densityOutOfRange` or `.masksDoNotFit`.
  public static func dropped(
    _ matrix: Matrix, keeping mask: Matrix, density: Double
  ) throws(AdapterError) -> Matrix {
    guard density > 0, density <= 1 else { throw .densityOutOfRange(density) }
    guard matrix.rows == mask.rows, matrix.columns == mask.columns else { throw .masksDoNotFit }
    return Matrix(
      rows: matrix.rows, columns: matrix.columns,
      values: zip(matrix.values, mask.values).map { $0 * $1 / Float(density) })
  }
}

extension LoRAAdapter {
  /// One adapter that stands for a weighted sum of several, Σ wᵢ · scalingᵢ · Bᵢ Aᵢ.
  ///
  /// `cat` and `svd` are exact where the rank allows it; the others change the sum on purpose. A single
  /// adapter with weight 1 is returned as it is, whatever the method: with PEFT 0.21.2 rank-stabilized
  /// and DoRA adapters would not be. Otherwise the result has a scaling of 1, and DoRA adapters are
  /// refused, because their row lengths belong to one update and one weight.
  ///
  /// Source: PEFT 0.21.2, `add_weighted_adapter`; TIES, arXiv:2306.01708; DARE, arXiv:2311.03099.
  ///
  /// - Throws: `AdapterError` where the adapters do not fit each other, or `LinearAlgebraError`.
  public static func combined(
    _ adapters: [LoRAAdapter], weights: [Double], by method: CombinationMethod
  ) throws -> LoRAAdapter {
    guard let first = adapters.first else { throw AdapterError.noAdapters }
    guard adapters.count == weights.count else {
      throw AdapterError.weightsDoNotFit(adapters: adapters.count, weights: weights.count)
    }
    if let weight = weights.first(where: { !$0.isFinite }) {
      throw AdapterError.weightNotFinite(weight)
    }
    if adapters.count == 1, weights[0] == 1 { return first }
    if let index = adapters.firstIndex(where: { $0.magnitude != nil }) {
      throw AdapterError.magnitudeNotCombinable(index: index)
    }
    let shapes = adapters.map { [$0.loraB.rows, $0.rank, $0.loraA.columns] }
    func check(sameRank: Bool) throws {
      let fits = shapes.allSatisfy {
        $0[0] == shapes[0][0] && $0[2] == shapes[0][2] && (!sameRank || $0[1] == shapes[0][1])
      }
      guard fits else {
        throw AdapterError.adaptersDiffer(method: method.name, found: shapes)
      }
    }
    let factors = zip(adapters, weights).map { $0.scaling * $1 }
    let entrywise = Entrywise(adapters, factors)
    switch method {
    case .cat:
      try check(sameRank: false)
      return try cat(adapters, factors)
    case .svd(let rank):
      try check(sameRank: false)
      return try best(
        adapters: adapters, factors, rank: rank ?? adapters.map(\.rank).max() ?? 1)
    case .linear:
      try check(sameRank: true)
      return try entrywise.added()
    case .magnitudePrune(let density):
      try check(sameRank: true)
      return try entrywise.pruned(density).added()
    case .ties(let density, let sign, false):
      try check(sameRank: true)
      return try entrywise.pruned(density).elected(sign)
    case .ties(let density, let sign, true):
      try check(sameRank: false)
      let products = adapters.map(\.deltaWeight)
      let pruned = try products.map { try Entrywise.pruned($0, density) }
      let merged = Entrywise.elected(pruned, weights, sign)
      return try best(merged, rank: adapters.map(\.rank).max() ?? 1)
    case .dare(let density, let masks, let electing):
      try check(sameRank: true)
      let dropped = try entrywise.dropped(density, masks)
      return try electing ? dropped.elected(.total) : dropped.added()
    }
  }

  /// The exact weighted sum of the updates.
  static func sum(_ adapters: [LoRAAdapter], _ factors: [Double]) -> Matrix {
    zip(adapters, factors).map { adapter, factor in
      Float(factor) * adapter.loraB.multiplied(by: adapter.loraA)
    }.reduce(.zeros(rows: adapters[0].loraB.rows, columns: adapters[0].loraA.columns), +)
  }

  private static func cat(
    _ adapters: [LoRAAdapter], _ factors: [Double]
  ) throws(AdapterError) -> LoRAAdapter {
    let rank = adapters.reduce(0) { $0 + $1.rank }
    let rows = zip(adapters, factors).flatMap { adapter, factor in
      (Float(factor) * adapter.loraA).values
    }
    let (outputs, inputs) = (adapters[0].loraB.rows, adapters[0].loraA.columns)
    let columns = (0..<outputs).flatMap { row in adapters.flatMap { Array($0.loraB.row(row)) } }
    return try LoRAAdapter(
      loraA: Matrix(rows: rank, columns: inputs, values: rows),
      loraB: Matrix(rows: outputs, columns: rank, values: columns), scaling: 1)
  }

  /// The best approximation of the weighted sum, found from its factors where their rank is low.
  ///
  /// With the factors side by side and B = Q R and Aᵀ = P T, only R Tᵀ has to be decomposed, which is
  /// as large as the sum of the ranks and not as the weight.
  private static func best(
    adapters: [LoRAAdapter], _ factors: [Double], rank: Int
  ) throws -> LoRAAdapter {
    let together = try cat(adapters, factors)
    let (outputs, inputs) = (together.loraB.rows, together.loraA.columns)
    guard together.rank < min(outputs, inputs), rank >= 1, rank <= min(outputs, inputs) else {
      return try best(sum(adapters, factors), rank: rank)
    }
    let left = try QRDecomposition(together.loraB)
    let right = try QRDecomposition(together.loraA.transposed)
    let core = try best(
      left.triangular.multiplied(by: right.triangular.transposed),
      rank: min(rank, together.rank))
    let loraB = left.orthogonal.multiplied(by: core.loraB)
    let loraA = core.loraA.multiplied(by: right.orthogonal.transposed)
    // Above the rank of the sum there is nothing left to add.
    let missing = rank - core.rank
    return try LoRAAdapter(
      loraA: Matrix(
        rows: rank, columns: inputs,
        values: loraA.values + Array(repeating: 0, count: missing * inputs)),
      loraB: Matrix(
        rows: outputs, columns: rank,
        values: (0..<outputs).flatMap {
          Array(loraB.row($0)) + Array(repeating: 0, count: missing)
        }), scaling: 1)
  }

  /// The best approximation of a rank, with B = U·S and A = Vᵀ as PEFT splits it.
  private static func best(_ update: Matrix, rank: Int) throws -> LoRAAdapter {
    guard rank >= 1 else { throw AdapterError.rankNotPositive(rank) }
    let limit = min(update.rows, update.columns)
    guard rank <= limit else {
      throw AdapterError.rankTooLarge(rank: rank, rows: update.rows, columns: update.columns)
    }
    let svd = try SingularValueDecomposition(update)
    var loraB = Matrix.zeros(rows: update.rows, columns: rank)
    for row in 0..<update.rows {
      for index in 0..<rank {
        loraB[row, index] = Float(svd.left[row * limit + index] * svd.values[index])
      }
    }
    let loraA = Matrix(
      rows: rank, columns: update.columns,
      values: svd.right.prefix(rank * update.columns).map { Float($0) })
    return try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: 1)
  }
}
