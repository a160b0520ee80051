import Datasets
import Testing

@Suite("Mini-batches") struct BatchTests {
  @Test("Every example comes once an epoch", arguments: [1, 3, 7, 10, 99])
  func once(batchSize: Int) throws {
    var batches = try MiniBatches(exampleCount: 10, batchSize: batchSize, seed: 4)
    for epoch in 0..<3 {
      var seen: [Int] = []
      for batch in 0..<batches.batchesPerEpoch {
        #expect(batches.position == .init(epoch: epoch, batch: batch))
        seen += batches.next()
      }
      #expect(seen != Array(0..<10))
      #expect(seen.sorted() == Array(0..<10))
      #expect(seen == EpochOrder.indices(of: 10, seed: 4, epoch: epoch))
    }
  }

  @Test("Epochs have different orders, and the same seed gives the same ones")
  func orders() {
    let orders = (0..<5).map { EpochOrder.indices(of: 50, seed: 1, epoch: $0) }
    #expect(Set(orders).count == 5)
    #expect(orders[3] == EpochOrder.indices(of: 50, seed: 1, epoch: 3))
    #expect(orders[3] != EpochOrder.indices(of: 50, seed: 2, epoch: 3))
    // Neighbouring pairs of seed and epoch are no shifted copies.
    #expect(orders[1] != EpochOrder.indices(of: 50, seed: 2, epoch: 0))
  }

  @Test("All orders are equally likely")
  func uniform() {
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<6000 {
      counts[EpochOrder.indices(of: 3, seed: 8, epoch: epoch), default: 0] += 1
    }
    #expect(counts.count == 6)
    // Five standard deviations of a binomial count.
    #expect(counts.values.allSatisfy { abs(Double($0) - 1000) < 5 * (1000 * 5.0 / 6).squareRoot() })
  }

  @Test("From any position on, the batches are those of the run that was never stopped")
  func resumed() throws {
    func batches(_ position: MiniBatches.Position = .start) throws -> MiniBatches {
      try MiniBatches(exampleCount: 23, batchSize: 5, seed: 12, position: position)
    }
    var whole = try batches()
    var history: [(MiniBatches.Position, [Int])] = []
    for _ in 0..<13 { history.append((whole.position, whole.next())) }
    for start in history.indices {
      var resumed = try batches(history[start].0)
      #expect(resumed.position == resumed.position(ofStep: start))
      for step in start..<13 { #expect(resumed.next() == history[step].1) }
      #expect(resumed == whole)
    }
  }

  @Test("A last batch that is not full is left out only where there are others")
  func dropsLast() throws {
    var batches = try MiniBatches(exampleCount: 10, batchSize: 4, seed: 1, dropsLast: true)
    #expect(batches.batchesPerEpoch == 2)
    #expect((0..<4).map { _ in batches.next().count } == [4, 4, 4, 4])
    #expect(batches.position == .init(epoch: 2, batch: 0))
    var one = try MiniBatches(exampleCount: 3, batchSize: 4, seed: 1, dropsLast: true)
    #expect(one.next().count == 3)
  }

  @Test("What no run can have is refused")
  func refused() {
    func make(_ count: Int, _ size: Int, _ epoch: Int = 0, _ batch: Int = 0) -> String {
      message {
        try MiniBatches(
          exampleCount: count, batchSize: size, seed: 1,
          position: .init(epoch: epoch, batch: batch))
      }
    }
    #expect(make(0, 1) == "the number of examples is 0, and it has to be at least 1")
    #expect(make(1, 0) == "the batch size is 0, and it has to be at least 1")
    #expect(make(10, .max) == "no error")
    #expect(
      make(10, 5, 0, 2)
        == "the position is epoch 0, batch 2, and it has to be in an epoch of 2 batches")
    #expect(make(10, 5, .max, 0).hasPrefix("the position is epoch 9223372036854775807"))
    #expect(
      make(10, 5, -1, 0)
        == "the position is epoch -1, batch 0, and it has to be in an epoch of 2 batches")
  }
}
