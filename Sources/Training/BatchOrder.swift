internal import LinearAlgebra

/// Which examples a batch has: the examples over and over, in a new order each time.
///
/// The order of a round is a function of the seed and its number, so that a step determines its batch.
public struct BatchOrder {
  public let exampleCount: Int
  public let batchSize: Int
  /// nil for the order of the examples themselves.
  public let seed: UInt64?
  private var round = -1
  private var order: [Int] = []

  public init(exampleCount: Int, batchSize: Int, seed: UInt64?) {
    precondition(exampleCount > 0 && batchSize > 0, "\(batchSize) of \(exampleCount) examples.")
    self.exampleCount = exampleCount
    self.batchSize = batchSize
    self.seed = seed
  }

  /// The examples of a batch, counted from 0.
  public mutating func examples(ofBatch batch: Int) -> [Int] {
    var examples: [Int] = []
    fill(&examples, ofBatch: batch)
    return examples
  }

  /// Replaces a list by the examples of a batch, in the memory that it has.
  mutating func fill(_ examples: inout [Int], ofBatch batch: Int) {
    examples.removeAll(keepingCapacity: true)
    for place in batch * batchSize..<(batch + 1) * batchSize {
      if place / exampleCount != round { startRound(place / exampleCount) }
      examples.append(order[place % exampleCount])
    }
  }

  private mutating func startRound(_ number: Int) {
    round = number
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: 0..<exampleCount)
    guard let seed else { return }
    var seeds = RandomGenerator(seed: seed)
    var generator = RandomGenerator(seed: seeds.next() &+ UInt64(number))
    order.shuffle(using: &generator)
  }
}
