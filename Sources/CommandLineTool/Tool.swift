public import Demonstrations

/// What the tool works with: the process around it, or what a test puts in its place.
public struct Tool {
  /// The name under which the tool is called in messages.
  public static let name = "lora-lessons"
  public static let version = "0.1.0"

  public var environment: [String: String]
  public var workingDirectory: String
  /// The path of the executable, where it is known.
  public var executable: String?
  public var demonstrations: [any Demonstration]
  /// Takes results.
  public var output: (String) -> Void
  /// Takes messages and progress.
  public var messages: (String) -> Void
  /// Whether messages go to a person who watches.
  public var messagesAreWatched: Bool
  /// Where a lesson is read step by step; `nil` where nobody can press keys.
  public var terminal: (any Terminal)?

  public init(
    environment: [String: String], workingDirectory: String, executable: String? = nil,
    demonstrations: [any Demonstration] = Registry.all, output: @escaping (String) -> Void,
    messages: @escaping (String) -> Void, messagesAreWatched: Bool = false,
    terminal: (any Terminal)? = nil
  ) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.executable = executable
    self.demonstrations = demonstrations
    self.output = output
    self.messages = messages
    self.messagesAreWatched = messagesAreWatched
    self.terminal = terminal
  }

  /// Writes a line of results.
  func print(_ line: String) { output(line + "\n") }

  /// Writes a line of messages.
  func say(_ line: String) { messages(line + "\n") }
}
