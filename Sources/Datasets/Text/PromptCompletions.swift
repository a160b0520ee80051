internal import Interchange

/// Prompts and what should follow, from a file of JSON lines.
///
/// Every line is an object with the texts `prompt` and `completion`; other members are ignored, and so
/// are blank lines.
public struct PromptCompletions: Equatable, Sendable {
  /// A larger file is refused.
  public static let largestFile = 64 << 20
  /// A longer line is refused.
  public static let longestLine = 1 << 20

  /// More tokens, padding included, are not kept in memory.
  static let mostTokens = 1 << 28

  /// A prompt, what should follow, and the line that they come from, counted from 1.
  public struct Pair: Equatable, Sendable {
    public let prompt: String
    public let completion: String
    public let line: Int
  }

  public let path: String
  public let pairs: [Pair]

  /// Reads a file.
  ///
  /// - Throws: `file`, `contents`, or `lines` with everything that is wrong, up to a limit.
  public init(path: String) throws(DatasetError) {
    let bytes = try TextFile.bytes(of: path, limit: Self.largestFile)
    var problems = LineProblems()
    var pairs: [Pair] = []
    for (number, line) in TextLines(bytes) {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      do throws(LineProblem) {
        pairs.append(try Self.pair(line, number))
      } catch {
        problems.add(error)
      }
    }
    try problems.check(path)
    guard !pairs.isEmpty else { throw .contents(file: path, .noExamples) }
    self.path = path
    self.pairs = pairs
  }

  private static func pair(
    _ bytes: ArraySlice<UInt8>, _ line: Int
  ) throws(LineProblem) -> Pair {
    guard bytes.count <= longestLine else {
      throw LineProblem(
        line: line, "the line has \(bytes.count) bytes, more than the limit of \(longestLine)")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw LineProblem(line: line, TextFile.invalidUTF8)
    }
    let fields: JSONFields
    do throws(JSONFields.NotAnObject) {
      fields = try JSONFields(parsing: Array(bytes))
    } catch {
      let name = error.duplicate.map { ": \(quoted($0))" } ?? ""
      throw LineProblem(
        line: line, "it is not a JSON object: column \(error.offset + 1): \(error.reason)\(name)")
    }
    func text(_ name: String) throws(LineProblem) -> String {
      do throws(JSONFields.WrongType) {
        if let text = try fields.text(name) { return text }
      } catch {
        throw LineProblem(line: line, "\(quoted(name)) is not a text")
      }
      throw LineProblem(line: line, "the object has no \(quoted(name))")
    }
    let (prompt, completion) = (try text("prompt"), try text("completion"))
    guard !completion.isEmpty else {
      throw LineProblem(line: line, "the completion is empty, so that there is nothing to learn")
    }
    return Pair(prompt: prompt, completion: completion, line: line)
  }

  /// The vocabulary of all prompts and completions.
  public var tokenizer: CharacterTokenizer {
    var characters: Set<Unicode.Scalar> = []
    for pair in pairs {
      characters.formUnion(pair.prompt.unicodeScalars)
      characters.formUnion(pair.completion.unicodeScalars)
    }
    return CharacterTokenizer(characters.sorted())
  }

  /// The pairs as sequences; the loss counts completions and ends, not prompts and padding.
  ///
  /// - Parameters:
  ///   - tokenizer: The vocabulary of the model.
  ///   - length: The longest sequence of the model; nothing for the longest pair.
  /// - Returns: A sequence for each pair.
  /// - Throws: `setting`, or `lines` with the pairs that are too long or have characters that are not
  ///   in the vocabulary.
  public func sequences(
    tokenizer: CharacterTokenizer, length: Int? = nil
  ) throws(DatasetError) -> TokenSequences {
    let longest = pairs.reduce(0) {
      max($0, $1.prompt.unicodeScalars.count + $1.completion.unicodeScalars.count + 2)
    }
    let length = length ?? longest
    guard (3...1 << 20).contains(length) else {
      throw .setting(
        name: "the length", value: "\(length)", allowed: "from 3 to \(1 << 20)")
    }
    // One long pair would make all others as long.
    guard pairs.count * length <= Self.mostTokens else {
      throw .contents(
        file: path, .tooManyTokens(count: pairs.count * length, limit: Self.mostTokens))
    }
    var sequences = TokenSequences(length: length)
    var problems = LineProblems()
    for pair in pairs {
      do throws(CharacterTokenizer.UnknownCharacter) {
        let prompt = try tokenizer.tokens(of: pair.prompt)
        let completion = try tokenizer.tokens(of: pair.completion)
        if !sequences.append(prompt: prompt, answer: completion) {
          problems.add(
            line: pair.line,
            "prompt and completion take \(prompt.count + completion.count + 2) tokens, more than "
              + "the \(length) that the model reads")
        }
      } catch {
        problems.add(line: pair.line, "\(error)")
      }
    }
    try problems.check(path)
    return sequences
  }
}
