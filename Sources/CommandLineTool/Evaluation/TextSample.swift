internal import Datasets
internal import Models

/// A text that a model writes, of any length: when its memory is full, it goes on from the last part.
struct TextSample {
  private let model: Transformer
  private let tokenizer: CharacterTokenizer
  private let length: Int

  /// The most tokens that are read at a time, whatever the model would allow.
  private static let mostTokens = 512

  init(_ model: Transformer, _ tokenizer: CharacterTokenizer) {
    self.model = model
    self.tokenizer = tokenizer
    length = min(model.configuration.longestSequence, Self.mostTokens)
  }

  /// What the model writes behind a prompt, up to its end token or a number of characters.
  ///
  /// - Throws: `CharacterTokenizer.UnknownCharacter` for a prompt with a character it does not know, and
  ///   what generating throws.
  func text(
    after prompt: String, count: Int, choice: TextGenerator.Choice
  ) throws -> String {
    let given = try tokenizer.tokens(of: prompt).map(Int32.init)
    var written: [Int32] = []
    var choice = choice
    while written.count < count {
      let whole = given + written
      // Where not all can be read, half of it leaves the other half to be written.
      let tail = whole.count + 1 < length ? whole : Array(whole.suffix(max(length / 2, 1)))
      let start = [Int32(CharacterTokenizer.begin)] + tail
      let room = min(length, start.count + count - written.count)
      guard room > start.count else { break }
      let generator = try TextGenerator(model, batch: 1, length: room)
      let more =
        generator.continuations(
          of: [start], end: Int32(CharacterTokenizer.end), choice: choice
        ).first ?? []
      if more.isEmpty { break }
      written += more
      if more.last == Int32(CharacterTokenizer.end) { break }
      // Another seed for each part, or the same draws would be made again.
      if case .sampling(let temperature, let seed) = choice {
        choice = .sampling(temperature: temperature, seed: seed &+ 1)
      }
    }
    return tokenizer.answer(of: written.map(Int.init))
  }
}
