internal import CairoRendering
internal import Course
internal import Drawing
internal import Interchange

/// All that the files of a run depend on beside what it reads: its settings, and how the figure looks.
struct RunConfiguration: Equatable {
  var settings: TrainingSettings
  var language: Language
  var preset: Preset
  var theme: Theme

  private static let languageName = "language"
  private static let sizeName = "size"
  private static let themeName = "theme"
  /// What a file of settings says besides.
  static let figureNames: Set<String> = [languageName, sizeName, themeName]

  /// What a command line asks for.
  ///
  /// - Throws: `ToolError`, or `InterchangeError.unreadable`.
  init(_ arguments: ParsedArguments, _ tool: Tool) throws {
    let (values, file) = try SettingValues.of(arguments, tool)
    let shown = arguments.value("config") ?? ""
    settings = try TrainingSettings(values)
    let choice = try FigureChoice(arguments)
    language =
      try choice.language ?? Self.language(file, shown) ?? .preferred(in: tool.environment)
    preset = try arguments.has("for") ? choice.preset : Self.preset(file, shown) ?? choice.preset
    theme = try arguments.has("theme") ? choice.theme : Self.theme(file, shown) ?? choice.theme
  }

  /// What a run has kept.
  ///
  /// - Throws: `ToolError` for a text that this type did not write.
  init(kept text: String, shown: String) throws {
    let json: JSONNode
    do {
      json = try JSONParser.parse(text)
    } catch {
      throw ToolError.failure("\(printable(shown)): its settings cannot be read")
    }
    settings = try TrainingSettings(json: json, file: shown, besides: Self.figureNames)
    guard let language = try Self.language(json, shown),
      let preset = try Self.preset(json, shown), let theme = try Self.theme(json, shown)
    else { throw ToolError.failure("\(printable(shown)): its settings cannot be read") }
    (self.language, self.preset, self.theme) = (language, preset, theme)
  }

  var json: JSONNode {
    .object(
      settings.json + [
        (Self.languageName, .string(language.rawValue)), (Self.sizeName, .string(preset.name)),
        (Self.themeName, .string(theme.name)),
      ])
  }

  /// The text of the file that can be given to `--config`.
  var text: String { json.serialized() + "\n" }

  var figure: FigureChoice { FigureChoice(language: language, preset: preset, theme: theme) }
  var words: Words { Words(language) }

  // MARK: The look

  private static func language(_ json: JSONNode?, _ shown: String) throws -> Language? {
    try chosen(languageName, Language.allCases.map(\.rawValue), json, shown)
      .flatMap(Language.init(rawValue:))
  }

  private static func preset(_ json: JSONNode?, _ shown: String) throws -> Preset? {
    let name = try chosen(sizeName, Preset.all.map(\.name), json, shown)
    return Preset.all.first { $0.name == name }
  }

  private static func theme(_ json: JSONNode?, _ shown: String) throws -> Theme? {
    let name = try chosen(themeName, Theme.all.map(\.name), json, shown)
    return Theme.all.first { $0.name == name }
  }

  private static func chosen(
    _ name: String, _ words: [String], _ json: JSONNode?, _ shown: String
  ) throws(ToolError) -> String? {
    guard let value = json?[name], value.content != .null else { return nil }
    guard let word = value.text, words.contains(word) else {
      throw .failure(
        "\(printable(shown)):\(value.position.line): “\(name)” is one of "
          + "\(words.joined(separator: ", ")), not “\(printable(value.text ?? value.serialized()))”"
      )
    }
    return word
  }

  // MARK: Going on

  /// Refuses options that ask for something else than a run that goes on.
  ///
  /// - Throws: `ToolError.usage` with the first of them, or what reading the options throws.
  func check(_ arguments: ParsedArguments, _ tool: Tool) throws {
    var values = try SettingValues(json, file: "", besides: Self.figureNames)
    let options = try SettingValues.of(arguments, tool).values
    // With another task, settings of this one would be complained about.
    if let task = options.text(TrainingSetting.task), task != settings.source.name {
      let called = TrainingSettings.Source.isFile(task) ? "--data" : "the preset"
      throw contradiction(called, .string(settings.source.name), .string(task))
    }
    values.take(options)
    let asked = JSONNode.object(try TrainingSettings(values).json)
    let kept = JSONNode.object(settings.json)
    for name in [TrainingSetting.task] + TrainingSetting.all.map(\.name)
    where asked[name] != kept[name] {
      throw contradiction(
        TrainingSetting.named(name).map { "--\($0.option.name)" } ?? "the preset", kept[name],
        asked[name])
    }
    let choice = try FigureChoice(arguments)
    let looks = [
      ("lang", language.rawValue, choice.language?.rawValue),
      ("for", preset.name, arguments.has("for") ? choice.preset.name : nil),
      ("theme", theme.name, arguments.has("theme") ? choice.theme.name : nil),
    ]
    for (option, kept, asked) in looks {
      if let asked, asked != kept {
        throw contradiction("--\(option)", .string(kept), .string(asked))
      }
    }
  }

  private func contradiction(
    _ called: String, _ kept: JSONNode?, _ asked: JSONNode?
  ) -> ToolError {
    func shown(_ value: JSONNode?) -> String {
      value.map { printable($0.text ?? $0.serialized()) } ?? "none"
    }
    return .usage(
      "\(called) is \(shown(kept)) in the run that goes on, not \(shown(asked)); "
        + "leave it out, or begin a new run without --resume", command: "train")
  }
}
