/// A place in a text file; lines and columns are counted from 1, columns in characters.
public struct SourcePosition: Hashable, Sendable, Comparable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The start of a file.
  public static let start = SourcePosition(line: 1, column: 1)

  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// Something that is wrong in a lesson's files, with its place and a way out.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Hashable, Sendable {
    /// The lesson cannot be run as it is.
    case error
    /// The lesson runs, but should not be taught as it is.
    case warning
  }

  public var file: String
  public var position: SourcePosition
  public var severity: Severity
  public var message: String
  /// What to write instead, where that is known.
  public var suggestion: String?

  public init(
    file: String, position: SourcePosition, severity: Severity = .error, message: String,
    suggestion: String? = nil
  ) {
    self.file = file
    self.position = position
    self.severity = severity
    self.message = message
    self.suggestion = suggestion
  }

  /// One line in the form `file:line:column: severity: message; suggestion`.
  ///
  /// What was copied from the file cannot move a terminal's cursor: control characters are named.
  public var description: String {
    ControlCharacters.named(
      in: "\(file):\(position.line):\(position.column): \(severity.rawValue): \(message)"
        + (suggestion.map { "; \($0)" } ?? ""))
  }

  /// Findings in the order in which an author reads the files, each of them once.
  public static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    Set(diagnostics).sorted {
      ($0.file, $0.position, $0.message) < ($1.file, $1.position, $1.message)
    }
  }
}
