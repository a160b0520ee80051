/// A command: what it is called, its settings as values, and what it does.
protocol Command: Sendable {
  static var configuration: CommandConfiguration { get }
  /// Reads the settings.
  ///
  /// - Throws: `ToolError.usage`.
  init(_ arguments: ParsedArguments) throws(ToolError)
  /// Does the work and returns the exit code.
  func run(_ tool: Tool) throws -> ExitCode
}
