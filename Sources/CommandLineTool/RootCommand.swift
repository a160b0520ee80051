/// The command line tool.
public enum RootCommand {
  /// Runs the tool on its arguments and returns the exit code.
  public static func run(_ arguments: [String]) -> Int32 { 0 }
}
