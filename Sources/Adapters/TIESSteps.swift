public import LinearAlgebra

/// TIES on entries of one shape, step by step: what `CombinationMethod.ties` does to each factor.
///
/// Source: Yadav et al. 2023, arXiv:2306.01708; PEFT 0.21.2, `ties`.
public struct TIESSteps: Equatable, Sendable {
  /// Each matrix with its entries of largest magnitude alone.
  public let pruned: [Matrix]
  /// The elected sign of every place, 1 or −1.
  public let signs: Matrix
  /// In every place the weighted mean of the entries that have the elected sign.
  public let merged: Matrix

  /// - Parameters:
  ///   - matrices: The entries of every adapter, all of one shape.
  ///   - weights: The weight of every adapter.
  ///   - density: The share of entries that is kept, above 0 and at most 1.
  ///   - sign: How the sign of a place is elected.
  /// - Throws: `AdapterError` where there are no matrices, or they or the density do not suit.
  public init(
    _ matrices: [Matrix], weights: [Double], density: Double,
    electing sign: CombinationMethod.SignElection = .total
  ) throws(AdapterError) {
    guard let first = matrices.first else { throw .noAdapters }
    guard matrices.count == weights.count else {
      throw .weightsDoNotFit(adapters: matrices.count, weights: weights.count)
    }
    if let weight = weights.first(where: { !$0.isFinite }) { throw .weightNotFinite(weight) }
    guard matrices.allSatisfy({ $0.rows == first.rows && $0.columns == first.columns }) else {
      throw .adaptersDiffer(method: "ties", found: matrices.map { [$0.rows, $0.columns] })
    }
    var kept: [Matrix] = []
    for matrix in matrices { kept.append(try Entrywise.pruned(matrix, density)) }
    pruned = kept
    signs = Entrywise.signs(kept, sign)
    merged = Entrywise.elected(kept, weights, sign)
  }
}
