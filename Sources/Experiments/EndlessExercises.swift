internal import Datasets

/// Exercises over and over, in a new order each time.
struct EndlessExercises {
  private let exercises: [Exercise]
  private let seed: UInt64
  private var epoch = 0
  private var order: [Int] = []

  init(_ exercises: [Exercise], seed: UInt64) {
    self.exercises = exercises
    self.seed = seed
  }

  mutating func next() -> Exercise {
    if order.isEmpty {
      order = EpochOrder.indices(of: exercises.count, seed: seed, epoch: epoch).reversed()
      epoch += 1
    }
    return exercises[order.removeLast()]
  }
}

extension [Exercise] {
  /// Some of the exercises, chosen at random, in the order of the choice.
  func chosen(_ count: Int, seed: UInt64) -> [Exercise] {
    // The choice is no epoch of training: its order has a number of its own.
    EpochOrder.indices(of: self.count, seed: seed, epoch: 1 << 20).prefix(count).map { self[$0] }
  }
}
