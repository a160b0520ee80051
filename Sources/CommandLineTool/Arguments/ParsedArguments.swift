internal import Course

/// The words of a command line, sorted by what they mean.
struct ParsedArguments {
  /// The name of the command, whose help complaints point to.
  let command: String
  private var positional: [String] = []
  private var values: [String: [String]] = [:]

  /// Sorts words by a command's declarations.
  ///
  /// An option's value stands after it or after `=`; words after `--` are arguments.
  ///
  /// - Throws: `ToolError.usage` for what the command does not know.
  init(_ words: [String], _ configuration: CommandConfiguration) throws(ToolError) {
    command = configuration.name
    var rest = words[...]
    var onlyArguments = false
    while let word = rest.popFirst() {
      if onlyArguments || !word.hasPrefix("-") || word == "-" {
        positional.append(word)
      } else if word == "--" {
        onlyArguments = true
      } else {
        try takeOption(word, &rest, configuration)
      }
    }
    let required = configuration.arguments.filter(\.isRequired)
    if positional.count < required.count {
      let missing = required[positional.count]
      throw .usage(
        "\(configuration.name) needs <\(missing.name)>: \(missing.summary)",
        command: configuration.name)
    }
    if positional.count > configuration.arguments.count {
      throw .usage(
        "\(configuration.name) does not take “\(positional[configuration.arguments.count])”",
        command: configuration.name)
    }
  }

  private mutating func takeOption(
    _ word: String, _ rest: inout ArraySlice<String>, _ configuration: CommandConfiguration
  ) throws(ToolError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let written = String(parts[0])
    guard let option = configuration.options.first(where: { $0.spellings.contains(written) })
    else {
      let known = configuration.options.map { "--\($0.name)" } + ["--help"]
      let nearest = Spelling.nearest(to: written, among: known)
      throw .usage(
        "\(configuration.name) has no option “\(written)”"
          + (nearest.map { "; did you mean “\($0)”?" } ?? ""),
        command: configuration.name)
    }
    if values[option.name] != nil, !option.repeats {
      throw .usage("\(written) stands twice", command: configuration.name)
    }
    guard let placeholder = option.value else {
      if parts.count > 1 {
        throw .usage("\(written) takes no value", command: configuration.name)
      }
      values[option.name, default: []].append("")
      return
    }
    if parts.count > 1 {
      values[option.name, default: []].append(String(parts[1]))
    } else if let next = rest.first, !next.hasPrefix("--") {
      values[option.name, default: []].append(next)
      rest = rest.dropFirst()
    } else {
      throw .usage("\(written) needs a value: \(placeholder)", command: configuration.name)
    }
  }

  /// The argument at a place, if it was given.
  func argument(_ index: Int) -> String? {
    index < positional.count ? positional[index] : nil
  }

  func has(_ flag: String) -> Bool { values[flag] != nil }
  func value(_ option: String) -> String? { values[option]?.last }
  func all(_ option: String) -> [String] { values[option] ?? [] }
}

extension ParsedArguments {
  /// One of a few words, or nothing where the option was not given.
  func choice(_ option: String, among words: [String]) throws(ToolError) -> String? {
    guard let word = value(option) else { return nil }
    guard words.contains(word) else {
      throw .usage(
        "--\(option) is one of \(words.joined(separator: ", ")), not “\(word)”"
          + (Spelling.nearest(to: word.lowercased(), among: words)
            .map { "; did you mean “\($0)”?" } ?? ""),
        command: command)
    }
    return word
  }

  /// A whole number in a range.
  func whole(_ option: String, in range: ClosedRange<Int>) throws(ToolError) -> Int? {
    guard let word = value(option) else { return nil }
    guard let number = Int(word), range.contains(number) else {
      throw .usage(
        "--\(option) is a whole number from \(range.lowerBound) to \(range.upperBound), not “\(word)”",
        command: command)
    }
    return number
  }
}
