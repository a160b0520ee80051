internal import Autograd
internal import Datasets
internal import Models
internal import Training

#if canImport(Glibc)
  internal import Glibc
#endif

/// How a model answers exercises when it is shown each answer up to the character that it has to say.
///
/// One pass through the model says both how surprising the right answers are and which ones it would have
/// given itself: where every character of an answer is the likeliest after those before it, the model
/// writes just this answer. That is several times faster than letting it write.
struct ForcedAnswers {
  /// What came out.
  struct Result: Equatable, Sendable {
    /// How many answers the model would have written exactly.
    let right: Int
    let total: Int
    /// The share of the characters, the end among them, that are the likeliest after those before.
    let characterShare: Double
    /// The cross entropy of a character of the answers, averaged, in nats.
    let loss: Double

    var share: Double { total == 0 ? 0 : Double(right) / Double(total) }
  }

  private static let mostSequences = 128

  private let task: LanguageTask

  /// - Parameters:
  ///   - model: The model; what training changes in it later is seen.
  ///   - sequences: The exercises, at least one, as they are learned.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `TrainingError` or `ModelError` for sequences that the model cannot read.
  init(_ model: Transformer, _ sequences: TokenSequences, threads: Threads) throws {
    task = try LanguageTask(
      model, examples: LanguageExamples(sequences),
      batchSize: min(sequences.count, Self.mostSequences), trains: false, threads: threads)
  }

  /// Asks everything.
  func result() -> Result {
    var (right, rightLabels, labels, loss) = (0, 0, 0, 0.0)
    visit { logits, wanted in
      var isRight = true
      for (logits, label) in zip(logits, wanted) {
        let best = logits.indices.max { logits[$0] < logits[$1] } ?? logits.startIndex
        if best - logits.startIndex == Int(label) { rightLabels += 1 } else { isRight = false }
        loss += Self.surprise(logits, Int(label))
        labels += 1
      }
      if isRight { right += 1 }
    }
    return Result(
      right: right, total: task.exampleCount,
      characterShare: Double(rightLabels) / Double(max(labels, 1)),
      loss: loss / Double(max(labels, 1)))
  }

  /// All logits of the characters of the answers, in order.
  func logits() -> [Float] {
    var all: [Float] = []
    visit { logits, _ in all += logits.joined() }
    return all
  }

  /// Calls a closure for every exercise with the logits of each character of its answer, and the
  /// characters.
  private func visit(_ use: ([ArraySlice<Float>], [Int32]) -> Void) {
    let (batch, length) = (task.batchSize, task.examples.length)
    let vocabulary = task.model.configuration.vocabularySize
    for start in stride(from: 0, to: task.exampleCount, by: batch) {
      let examples = Array(start..<min(start + batch, task.exampleCount))
      task.load(examples)
      task.plan.forward()
      let values = task.plan.values(of: task.logits)
      for (row, example) in examples.enumerated() {
        // The label of a place is said after the token before it.
        let places = (1..<length).filter { task.examples.labels[example][$0] >= 0 }
        use(
          places.map { place in
            let first = (row * length + place - 1) * vocabulary
            return values[first..<first + vocabulary]
          }, places.map { task.examples.labels[example][$0] })
      }
    }
  }

  /// −log of the softmax.
  private static func surprise(_ logits: ArraySlice<Float>, _ label: Int) -> Double {
    let most = Double(logits.max() ?? 0)
    let sum = logits.reduce(0.0) { $0 + exp(Double($1) - most) }
    return most + log(sum) - Double(logits[logits.startIndex + label])
  }
}

extension LanguageExamples {
  /// Sequences as the trainer takes them.
  ///
  /// - Throws: `TrainingError.noExamples`.
  init(_ sequences: TokenSequences) throws(TrainingError) {
    try self.init(
      tokens: (0..<sequences.count).map { Array(sequences.tokens(at: $0)) },
      labels: (0..<sequences.count).map { Array(sequences.labels(at: $0)) })
  }
}
