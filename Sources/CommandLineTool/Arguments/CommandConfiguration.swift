/// What a command is called, what it takes and how it is used.
struct CommandConfiguration {
  var name: String
  /// One line for the list of commands.
  var summary: String
  var arguments: [Argument] = []
  var options: [Option] = []
  /// Commands that work as they stand.
  var examples: [String] = []

  /// A word that has its meaning by its place.
  struct Argument {
    var name: String
    var summary: String
    var isRequired = true
  }

  /// A word that starts with two hyphens.
  struct Option {
    var name: String
    /// The letter that says the same after one hyphen.
    var letter: Character?
    /// What stands after it; `nil` for a flag.
    var value: String?
    var summary: String
    /// Whether it may stand more than once.
    var repeats = false

    init(
      _ name: String, letter: Character? = nil, _ value: String? = nil, _ summary: String,
      repeats: Bool = false
    ) {
      self.name = name
      self.letter = letter
      self.value = value
      self.summary = summary
      self.repeats = repeats
    }

    /// The ways in which the option is written.
    var spellings: [String] { (letter.map { ["-\($0)"] } ?? []) + ["--\(name)"] }
    /// The option with its value, as the help shows it.
    var shown: String { spellings.joined(separator: ", ") + (value.map { " \($0)" } ?? "") }
  }
}

extension CommandConfiguration {
  /// The text of `--help`.
  func help(tool: String) -> String {
    var usage = "usage: \(tool) \(name)"
    for argument in arguments {
      usage += argument.isRequired ? " <\(argument.name)>" : " [<\(argument.name)>]"
    }
    if !options.isEmpty { usage += " [options]" }
    var text = "\(summary)\n\n\(usage)\n"
    let rows =
      arguments.map { ("<\($0.name)>", $0.summary) }
      + options.map { ($0.shown, $0.summary) } + [("--help", "show this")]
    text += "\n" + Self.columns(rows)
    if !examples.isEmpty {
      text += "\n" + (examples.count == 1 ? "example:" : "examples:") + "\n"
      text += examples.map { "  \($0)\n" }.joined()
    }
    return text
  }

  /// Rows of a word and its meaning, with the meanings below each other.
  static func columns(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { word, meaning in
      "  \(word)\(String(repeating: " ", count: width - word.count))  \(meaning)\n"
    }.joined()
  }
}
