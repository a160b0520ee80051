public import Autograd
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// Lets a transformer go on with prompts, token by token.
///
/// Every token is computed from the whole sequence so far: for toy models that is quick, and the numbers
/// are those of training.
public final class TextGenerator {
  /// How the next token is chosen.
  public enum Choice: Equatable, Sendable {
    /// The most likely one; of several, the first.
    case greedy
    /// At random, with the logits divided by a temperature above 0.
    case sampling(temperature: Double, seed: UInt64)
  }

  private let batch: Int
  private let length: Int
  private let vocabulary: Int
  private let tokens: Indices
  private let logits: Tensor
  private let plan: Plan

  /// Lays out the memory for some sequences at a time.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - batch: How many prompts are gone on with at a time; the results do not depend on it.
  ///   - length: The tokens of a sequence, prompt included.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `ModelError.sequenceTooLong`.
  public init(
    _ model: Transformer, batch: Int, length: Int, threads: Threads = .processors
  ) throws {
    precondition(batch > 0 && length > 0, "\(batch) sequences of \(length) tokens.")
    self.batch = batch
    self.length = length
    vocabulary = model.configuration.vocabularySize
    tokens = Indices(count: batch * length)
    var graph = Graph()
    (logits, _) = try model.outputs(
      of: tokens, batch: batch, length: length, in: &graph, trains: false)
    plan = Plan(graph, keeping: [logits], threads: threads)
  }

  /// Goes on with prompts.
  ///
  /// - Parameters:
  ///   - prompts: The tokens of each prompt, in the vocabulary; one that is empty or fills the length
  ///     gets no answer.
  ///   - end: The token after which nothing follows.
  ///   - choice: How tokens are chosen.
  ///   - progress: Called with the number of prompts that are done.
  /// - Returns: What follows each prompt: tokens up to the end token, which is the last one, or as many
  ///   as the length allows.
  public func continuations(
    of prompts: [[Int32]], end: Int32, choice: Choice = .greedy,
    progress: (Int) -> Void = { _ in }
  ) -> [[Int32]] {
    var seeds =
      if case .sampling(_, let seed) = choice {
        RandomGenerator(seed: seed)
      } else {
        RandomGenerator(seed: 0)
      }
    var answers: [[Int32]] = []
    for start in stride(from: 0, to: prompts.count, by: batch) {
      progress(start)
      let prompts = prompts[start..<min(start + batch, prompts.count)]
      // A generator for each prompt, so that its answer does not depend on its neighbours.
      var generators = prompts.map { _ in RandomGenerator(seed: seeds.next()) }
      answers += go(on: Array(prompts), end, choice, &generators)
    }
    return answers
  }

  private func go(
    on prompts: [[Int32]], _ end: Int32, _ choice: Choice, _ generators: inout [RandomGenerator]
  ) -> [[Int32]] {
    var rows = prompts
    var isOpen = prompts.map { !$0.isEmpty && $0.count < length }
    while isOpen.contains(true) {
      // Attention is causal: what stands behind a sequence does not matter.
      for (row, sequence) in rows.enumerated() where isOpen[row] {
        tokens.set(sequence, at: row * length)
      }
      plan.forward()
      let values = plan.values(of: logits)
      for row in rows.indices where isOpen[row] {
        let place = (row * length + rows[row].count - 1) * vocabulary
        let token = Self.token(values[place..<place + vocabulary], choice, &generators[row])
        rows[row].append(token)
        isOpen[row] = token != end && rows[row].count < length
      }
    }
    return zip(rows, prompts).map { Array($0.dropFirst($1.count)) }
  }

  private static func token(
    _ logits: ArraySlice<Float>, _ choice: Choice, _ generator: inout RandomGenerator
  ) -> Int32 {
    var best = logits.startIndex
    for index in logits.indices where logits[index] > logits[best] { best = index }
    guard case .sampling(let temperature, _) = choice else {
      return Int32(best - logits.startIndex)
    }
    let weights = logits.map { exp((Double($0) - Double(logits[best])) / temperature) }
    var rest = generator.nextUniform() * weights.reduce(0, +)
    for (token, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return Int32(token) }
    }
    return Int32(best - logits.startIndex)
  }
}
