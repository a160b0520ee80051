public import Autograd
public import Models

/// Sequences of tokens, all of one length, with a label for each token.
///
/// As in transformers, the label at a place is the token that stands there, and the model predicts it from
/// the tokens before; a label below 0, such as −100, is left out of the loss.
public struct LanguageExamples: Sendable {
  public let tokens: [[Int32]]
  public let labels: [[Int32]]

  /// - Throws: `TrainingError.noExamples`, or `.exampleDoesNotFit` with the first one that differs.
  public init(tokens: [[Int32]], labels: [[Int32]]) throws(TrainingError) {
    guard let length = tokens.first?.count, length > 0 else { throw .noExamples }
    guard tokens.count == labels.count else {
      throw .exampleDoesNotFit(
        index: min(tokens.count, labels.count), found: labels.count, needed: tokens.count)
    }
    for (index, (tokens, labels)) in zip(tokens, labels).enumerated() {
      for count in [tokens.count, labels.count] where count != length {
        throw .exampleDoesNotFit(index: index, found: count, needed: length)
      }
    }
    self.tokens = tokens
    self.labels = labels
  }

  public var count: Int { tokens.count }
  public var length: Int { tokens[0].count }
}

/// A transformer that learns to predict the next token.
public final class LanguageTask: TrainingTask {
  public let model: Transformer
  public let examples: LanguageExamples
  public let batchSize: Int
  public let plan: Plan
  public let loss: Tensor
  /// [batch, length, vocabulary]; its values can be read where the task does not train. Where it does,
  /// there may be fewer places: those with a label.
  public let logits: Tensor
  public let randomness: Randomness
  private let tokens: Indices
  private let labels: Indices
  /// Where logits are computed, in the batch; nil for everywhere.
  private let places: Indices?
  private let answers: [Answers]

  /// The places of an example at which something is to be predicted, and what.
  private struct Answers {
    var places: [Int32] = []
    var labels: [Int32] = []

    /// The label of a place is the token after it; the last place has none.
    init(_ labels: [Int32]) {
      for (place, label) in labels.dropFirst().enumerated() where label >= 0 {
        places.append(Int32(place))
        self.labels.append(label)
      }
    }

    /// All places of a sequence.
    init(everyPlaceOf labels: [Int32]) {
      places = Array(0..<Int32(labels.count))
      self.labels = labels.dropFirst() + [Indices.ignored]
    }

    /// As many places as another example has; those that are added have no label.
    mutating func pad(to count: Int) {
      let missing = max(count - places.count, 0)
      places += repeatElement(0, count: missing)
      labels += repeatElement(Indices.ignored, count: missing)
    }
  }

  /// The most tokens of a batch.
  public static let mostTokens = 1 << 24

  /// - Parameters:
  ///   - model: The model.
  ///   - examples: The sequences, whose tokens are all in the vocabulary.
  ///   - batchSize: The sequences of a batch.
  ///   - trains: Whether gradients are computed and dropout is active.
  ///   - seed: The seed of dropout.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `TrainingError.outOfRange` for a token that the model does not know; `ModelError` for
  ///   sequences that are too long.
  public init(
    _ model: Transformer, examples: LanguageExamples, batchSize: Int, trains: Bool = true,
    seed: UInt64 = 0, threads: Threads = .processors
  ) throws {
    guard (1...1 << 20).contains(batchSize) else {
      throw TrainingError.setting(
        name: "batch size", value: Double(batchSize), needed: "from 1 to \(1 << 20)")
    }
    guard batchSize <= Self.mostTokens / examples.length else {
      throw TrainingError.setting(
        name: "batch size", value: Double(batchSize),
        needed: "at most \(Self.mostTokens / examples.length) for sequences of \(examples.length)")
    }
    let vocabulary = model.configuration.vocabularySize
    for index in 0..<examples.count {
      for token in examples.tokens[index] where token < 0 || Int(token) >= vocabulary {
        throw TrainingError.outOfRange(example: index, value: Int(token), count: vocabulary)
      }
      for label in examples.labels[index] where Int(label) >= vocabulary {
        throw TrainingError.outOfRange(example: index, value: Int(label), count: vocabulary)
      }
    }
    self.model = model
    self.examples = examples
    self.batchSize = batchSize
    var answers = examples.labels.map { Answers($0) }
    let most = max(answers.map(\.places.count).max() ?? 0, 1)
    // Where most places have a label, choosing them would cost more than it saves.
    let isSelective = trains && most <= examples.length * 3 / 4
    if !isSelective { answers = examples.labels.map { Answers(everyPlaceOf: $0) } }
    for index in answers.indices { answers[index].pad(to: isSelective ? most : examples.length) }
    self.answers = answers
    places = isSelective ? Indices(count: batchSize * most) : nil
    randomness = Randomness(seed: seed)
    tokens = Indices(count: batchSize * examples.length)
    labels = Indices(count: places?.count ?? batchSize * examples.length)
    var graph = Graph(randomness: randomness)
    (logits, _) = try model.outputs(
      of: tokens, batch: batchSize, length: examples.length, in: &graph, trains: trains,
      at: places)
    loss = try graph.crossEntropy(logits: logits, labels: labels)
    plan = Plan(
      graph, loss: trains ? loss : nil, keeping: trains ? [] : [logits, loss], threads: threads)
  }

  public var parameters: [Parameter] { model.parameters }
  public var exampleCount: Int { examples.count }
  public var tokensPerBatch: Int { batchSize * examples.length }

  public func load(_ batch: [Int]) {
    let length = examples.length
    for (row, example) in batch.enumerated() {
      tokens.set(examples.tokens[example], at: row * length)
      let answers = answers[example]
      let first = row * answers.labels.count
      labels.set(answers.labels, at: first)
      places?.set(answers.places, at: first, adding: Int32(row * length))
    }
  }
}
