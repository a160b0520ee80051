internal import CairoRendering
internal import Course
internal import Drawing
internal import Interchange

/// Writes the command that makes a file or a step again.
struct CommandText {
  var command = "run"
  /// The lesson, or the figure where the command makes one.
  var subject: String
  var language: Language
  var options: RunOptions
  /// The date in PDF files, in seconds since 1970.
  var timestamp = FigureMetadata.fixedTimestamp

  /// The command for a step, or for the whole lesson, and one format.
  ///
  /// What has its default value is left out, but for the language, which depends on the reader; and so
  /// is what was set for other steps, which a command for one step would refuse.
  ///
  /// - Parameters:
  ///   - step: The step; `nil` for all.
  ///   - usesWeights: Whether the reader's weights were used.
  ///   - format: The format; `nil` for all.
  /// - Returns: A line for a shell.
  func callAsFunction(
    step: StepRun?, usesWeights: Bool, format: FigureFormat? = nil
  ) -> String {
    var words = [Tool.name, command, subject]
    if format == .pdf, timestamp != FigureMetadata.fixedTimestamp {
      words.insert("\(FigureMetadata.timestampVariable)=\(timestamp)", at: 0)
    }
    func add(_ option: String, _ value: String?) {
      if let value { words += ["--\(option)", Self.quoted(value)] }
    }
    add("step", step?.id)
    add("lang", language.rawValue)
    if options.preset.name != Preset.slide.name { add("for", options.preset.name) }
    if options.theme.name != Theme.light.name { add("theme", options.theme.name) }
    if command == "run" { add("format", format?.rawValue) }
    if format == .png || format == .webp { add("dpi", options.resolution.map(String.init)) }
    if format == .webp { add("frame-time", options.frameTime.map { "\($0)" }) }
    if format == .svg, options.svgText == .live { add("svg-text", options.svgText.rawValue) }
    if options.isTransparent { words.append("--transparent") }
    if options.showsCaptions { words.append("--caption") }
    add("decimal", options.decimalMark?.rawValue)
    for (name, value) in options.settings.sorted(by: { $0.key < $1.key })
    where step?.settings.contains(where: { $0.name == name }) ?? true {
      add("set", "\(name)=\(JSONNode.number(value).serialized())")
    }
    add("seed", options.seed.map { String($0) })
    if options.isQuick { words.append("--quick") }
    if usesWeights, let weights = options.weights {
      add("weights", weights.path)
      add("tensor", weights.tensor)
      add("slice", weights.slice)
    }
    add("lessons", options.lessonsFolder)
    // Where the file lies changes nothing in it, but its ending does.
    if command != "run" { add("out", Paths.name(options.outputFolder)) }
    return words.joined(separator: " ")
  }

  /// The words of a command that this type wrote.
  ///
  /// - Throws: `ToolError.failure` where a quote is not closed.
  static func words(of command: String) throws(ToolError) -> [String] {
    var words: [String] = []
    var word: String?
    var isQuoted = false
    var isEscaped = false
    for character in command {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if isQuoted {
        if character == "'" { isQuoted = false } else { word = (word ?? "") + String(character) }
      } else if character == "'" {
        isQuoted = true
        word = word ?? ""
      } else if character == "\\" {
        isEscaped = true
      } else if character == " " {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard !isQuoted, !isEscaped else {
      throw .failure("“\(command)” has a quote that is not closed")
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// A command of some words for a reader to go on with; nothing where a word would not show as it is.
  static func proposal(_ words: [String]) -> String? {
    guard words.allSatisfy({ printable($0) == $0 }) else { return nil }
    return ([Tool.name] + words).map(quoted).joined(separator: " ")
  }

  /// The line that proposes a command, after an empty one.
  static func proposalLines(_ proposed: [String]?, _ words: Words) -> [String] {
    guard let command = proposed.flatMap(proposal) else { return [] }
    return ["", words.say(es: "Para seguir: ", en: "Next: ") + command]
  }

  /// A word as a shell reads it back.
  static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:,=+@%".contains($0))
    }
    if plain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
