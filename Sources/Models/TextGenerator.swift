public import Autograd
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// Lets a transformer go on with prompts, token by token.
///
/// Every token is computed once: a ``Decoder`` remembers what those before it left behind.
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
  private let threads: Threads
  private let weights: DecoderWeights

  /// The sequences that one thread goes on with from the first to the last token.
  private static let sequencesPerGroup = 16

  /// Copies the weights as they are now, with adapters merged.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - batch: How many prompts are gone on with at a time; the results do not depend on it.
  ///   - length: The tokens of a sequence, prompt included.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `ModelError.sequenceTooLong`; `AdapterError` if a number of an adapter is not finite.
  public init(
    _ model: Transformer, batch: Int, length: Int, threads: Threads = .processors
  ) throws {
    precondition(batch > 0 && length > 0, "\(batch) sequences of \(length) tokens.")
    self.batch = batch
    self.length = length
    self.threads = threads
    weights = try DecoderWeights(model, length: length)
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
      let sequences = prompts.map { Continuation($0, RandomGenerator(seed: seeds.next())) }
      let size = Self.sequencesPerGroup
      threads.forEachChunk(of: (sequences.count + size - 1) / size) { group, _ in
        let first = group * size
        go(on: sequences[first..<min(first + size, sequences.count)], end, choice)
      }
      answers += sequences.map(\.answer)
    }
    return answers
  }

  /// A prompt with its answer so far.
  private final class Continuation {
    var tokens: [Int32]
    var generator: RandomGenerator
    private let promptCount: Int

    init(_ prompt: [Int32], _ generator: RandomGenerator) {
      tokens = prompt
      promptCount = prompt.count
      self.generator = generator
    }

    var answer: [Int32] { Array(tokens.dropFirst(promptCount)) }
  }

  private func go(on sequences: ArraySlice<Continuation>, _ end: Int32, _ choice: Choice) {
    let decoder = Decoder(weights, sequences: sequences.count, length: length)
    var places: [Decoder.Place] = []
    for (index, sequence) in sequences.enumerated() where sequence.tokens.count < length {
      for (position, token) in sequence.tokens.enumerated() {
        places.append(Decoder.Place(sequence: index, position: position, token: token))
      }
    }
    // A queue: the token after a sequence's last one takes its place at the end.
    var next = 0
    while next < places.count {
      let now = places[next..<min(next + Decoder.mostPlaces, places.count)]
      next = now.endIndex
      let wanted = now.indices.filter {
        places[$0].position == sequences[sequences.startIndex + places[$0].sequence].tokens.count
          - 1
      }
      let logits = unsafe decoder.logits(of: now, wanted: wanted.map { $0 - now.startIndex })
      let vocabulary = logits.count / max(wanted.count, 1)
      for (row, place) in wanted.enumerated() {
        let place = places[place]
        let sequence = sequences[sequences.startIndex + place.sequence]
        let token = Self.token(
          unsafe Array(logits[row * vocabulary..<(row + 1) * vocabulary]), choice,
          &sequence.generator)
        sequence.tokens.append(token)
        guard token != end, sequence.tokens.count < length else { continue }
        places.append(
          Decoder.Place(
            sequence: place.sequence, position: place.position + 1, token: token))
      }
    }
  }

  private static func token(
    _ logits: [Float], _ choice: Choice, _ generator: inout RandomGenerator
  ) -> Int32 {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    guard case .sampling(let temperature, _) = choice else {
      return Int32(best)
    }
    let weights = logits.map { exp((Double($0) - Double(logits[best])) / temperature) }
    var rest = generator.nextUniform() * weights.reduce(0, +)
    for (token, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return Int32(token) }
    }
    return Int32(best)
  }
}
