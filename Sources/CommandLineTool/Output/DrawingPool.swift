internal import CairoRendering
internal import Dispatch
internal import Synchronization

/// Draws files on all cores.
enum DrawingPool {
  /// Draws all files, in their order; nothing is returned if one of them fails.
  ///
  /// - Parameters:
  ///   - jobs: what is drawn.
  ///   - look: how it looks.
  ///   - threads: how many are drawn at a time.
  ///   - progress: called after each file with the number of those that are done, on any thread.
  /// - Returns: the files in the order of the jobs.
  /// - Throws: the failure of the first job that failed.
  static func draw(
    _ jobs: [FigureJob], _ look: FigureLook, threads: Int = Interrupts.processorCount,
    progress: @Sendable (Int) -> Void
  ) throws -> [DrawnFile] {
    guard !jobs.isEmpty else { return [] }
    // The longest jobs come first, so that no worker is left with one when the others are done.
    let order = jobs.indices.sorted { (-jobs[$0].pages.count, $0) < (-jobs[$1].pages.count, $1) }
    let results = Mutex([Result<DrawnFile, RenderingError>?](repeating: nil, count: jobs.count))
    let next = Atomic(0)
    let finished = Atomic(0)
    let workers = min(jobs.count, threads)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      // A renderer belongs to one thread; each worker takes the next job until none is left.
      let renderer = Result { () throws(RenderingError) in try FigureRenderer() }
      while true {
        let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard turn < order.count else { return }
        let index = order[turn]
        let result = Result { () throws(RenderingError) in
          try jobs[index].draw(look, try renderer.get())
        }
        results.withLock { $0[index] = result }
        progress(finished.wrappingAdd(1, ordering: .relaxed).newValue)
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }
}
