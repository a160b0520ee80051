internal import CKernels

/// The threads that share the work of an operation.
///
/// The work is cut into chunks that depend on its size alone, so that results are the same bits on any
/// number of threads.
public struct Threads: Equatable, Sendable {
  /// The most threads that work at a time.
  public let count: Int

  /// Any number below 1 counts as 1, and there is a limit of 64.
  public init(count: Int) {
    self.count = min(max(count, 1), Int(lora_most_threads))
  }

  /// As many threads as this process has processors.
  public static var processors: Threads { Threads(count: Int(lora_processors())) }

  /// Calls `body` once for every chunk, with a number of the thread below ``count``.
  package func forEachChunk(of chunks: Int, _ body: (_ chunk: Int, _ worker: Int) -> Void) {
    guard chunks > 1, count > 1 else {
      for chunk in 0..<chunks { body(chunk, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var call = Call(body: body)
      unsafe withUnsafeMutablePointer(to: &call) { call in
        unsafe lora_parallel(
          count, chunks,
          { context, chunk, worker in
            guard let context = unsafe context else { return }
            unsafe context.assumingMemoryBound(to: Call.self).pointee.body(
              Int(chunk), Int(worker))
          }, UnsafeMutableRawPointer(call))
      }
    }
  }

  private struct Call { let body: (Int, Int) -> Void }

  /// Elements of a chunk: large against the cost of handing it over.
  private static let elementsPerChunk = 1 << 14

  /// Calls `body` with ranges that cover `0..<count` elements.
  package func forEachRange(of count: Int, _ body: (Range<Int>) -> Void) {
    forEachRange(of: count, size: Self.elementsPerChunk, body)
  }

  /// Calls `body` with ranges of rows, each with about as many elements as a chunk has.
  func forEachRange(ofRows rows: Int, columns: Int, _ body: (Range<Int>) -> Void) {
    forEachRange(of: rows, size: max(Self.elementsPerChunk / max(columns, 1), 1), body)
  }

  /// Calls `body` with ranges of columns for work that goes through all rows of each.
  func forEachRange(ofColumns columns: Int, rows: Int, _ body: (Range<Int>) -> Void) {
    // Sixty-four sums are kept in registers, and a row of them is read in whole cache lines.
    let size = max(Self.elementsPerChunk / max(rows, 1), 64)
    forEachRange(of: columns, size: (size + 63) / 64 * 64, body)
  }

  func forEachRange(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    forEachChunk(of: (count + size - 1) / size) { chunk, _ in
      body(chunk * size..<min(count, (chunk + 1) * size))
    }
  }
}
