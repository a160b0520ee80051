internal import Autograd
internal import Models
internal import Training

/// A transformer that learns to compute what another computes: the mean squared difference of the logits
/// at every place of an answer.
final class ImitationTask: TrainingTask {
  private let model: Transformer
  private let examples: LanguageExamples
  let batchSize: Int
  let plan: Plan
  let loss: Tensor
  let randomness: Randomness
  private let tokens: Indices
  private let wanted: Floats
  private let counts: Floats
  /// The logits of the teacher, one list an example, zero where they do not count.
  private let logits: [[Float]]
  /// 1 where a logit counts.
  private let masks: [[Float]]

  /// - Parameters:
  ///   - model: The model that learns.
  ///   - teacher: The model that is imitated, of the same sizes.
  ///   - examples: The sequences; labels say which places count.
  ///   - batchSize: The sequences of a batch, a divisor of their number.
  ///   - threads: How many threads work.
  /// - Throws: `TrainingError` or `ModelError` where the examples do not suit.
  init(
    _ model: Transformer, teacher: Transformer, examples: LanguageExamples, batchSize: Int,
    threads: Threads
  ) throws {
    precondition(
      examples.count.isMultiple(of: batchSize), "\(examples.count) is not \(batchSize) × n.")
    self.model = model
    self.examples = examples
    self.batchSize = batchSize
    let vocabulary = model.configuration.vocabularySize
    let width = examples.length * vocabulary
    masks = examples.labels.map { labels in
      (0..<examples.length).flatMap { place in
        let counts = place + 1 < labels.count && labels[place + 1] >= 0
        return [Float](repeating: counts ? 1 : 0, count: vocabulary)
      }
    }
    let reading = try LanguageTask(
      teacher, examples: examples, batchSize: batchSize, trains: false, threads: threads)
    var logits: [[Float]] = []
    for start in stride(from: 0, to: examples.count, by: batchSize) {
      reading.load(Array(start..<start + batchSize))
      reading.plan.forward()
      let values = reading.plan.values(of: reading.logits)
      for row in 0..<batchSize {
        logits.append(
          zip(values[row * width..<(row + 1) * width], masks[start + row]).map { $0 * $1 })
      }
    }
    self.logits = logits
    randomness = Randomness(seed: 0)
    tokens = Indices(count: batchSize * examples.length)
    wanted = Floats([Float](repeating: 0, count: batchSize * width))
    counts = Floats([Float](repeating: 0, count: batchSize * width))
    var graph = Graph(randomness: randomness)
    let (found, _) = try model.outputs(
      of: tokens, batch: batchSize, length: examples.length, in: &graph, trains: true)
    loss = try graph.meanSquaredError(
      graph.multiply(found, graph.input(counts, shape: found.shape)),
      target: graph.input(wanted, shape: found.shape))
    plan = Plan(graph, loss: loss, threads: threads)
  }

  var parameters: [Parameter] { model.parameters }
  var exampleCount: Int { examples.count }
  var tokensPerBatch: Int { batchSize * examples.length }

  func load(_ batch: [Int]) {
    for (row, example) in batch.enumerated() {
      tokens.set(examples.tokens[example], at: row * examples.length)
      wanted.set(logits[example], at: row * logits[example].count)
      counts.set(masks[example], at: row * masks[example].count)
    }
  }
}
