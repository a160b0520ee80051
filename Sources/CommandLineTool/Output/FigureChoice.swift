internal import CairoRendering
internal import Demonstrations
internal import Drawing

/// How a command that is not a lesson draws its figure.
struct FigureChoice {
  static let options: [CommandConfiguration.Option] = [
    .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
    .init("for", "PRESET", "slide, beamer, column, text or web: the size of the figure"),
    .init("theme", "THEME", "light, dark or print: the colours of the figure"),
  ]

  let language: Language?
  let preset: Preset
  let theme: Theme

  init(language: Language?, preset: Preset, theme: Theme) {
    self.language = language
    self.preset = preset
    self.theme = theme
  }

  init(_ arguments: ParsedArguments) throws(ToolError) {
    language = try arguments.language()
    let presetName = try arguments.choice("for", among: Preset.all.map(\.name))
    preset = Preset.all.first { $0.name == presetName } ?? .slide
    let themeName = try arguments.choice("theme", among: Theme.all.map(\.name))
    theme = Theme.all.first { $0.name == themeName } ?? .light
  }

  func words(_ tool: Tool) -> Words { Words(language ?? .preferred(in: tool.environment)) }

  /// The words of the command that make the figure look the same again.
  func arguments(_ words: Words) -> [String] {
    ["--lang", words.language.rawValue, "--for", preset.name, "--theme", theme.name]
  }

  /// Draws a picture in some formats; the names of the files have the extension of each.
  func draw(
    _ picture: Picture, id: String, name: String, formats: [FigureFormat], command: String,
    _ words: Words, _ tool: Tool
  ) throws -> [DrawnFile] {
    let jobs = formats.map { format in
      FigureJob(
        pages: [.init(id: id, picture: picture)], format: format,
        path: "\(name).\(format.rawValue)", command: command)
    }
    let look = FigureLook(
      preset: preset, theme: theme, words: words, resolution: preset.resolution,
      timestamp: try FigureMetadata.timestamp(in: tool.environment))
    return try DrawingPool.draw(jobs, look) { _ in }
  }
}
