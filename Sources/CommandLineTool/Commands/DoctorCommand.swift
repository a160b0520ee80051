internal import Autograd
internal import CairoRendering
internal import Course
internal import Drawing

/// Says what the tool needs and what of it is there.
struct DoctorCommand: Command {
  static let configuration = CommandConfiguration(
    name: "doctor", summary: "say what is missing, and the line that installs it",
    options: [.init("lessons", "DIR", "the folder of the lessons")],
    examples: ["\(Tool.name) doctor"])

  let folder: String?

  /// The line that installs the libraries on Debian and its relatives.
  static let installation = """
    sudo apt-get install libcmark-gfm-dev libcmark-gfm-extensions-dev libdnnl-dev \
    libharfbuzz-dev liblapacke-dev libopenblas-dev libpango1.0-dev libwebp-dev pkgconf zlib1g-dev
    """

  init(_ arguments: ParsedArguments) throws(ToolError) { folder = arguments.value("lessons") }

  func run(_ tool: Tool) throws -> ExitCode {
    var isSound = true
    func report(_ what: String, _ state: Result<String, ToolError>) {
      let padding = String(repeating: " ", count: max(10 - what.count, 0))
      switch state {
      case .success(let text): tool.print("ok       \(what)\(padding) \(text)")
      case .failure(let error):
        isSound = false
        tool.print(
          "missing  \(what)\(padding) \(ExitCode.message(error, tool: Tool.name))")
      }
    }
    report("version", .success("\(Tool.name) \(Tool.version)"))
    let others = [
      (ProseLibrary.name, ProseLibrary.version), (ProductLibrary.name, ProductLibrary.version),
    ]
    for library in LibraryVersions.all + others {
      report(library.name, .success(library.version))
    }
    report("fonts", Self.fonts())
    report("lessons", lessons(tool))
    report("terminal", .success(Self.terminal(tool)))
    let language = Language.preferred(in: tool.environment)
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].compactMap { name in
      tool.environment[name].map { "\(name)=\($0)" }
    }
    report(
      "language",
      .success(
        "\(language.rawValue), \(locale.isEmpty ? "no locale is set" : locale.joined(separator: " "))"
      ))
    guard isSound else {
      tool.print("The libraries that building needs: \(Self.installation)")
      return .failure
    }
    tool.print("Nothing is missing.")
    return .success
  }

  /// Draws a few letters, which needs the fonts and the libraries.
  private static func fonts() -> Result<String, ToolError> {
    do {
      let renderer = try FigureRenderer()
      let faces = Typeface.allCases.map { typeface in
        _ = renderer.measurer.measure("ΔW = B·A", style: TextStyle(typeface: typeface, size: 12))
        return typeface.rawValue
      }
      return .success(faces.joined(separator: ", "))
    } catch {
      return .failure(.failure("\(error)"))
    }
  }

  private func lessons(_ tool: Tool) -> Result<String, ToolError> {
    do {
      let catalogue = try tool.catalogue(folder)
      let count = catalogue.ids.count
      return .success(
        "\(count) in "
          + catalogue.folders.map { Paths.shown($0, from: tool.workingDirectory) }
          .joined(separator: ", "))
    } catch {
      return .failure(.failure("\(error)"))
    }
  }

  private static func terminal(_ tool: Tool) -> String {
    guard let terminal = tool.terminal, terminal.isWatched else {
      return "none: lessons are told as plain text"
    }
    let colours =
      switch Painter.depth(in: tool.environment) {
      case .none: "no colours"
      case .indexed: "256 colours"
      case .trueColor: "24-bit colours"
      }
    return "\(terminal.width) characters wide, \(colours)"
  }
}
