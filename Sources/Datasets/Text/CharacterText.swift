/// A text cut into windows for a model that learns to go on, character by character.
///
/// A window of T tokens lets a model predict T − 1 of them. Windows begin T − 1 characters apart, so that
/// every character but the first is predicted once. Where the last characters do not fill a window,
/// the last window begins earlier, and some characters are predicted twice.
public struct CharacterText: Equatable, Sendable {
  public let tokenizer: CharacterTokenizer
  /// Windows to learn from.
  public let train: TokenSequences
  /// Windows of the end of the text, to check with; without any if the share is 0.
  public let validation: TokenSequences

  /// Cuts a text into windows.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - path: The file that it comes from, for messages.
  ///   - length: The number of tokens of a window, at least 2.
  ///   - validationShare: The share of the text, at its end, that is set apart.
  ///   - tokenizer: The vocabulary; nothing for that of the whole text.
  ///   - hasBeginning: Whether every window starts with the token of beginning, which is one of its
  ///     tokens, so that a model can be asked to write from nothing.
  /// - Throws: `setting`, `contents` for a text that is too short, or `lines` with the characters
  ///   that are not in the vocabulary.
  public init(
    text: String, path: String, length: Int, validationShare: Double = 0.1,
    tokenizer: CharacterTokenizer? = nil, hasBeginning: Bool = false
  ) throws(DatasetError) {
    guard ((hasBeginning ? 3 : 2)...1 << 20).contains(length) else {
      throw .setting(
        name: "the length of a window", value: "\(length)",
        allowed: "from \(hasBeginning ? 3 : 2) to \(1 << 20)")
    }
    guard validationShare >= 0, validationShare < 1 else {
      throw .setting(
        name: "the share of the validation set", value: "\(validationShare)",
        allowed: "from 0 up to, but not including, 1")
    }
    let tokenizer = tokenizer ?? CharacterTokenizer(vocabularyOf: text)
    let tokens = try Self.tokens(of: text, path: path, tokenizer)
    let length = length - (hasBeginning ? 1 : 0)
    var held = Int((Double(tokens.count) * validationShare).rounded())
    if validationShare > 0 { held = max(held, length) }
    let needed = length + (validationShare > 0 ? length : 0)
    guard tokens.count - held >= length else {
      throw .contents(file: path, .tooShort(characters: tokens.count, needed: needed))
    }
    self.tokenizer = tokenizer
    let start = hasBeginning ? [CharacterTokenizer.begin] : []
    train = Self.windows(of: tokens[..<(tokens.count - held)], length: length, after: start)
    validation = Self.windows(of: tokens[(tokens.count - held)...], length: length, after: start)
  }

  /// The windows of some tokens; fewer than a window give none.
  private static func windows(
    of tokens: ArraySlice<Int>, length: Int, after beginning: [Int]
  ) -> TokenSequences {
    var sequences = TokenSequences(length: beginning.count + length)
    guard tokens.count >= length else { return sequences }
    var start = tokens.startIndex
    while start + length <= tokens.endIndex {
      sequences.append(window: beginning + tokens[start..<start + length])
      start += length - 1
    }
    // The last window ends with the text, and its first part was in the one before.
    if start + 1 < tokens.endIndex {
      sequences.append(window: beginning + tokens.suffix(length))
    }
    return sequences
  }

  private static func tokens(
    of text: String, path: String, _ tokenizer: CharacterTokenizer
  ) throws(DatasetError) -> [Int] {
    if let tokens = try? tokenizer.tokens(of: text) { return tokens }
    var problems = LineProblems()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      do throws(CharacterTokenizer.UnknownCharacter) {
        _ = try tokenizer.tokens(of: line)
      } catch {
        problems.add(line: index + 1, "\(error)")
      }
    }
    // The line break itself may be what the vocabulary lacks.
    if problems.isEmpty { problems.add(line: 1, "the line break is not in the vocabulary") }
    try problems.check(path)
    return []
  }
}
