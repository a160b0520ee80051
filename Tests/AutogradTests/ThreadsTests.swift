import CKernels
import Testing

@testable import Autograd

@Suite struct ThreadsTests {
  @Test(arguments: [1, 2, 3, 8, 64], [0, 1, 2, 7, 100])
  func everyChunkIsDoneOnce(_ threads: Int, _ chunks: Int) {
    let counts = Floats(count: chunks)
    for _ in 0..<50 {
      Threads(count: threads).forEachChunk(of: chunks) { chunk, worker in
        #expect(worker >= 0 && worker < threads)
        unsafe counts.start[chunk] += 1
      }
    }
    #expect(counts.values == [Float](repeating: 50, count: chunks))
  }

  @Test(arguments: [1, 15, 16_384, 16_385, 100_000])
  func rangesCoverEverythingWithoutOverlap(_ count: Int) {
    let marks = Floats(count: count)
    Threads(count: 3).forEachRange(of: count) { range in
      for index in range { unsafe marks.start[index] += 1 }
    }
    #expect(marks.values.allSatisfy { $0 == 1 })
  }

  @Test func aCallWithinACallIsDoneByItsCaller() {
    let counts = Floats(count: 12)
    Threads(count: 2).forEachChunk(of: 3) { outer, _ in
      Threads(count: 2).forEachChunk(of: 4) { inner, _ in
        unsafe counts.start[4 * outer + inner] += 1
      }
    }
    #expect(counts.values == [Float](repeating: 1, count: 12))
  }

  @Test(arguments: [(Int.min, 1), (0, 1), (3, 3), (Int.max, 64)])
  func theNumberOfThreadsHasLimits(_ asked: Int, _ given: Int) {
    #expect(Threads(count: asked).count == given)
  }
}

@Suite struct MatrixProductTests {
  /// Shapes that are cut by rows, by columns, and not at all; small ones, thin ones, and some for the
  /// library.
  @Test(
    arguments: [
      (5, 7, 3), (1536, 64, 64), (8, 1536, 64), (64, 64, 1536), (300, 17, 90), (40, 1, 70),
      (100, 8, 30), (31, 19, 300), (64, 300, 5), (200, 144, 288),
    ],
    [(false, false), (false, true), (true, false), (true, true)])
  func aProductIsTheSumOfItsTerms(
    _ shape: (rows: Int, columns: Int, inner: Int), _ transposed: (a: Bool, b: Bool)
  ) {
    let (rows, columns, inner) = shape
    let (a, b) = (
      Floats(randomValues(rows * inner, seed: 1)), Floats(randomValues(inner * columns, seed: 2))
    )
    let start = randomValues(rows * columns, seed: 3)
    for accumulates in [false, true] {
      let results = [1, 2, 3].map { threads in
        let c = Floats(start)
        unsafe MatrixProduct(
          rows: rows, columns: columns, inner: inner, transposesA: transposed.a,
          transposesB: transposed.b, alpha: 0.5, accumulates: accumulates
        ).run(a.start, b.start, into: c.start, Threads(count: threads))
        return c.values
      }
      #expect(results[0] == results[1])
      #expect(results[0] == results[2])
      for place in stride(from: 0, to: rows * columns, by: max(rows * columns / 97, 1)) {
        let (row, column) = (place / columns, place % columns)
        var sum = 0.0
        for index in 0..<inner {
          let left = unsafe a.start[transposed.a ? index * rows + row : row * inner + index]
          let right = unsafe b.start[
            transposed.b ? column * inner + index : index * columns + column]
          sum += Double(left) * Double(right)
        }
        let expected = 0.5 * sum + (accumulates ? Double(start[place]) : 0)
        #expect(abs(Double(results[0][place]) - expected) < 1e-5 * Double(inner).squareRoot() * 4)
      }
    }
  }
}
