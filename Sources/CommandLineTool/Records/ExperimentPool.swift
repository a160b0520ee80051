internal import Dispatch
internal import Experiments
internal import Synchronization

/// Trains experiments side by side, one on each core: models this small gain nothing from more.
enum ExperimentPool {
  /// Trains all experiments.
  ///
  /// - Parameters:
  ///   - experiments: What is trained; the longest begin.
  ///   - context: Their base model.
  ///   - threads: How many are trained at a time.
  ///   - done: Called after each, on any thread but one at a time.
  /// - Throws: The failure of the first experiment, in their order, that failed; those that were trained
  ///   by then have been reported.
  static func train(
    _ experiments: [any Experiment], _ context: ExperimentContext,
    threads: Int = Interrupts.processorCount, done: (any Experiment, ExperimentRecord) -> Void
  ) throws {
    let order = experiments.indices.sorted {
      (-experiments[$0].cost, $0) < (-experiments[$1].cost, $1)
    }
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    let next = Atomic(0)
    let report = Mutex(())
    withoutActuallyEscaping(done) { done in
      nonisolated(unsafe) let done = done
      DispatchQueue.concurrentPerform(iterations: min(experiments.count, threads)) { _ in
        while failure.withLock({ $0 == nil }) {
          let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard turn < order.count else { return }
          let index = order[turn]
          do {
            let record = try experiments[index].record(context).kept
            report.withLock { _ in unsafe done(experiments[index], record) }
          } catch {
            failure.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, error) } }
          }
        }
      }
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
  }
}
