internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Training

extension BilinearTask {
  /// A task with all examples in every step.
  ///
  /// - Throws: `TrainingError` for no examples.
  convenience init(
    _ layer: any LinearLayer, _ examples: BilinearExamples, threads: Threads
  ) throws {
    try self.init(
      layer, u: examples.u.values, v: examples.v.values, y: examples.y,
      batchSize: examples.count, threads: threads)
  }
}
