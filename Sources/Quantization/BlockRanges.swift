internal import Dispatch

/// A division of blocks into contiguous ranges that threads work on independently.
struct BlockRanges {
  /// Weights a range when the division is free: large against the cost of starting a range, small
  /// enough that two cores finish together.
  private static let weightsPerRange = 1 << 18

  private let blocks: Int
  private let blocksPerRange: Int

  /// Divides blocks into one range a thread, or, without a number of threads, by size.
  init(blocks: Int, blockSize: Int, threads: Int?) {
    self.blocks = blocks
    let size =
      if let threads {
        (blocks + max(threads, 1) - 1) / max(threads, 1)
      } else {
        Self.weightsPerRange / blockSize
      }
    // An even number of blocks keeps every range on whole bytes.
    self.blocksPerRange = max((size + 1) / 2 * 2, 2)
  }

  /// The number of ranges.
  var count: Int { (blocks + blocksPerRange - 1) / blocksPerRange }

  /// The blocks of one range.
  subscript(part: Int) -> Range<Int> {
    part * blocksPerRange..<min(blocks, (part + 1) * blocksPerRange)
  }

  /// Calls `body` with the number and the blocks of every range, on several cores if there are
  /// several ranges.
  func forEach(_ body: (Int, Range<Int>) -> Void) {
    if count < 2 {
      for part in 0..<count { body(part, self[part]) }
    } else {
      // The ranges are disjoint and the call returns after the last of them.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: count) { unsafe body($0, self[$0]) }
    }
  }
}
