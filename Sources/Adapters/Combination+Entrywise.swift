internal import LinearAlgebra

/// The methods that treat A and B apart, entry by entry.
struct Entrywise {
  private let loraA: [Matrix]
  private let loraB: [Matrix]
  /// Weight times scaling of each adapter, split as its square root over A and B; A carries the sign.
  private let weightsA: [Double]
  private let weightsB: [Double]

  init(_ adapters: [LoRAAdapter], _ factors: [Double]) {
    loraA = adapters.map(\.loraA)
    loraB = adapters.map(\.loraB)
    weightsB = factors.map { $0.magnitude.squareRoot() }
    weightsA = factors.map { $0.magnitude.squareRoot() * ($0 < 0 ? -1 : 1) }
  }

  private init(_ other: Entrywise, loraA: [Matrix], loraB: [Matrix]) {
    self.loraA = loraA
    self.loraB = loraB
    (weightsA, weightsB) = (other.weightsA, other.weightsB)
  }

  func pruned(_ density: Double) throws(AdapterError) -> Entrywise {
    var (prunedA, prunedB): ([Matrix], [Matrix]) = ([], [])
    for matrix in loraA { prunedA.append(try Self.pruned(matrix, density)) }
    for matrix in loraB { prunedB.append(try Self.pruned(matrix, density)) }
    return Entrywise(self, loraA: prunedA, loraB: prunedB)
  }

  func dropped(_ density: Double, _ masks: DareMasks) throws(AdapterError) -> Entrywise {
    func masked(_ matrices: [Matrix], _ masks: [Matrix]) throws(AdapterError) -> [Matrix] {
      guard matrices.count == masks.count else { throw .masksDoNotFit }
      var result: [Matrix] = []
      for (matrix, mask) in zip(matrices, masks) {
        result.append(try DareMasks.dropped(matrix, keeping: mask, density: density))
      }
      return result
    }
    return Entrywise(
      self, loraA: try masked(loraA, masks.loraA), loraB: try masked(loraB, masks.loraB))
  }

  func added() throws(AdapterError) -> LoRAAdapter {
    try LoRAAdapter(
      loraA: Self.added(loraA, weightsA), loraB: Self.added(loraB, weightsB), scaling: 1)
  }

  func elected(_ sign: CombinationMethod.SignElection) throws(AdapterError) -> LoRAAdapter {
    try LoRAAdapter(
      loraA: Self.elected(loraA, weightsA, sign), loraB: Self.elected(loraB, weightsB, sign),
      scaling: 1)
  }

  /// The `⌊density · n⌋` entries of largest magnitude; the others are zero.
  static func pruned(_ matrix: Matrix, _ density: Double) throws(AdapterError) -> Matrix {
    guard density > 0, density <= 1 else { throw .densityOutOfRange(density) }
    let kept = Int(density * Double(matrix.count))
    let order = matrix.values.indices.sorted {
      (matrix.values[$0].magnitude, -$0) > (matrix.values[$1].magnitude, -$1)
    }
    var result = Matrix.zeros(rows: matrix.rows, columns: matrix.columns)
    for index in order.prefix(kept) { result.values[index] = matrix.values[index] }
    return result
  }

  private static func added(_ matrices: [Matrix], _ weights: [Double]) -> Matrix {
    zip(matrices, weights).map { Float($1) * $0 }
      .reduce(.zeros(rows: matrices[0].rows, columns: matrices[0].columns), +)
  }

  /// The elected sign of each place, 1 or −1; zero counts as positive in the election.
  static func signs(_ matrices: [Matrix], _ sign: CombinationMethod.SignElection) -> Matrix {
    var result = Matrix.zeros(rows: matrices[0].rows, columns: matrices[0].columns)
    for index in result.values.indices {
      let entries = matrices.map { Double($0.values[index]) }
      let vote =
        switch sign {
        case .total: entries.reduce(0, +)
        case .frequency: entries.reduce(0.0) { $0 + ($1 > 0 ? 1 : $1 < 0 ? -1 : 0) }
        }
      result.values[index] = vote >= 0 ? 1 : -1
    }
    return result
  }

  /// For each place the mean of the weighted entries whose sign is the elected one; a place where
  /// nothing agrees stays zero.
  static func elected(
    _ matrices: [Matrix], _ weights: [Double], _ sign: CombinationMethod.SignElection
  ) -> Matrix {
    let signs = signs(matrices, sign)
    var result = Matrix.zeros(rows: matrices[0].rows, columns: matrices[0].columns)
    for index in result.values.indices {
      var sum = 0.0
      var count = 0
      for (matrix, weight) in zip(matrices, weights)
      where matrix.values[index] * signs.values[index] > 0 {
        sum += weight * Double(matrix.values[index])
        count += 1
      }
      result.values[index] = Float(sum / Double(max(count, 1)))
    }
    return result
  }
}
