public import LinearAlgebra

/// An adapter of one linear layer: the update `scaling · B · A`, and with DoRA a length for every row.
///
/// The layer is `y = x Wᵀ`, with W of shape [out, in]. Source: Hu et al. 2021, arXiv:2106.09685,
/// equation 3; Liu et al. 2024, arXiv:2402.09353, equation 5.
public struct LoRAAdapter: Equatable, Sendable {
  /// The down-projection, [rank, in].
  public let loraA: Matrix
  /// The up-projection, [out, rank].
  public let loraB: Matrix
  public let scaling: Double
  /// With DoRA, the length of every row of the merged weight, [out].
  public let magnitude: [Float]?

  /// Assembles an adapter from its factors.
  ///
  /// - Throws: `AdapterError` where the shapes do not fit or a number is not finite.
  public init(
    loraA: Matrix, loraB: Matrix, scaling: Double, magnitude: [Float]? = nil
  ) throws(AdapterError) {
    guard loraA.rows == loraB.columns else {
      throw .factorsDoNotFit(
        loraA: [loraA.rows, loraA.columns], loraB: [loraB.rows, loraB.columns])
    }
    guard loraA.rows > 0 else { throw .rankNotPositive(0) }
    for (name, factor) in [("A", loraA), ("B", loraB)] {
      if let index = factor.values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(
          factor: name, row: index / factor.columns, column: index % factor.columns)
      }
    }
    if let magnitude {
      guard magnitude.count == loraB.rows else {
        throw .magnitudeDoesNotFit(count: magnitude.count, rows: loraB.rows)
      }
      if let row = magnitude.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(factor: "the magnitude", row: row, column: 0)
      }
    }
    guard scaling.isFinite else { throw .scalingNotFinite(scaling) }
    self.loraA = loraA
    self.loraB = loraB
    self.scaling = scaling
    self.magnitude = magnitude
  }

  public var rank: Int { loraA.rows }

  /// The update without DoRA's lengths: `scaling · B · A`, [out, in].
  public var deltaWeight: Matrix { Float(scaling) * loraB.multiplied(by: loraA) }

  /// - Throws: `AdapterError.doesNotFitWeight`.
  func check(_ weight: Matrix) throws(AdapterError) {
    guard weight.rows == loraB.rows, weight.columns == loraA.columns else {
      throw .doesNotFitWeight(
        update: [loraB.rows, loraA.columns], weight: [weight.rows, weight.columns])
    }
  }

  /// - Throws: `AdapterError.batchDoesNotFit`.
  func check(_ name: String, _ batch: Matrix, rows: Int, columns: Int) throws(AdapterError) {
    guard batch.rows == rows, batch.columns == columns else {
      throw .batchDoesNotFit(
        name: name, found: [batch.rows, batch.columns], needed: [rows, columns])
    }
  }

  /// The factor of every row: 1, or with DoRA the magnitude divided by the length of the row.
  func rowFactors(_ adapted: Matrix) -> [Float]? {
    magnitude.map { magnitude in
      zip(magnitude, adapted.rowNorms).map { $1 > 0 ? Float(Double($0) / $1) : 0 }
    }
  }
}

extension LoRAAdapter {
  /// The weight with the update in it: `W + scaling · B · A`, with DoRA its rows brought to length.
  ///
  /// - Throws: `AdapterError.doesNotFitWeight`.
  public func merged(into weight: Matrix) throws(AdapterError) -> MergedWeight {
    try check(weight)
    let adapted = weight + deltaWeight
    guard let factors = rowFactors(adapted) else {
      return MergedWeight(weight: adapted, rowFactors: nil, adapter: self)
    }
    return MergedWeight(
      weight: adapted.scalingRows(by: factors), rowFactors: factors, adapter: self)
  }

  /// The output of the layer with the adapter beside its weight, [batch, out].
  ///
  /// - Parameters:
  ///   - input: The input, [batch, in].
  ///   - weight: The base weight, [out, in].
  ///   - bias: Added to every row of the output, [out]; DoRA does not scale it.
  /// - Returns: The output of both branches.
  /// - Throws: `AdapterError.doesNotFitWeight` or `.batchDoesNotFit`.
  public func output(
    of input: Matrix, weight: Matrix, bias: [Float]? = nil
  ) throws(AdapterError) -> Matrix {
    try check(weight)
    try check("input", input, rows: input.rows, columns: weight.columns)
    if let bias, bias.count != weight.rows {
      throw .batchDoesNotFit(name: "bias", found: [bias.count], needed: [weight.rows])
    }
    let base = input.multiplied(by: weight.transposed)
    let branch = input.multiplied(by: loraA.transposed).multiplied(by: loraB.transposed)
    var result = base + Float(scaling) * branch
    // Only DoRA needs the update multiplied out.
    if magnitude != nil, let factors = rowFactors(weight + deltaWeight) {
      for index in result.values.indices { result.values[index] *= factors[index % result.columns] }
    }
    if let bias {
      for index in result.values.indices { result.values[index] += bias[index % result.columns] }
    }
    return result
  }
}

/// A weight with an adapter merged in, and what it takes to get the base back.
public struct MergedWeight: Equatable, Sendable {
  /// The merged weight, [out, in].
  public let weight: Matrix
  let rowFactors: [Float]?
  let adapter: LoRAAdapter

  /// The base weight, equal to the original up to the rounding of one addition and one subtraction.
  public func unmerged() -> Matrix {
    var base = weight
    if let rowFactors {
      base = base.scalingRows(by: rowFactors.map { $0 == 0 ? 0 : 1 / $0 })
    }
    return base - adapter.deltaWeight
  }
}
