/// The rank of an adapter and the factor in front of its update.
public struct LoRAConfiguration: Hashable, Sendable {
  /// The number of rows of A and of columns of B.
  public let rank: Int
  /// A step size: the update is multiplied by it and divided by the rank.
  public let alpha: Double
  /// Whether the divisor is the square root of the rank (rsLoRA, arXiv:2312.03732).
  public let isRankStabilized: Bool

  /// - Throws: `AdapterError.rankNotPositive` or `.alphaNotUsable`.
  public init(rank: Int, alpha: Double, isRankStabilized: Bool = false) throws(AdapterError) {
    guard rank > 0 else { throw .rankNotPositive(rank) }
    guard alpha.isFinite, alpha > 0 else { throw .alphaNotUsable(alpha) }
    self.rank = rank
    self.alpha = alpha
    self.isRankStabilized = isRankStabilized
  }

  /// `alpha / rank`, or `alpha / √rank` when stabilized.
  public var scaling: Double {
    alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))
  }
}
