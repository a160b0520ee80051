/// Sequences of tokens of one length, with the tokens that a model should say.
///
/// A label stands at the place of its token: a model that reads the tokens before it should say it, as
/// Hugging Face's causal models count it. A label of −100 is ignored.
public struct TokenSequences: Equatable, Sendable {
  /// The label that the loss leaves out.
  public static let ignored: Int32 = -100

  /// The number of tokens of every sequence.
  public let length: Int
  /// The tokens, [sequences, length].
  public private(set) var tokens: [Int32] = []
  /// The labels, [sequences, length].
  public private(set) var labels: [Int32] = []

  /// No sequences yet; the length is at least 1.
  public init(length: Int) {
    precondition(length > 0, "A sequence of \(length) tokens is not possible.")
    self.length = length
  }

  /// The number of sequences.
  public var count: Int { tokens.count / length }

  /// The number of labels that count.
  public var labelCount: Int { labels.count { $0 != Self.ignored } }

  /// The tokens of one sequence.
  public func tokens(at index: Int) -> ArraySlice<Int32> {
    tokens[index * length..<(index + 1) * length]
  }

  /// The labels of one sequence.
  public func labels(at index: Int) -> ArraySlice<Int32> {
    labels[index * length..<(index + 1) * length]
  }

  /// Adds a beginning, a prompt, an answer and an end; only answer and end are labelled.
  ///
  /// - Returns: Whether they fit; otherwise nothing is added.
  mutating func append(prompt: [Int], answer: [Int]) -> Bool {
    let used = prompt.count + answer.count + 2
    guard used <= length else { return false }
    let start = [CharacterTokenizer.begin] + prompt
    let labelled = answer + [CharacterTokenizer.end]
    let padding = repeatElement(Int32(CharacterTokenizer.padding), count: length - used)
    tokens += (start + labelled).map(Int32.init) + padding
    labels += repeatElement(Self.ignored, count: start.count)
    labels += labelled.map(Int32.init)
    labels += repeatElement(Self.ignored, count: padding.count)
    return true
  }

  /// Adds a whole window of text; every token is a label.
  mutating func append(window: [Int]) {
    precondition(window.count == length, "\(window.count) tokens are no window of \(length).")
    tokens += window.map(Int32.init)
    labels += window.map(Int32.init)
  }

  /// Some of the sequences one after the other, in the order of their numbers.
  public subscript(indices: some Sequence<Int>) -> TokenSequences {
    var result = TokenSequences(length: length)
    for index in indices {
      result.tokens += tokens(at: index)
      result.labels += labels(at: index)
    }
    return result
  }

  /// Sets some of the sequences apart, chosen at random; both parts keep their order.
  ///
  /// - Parameters:
  ///   - share: The share to set apart, from 0 up to, but not including, 1.
  ///   - seed: The seed of the choice.
  /// - Returns: Both parts; with a share above 0 and at least two sequences, neither is empty.
  /// - Throws: `setting`.
  public func split(
    validationShare share: Double, seed: UInt64
  ) throws(DatasetError) -> (train: TokenSequences, validation: TokenSequences) {
    let (train, validation) = try splitIndices(count, validationShare: share, seed: seed)
    return (self[train], self[validation])
  }
}
