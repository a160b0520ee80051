internal import FoundationEssentials

extension Tool {
  /// The tool in the process that runs it.
  public static func ofProcess() -> Tool {
    let environment = ProcessInfo.processInfo.environment
    return Tool(
      environment: environment, workingDirectory: FileManager.default.currentDirectoryPath,
      executable: try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      output: StandardStream.output.write, messages: StandardStream.error.write,
      messagesAreWatched: StandardStream.error.isWatched,
      terminal: SystemTerminal.current(environment: environment))
  }
}
