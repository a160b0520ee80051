internal import Course

/// The command line tool.
public enum RootCommand {
  static let commands: [any Command.Type] = [
    ListCommand.self, RunCommand.self, FiguresCommand.self, FigureCommand.self, KitCommand.self,
    VerifyCommand.self, ClaimsCommand.self,
    InspectCommand.self, DecomposeCommand.self, QuantizeCommand.self, MergeCommand.self,
    MemoryCommand.self,
    TrainCommand.self, EvaluateCommand.self, GenerateCommand.self, ExportCommand.self,
    SweepCommand.self,
    NewCommand.self, ValuesCommand.self, PreviewCommand.self, CheckCommand.self,
    ResultsCommand.self,
    DoctorCommand.self,
  ]

  /// Runs the tool on its arguments, without its own name, and returns the exit code.
  public static func run(_ arguments: [String], tool: Tool) -> Int32 {
    do {
      return try dispatch(arguments, tool).rawValue
    } catch {
      // Files below the working directory are named as the user names them.
      let message = ExitCode.message(error, tool: Tool.name)
        .replacing(tool.workingDirectory + "/", with: "")
      tool.say("\(Tool.name): \(message)")
      return ExitCode(error).rawValue
    }
  }

  private static func dispatch(_ arguments: [String], _ tool: Tool) throws -> ExitCode {
    guard let first = arguments.first, first != "--help", first != "-h" else {
      tool.output(help)
      return .success
    }
    if first == "--version" {
      tool.print("\(Tool.name) \(Tool.version)")
      return .success
    }
    if first == "help" { return try dispatch(Array(arguments.dropFirst()) + ["--help"], tool) }
    guard let command = commands.first(where: { $0.configuration.name == first }) else {
      let isOption = first.hasPrefix("-")
      let nearest = Spelling.nearest(
        to: first.lowercased(),
        among: isOption ? ["--help", "--version"] : commands.map { $0.configuration.name })
      throw ToolError.usage(
        "there is no \(isOption ? "option" : "command") “\(first)”"
          + (nearest.map { "; did you mean “\($0)”?" } ?? ""))
    }
    let rest = Array(arguments.dropFirst())
    if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
      tool.output(command.configuration.help(tool: Tool.name))
      return .success
    }
    return try command.init(ParsedArguments(rest, command.configuration)).run(tool)
  }

  private static var help: String {
    "Lessons on LoRA and QLoRA, computed and drawn with real numbers.\n\n"
      + "usage: \(Tool.name) <command> [options]\n\n"
      + CommandConfiguration.columns(
        commands.map { ($0.configuration.name, $0.configuration.summary) }
          + [
            ("--help", "show this, or after a command what it takes"),
            ("--version", "show the version"),
          ])
      + "\nexample:\n  \(Tool.name) run quantization\n"
  }
}
