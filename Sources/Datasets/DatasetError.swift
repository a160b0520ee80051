public import Interchange

/// Why there are no examples.
public enum DatasetError: Error, Equatable, Sendable {
  /// A setting is out of its range.
  case setting(name: String, value: String, allowed: String)
  /// More different exercises were asked for than there are.
  case tooFewExercises(subject: String, asked: Int, available: Int)
  /// The file cannot be read.
  case file(InterchangeError)
  /// The file as a whole cannot be used.
  case contents(file: String, FileProblem)
  /// Lines of the file are wrong: the first of them, and how many more there are.
  case lines(file: String, [LineProblem], more: Int)

  /// What is wrong with a file as a whole.
  public enum FileProblem: Equatable, Sendable {
    case tooLarge(byteCount: Int, limit: Int)
    /// A byte that no text has, counted from 0.
    case binary(offset: Int)
    case otherEncoding
    case noText
    case noExamples
    case noColumnNames(first: String)
    /// The place of the column is counted from 1.
    case unnamedColumn(Int)
    case duplicateColumn(String)
    case onlyOneColumn(String)
    case unknownColumn(String, similar: [String], columns: [String])
    case oneClass(String)
    case tooManyClasses(count: Int, limit: Int)
    case tooShort(characters: Int, needed: Int)
    case tooManyTokens(count: Int, limit: Int)
    case missingColumns([String])
  }

  /// Whether the file is missing or cannot be opened, as against malformed.
  public var isMissingInput: Bool {
    if case .file(let error) = self { return error.isMissingInput }
    return false
  }

  /// Whether the settings are wrong, as against a file.
  public var isUsage: Bool {
    switch self {
    case .setting, .tooFewExercises, .contents(_, .unknownColumn): true
    default: false
    }
  }
}

/// What is wrong with one line of a file.
public struct LineProblem: Error, Equatable, Sendable {
  /// The line, counted from 1.
  public let line: Int
  public let problem: String

  init(line: Int, _ problem: String) {
    self.line = line
    self.problem = problem
  }
}

/// Collects what is wrong with the lines of a file, up to a limit.
struct LineProblems {
  /// The most that are listed.
  static let limit = 20

  private(set) var listed: [LineProblem] = []
  private(set) var more = 0

  var isEmpty: Bool { listed.isEmpty }

  mutating func add(_ problem: LineProblem) {
    if listed.count < Self.limit { listed.append(problem) } else { more += 1 }
  }

  mutating func add(line: Int, _ problem: String) { add(LineProblem(line: line, problem)) }

  /// - Throws: `lines`, if there are any.
  func check(_ file: String) throws(DatasetError) {
    if !isEmpty { throw .lines(file: file, listed, more: more) }
  }
}
