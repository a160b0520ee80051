internal import LinearAlgebra

/// The order in which the examples of an epoch are seen.
public enum EpochOrder {
  /// The numbers of all examples in an order that depends on the seed and the epoch alone.
  public static func indices(of count: Int, seed: UInt64, epoch: Int) -> [Int] {
    var generator = RandomGenerator(
      seed: seed, stream: Stream.epochs + UInt64(truncatingIfNeeded: epoch))
    return generator.order(of: count)
  }
}
