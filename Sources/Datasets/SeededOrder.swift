internal import LinearAlgebra

extension RandomGenerator {
  /// A generator of its own for each purpose, so that one does not move the others' numbers.
  ///
  /// - Parameters:
  ///   - seed: The seed of the whole run.
  ///   - stream: The number of the purpose, such as an epoch.
  init(seed: UInt64, stream: UInt64) {
    // Two neighbouring pairs would give overlapping sequences if they were only added.
    var one = RandomGenerator(seed: seed)
    var other = RandomGenerator(seed: one.next() ^ stream)
    self.init(seed: other.next())
  }

  /// A whole number from 0 up to, but not including, a bound above 0; all are equally likely.
  mutating func nextIndex(below bound: Int) -> Int {
    precondition(bound > 0, "A number below \(bound) does not exist.")
    let bound = UInt64(bound)
    // The lowest numbers would come up once too often.
    let excess = (UInt64.max % bound + 1) % bound
    while true {
      let bits = next()
      if bits <= UInt64.max - excess { return Int(bits % bound) }
    }
  }

  /// The numbers from 0 up to a count in random order (Fisher and Yates).
  mutating func order(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, nextIndex(below: index + 1))
    }
    return order
  }
}
