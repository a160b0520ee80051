public import Autograd
public import Models

/// Examples that are not learned, on which the loss is measured while a model learns others.
///
/// The plan shares the weights of the model, so that a measurement is of the model as it is then.
public final class Validation {
  private let task: any TrainingTask
  private let batches: [(examples: [Int], weight: Double)]

  private init(_ task: any TrainingTask, _ batches: [(examples: [Int], weight: Double)]) {
    self.task = task
    let total = batches.reduce(0) { $0 + $1.weight }
    self.batches = batches.map { ($0.examples, $0.weight / max(total, 1)) }
  }

  /// Sequences for a transformer.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - examples: The sequences that were set apart.
  ///   - batchSize: The most sequences that go through the model together.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `TrainingError` or `ModelError` where the sequences do not suit the model.
  public convenience init(
    _ model: Transformer, examples: LanguageExamples, batchSize: Int,
    threads: Threads = .processors
  ) throws {
    let size = min(batchSize, examples.count)
    // The last batch is filled with sequences whose labels are all left out.
    let count = (examples.count + size - 1) / size * size
    let filling = count - examples.count
    let padded = try LanguageExamples(
      tokens: examples.tokens + [[Int32]](repeating: examples.tokens[0], count: filling),
      labels: examples.labels
        + [[Int32]](
          repeating: [Int32](repeating: Indices.ignored, count: examples.length), count: filling))
    let task = try LanguageTask(
      model, examples: padded, batchSize: size, trains: false, threads: threads)
    self.init(
      task,
      stride(from: 0, to: count, by: size).map { start in
        let rows = Array(start..<start + size)
        // The label of the first place is asked of nothing.
        let labels = rows.reduce(0) { $0 + padded.labels[$1].dropFirst().count { $0 >= 0 } }
        return (rows, Double(labels))
      })
  }

  /// The rows of a table, all of them together.
  ///
  /// - Throws: `TrainingError` where the rows do not suit the network.
  public convenience init(
    _ model: MultilayerPerceptron, examples: TableExamples, threads: Threads = .processors
  ) throws {
    let task = try TableTask(
      model, examples: examples, batchSize: examples.inputs.count, trains: false, threads: threads)
    self.init(task, [(Array(0..<examples.inputs.count), 1)])
  }

  /// The mean of the loss over all labels, as the model now is.
  public func loss() -> Float {
    Float(batches.reduce(0.0) { $0 + $1.weight * Double(task.loss(of: $1.examples)) })
  }
}
