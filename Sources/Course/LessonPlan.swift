/// The part of a lesson that is the same in all languages: `lesson.json`.
public struct LessonPlan: Sendable, Equatable {
  public var id: String
  /// The place in the course.
  public var order: Double
  /// How long a class takes.
  public var minutes: Double
  /// The ids of lessons that come before.
  public var prerequisites: [String]
  public var seed: UInt64
  /// The article's claims that the lesson tests.
  public var claims: [Claim]
  /// Settings of all steps whose demonstration has such a parameter.
  public var parameters: [String: Double]
  /// Where the names of these settings stand.
  var parameterPositions: [String: SourcePosition] = [:]
  public var steps: [StepPlan]

  /// A claim of the article and the step that tests it.
  public struct Claim: Sendable, Equatable {
    public var id: String
    public var step: String
    public var position: SourcePosition
  }

  /// The plan of a step.
  public func step(_ id: String) -> StepPlan? { steps.first { $0.id == id } }
}

/// A step: the demonstration that it shows, and what that works on.
public struct StepPlan: Sendable, Equatable {
  public var id: String
  public var demonstration: String
  public var settings: [String: Double]
  public var data: DataSource?
  /// Whether weights of the reader's take the place of the data.
  public var acceptsWeights: Bool
  public var position: SourcePosition
  /// Where the name of the demonstration stands.
  var demonstrationPosition: SourcePosition
  /// Where the names of the settings stand.
  var settingPositions: [String: SourcePosition]

  /// Weights in a file.
  public struct DataSource: Sendable, Equatable {
    /// The path, relative to the lesson's folder.
    public var file: String
    public var tensor: String?
    public var slice: String?
    /// The path of a file in which the same tensor is what a training changed; nothing for none.
    public var change: String?
    public var position: SourcePosition

    /// The paths of all its files.
    var files: [String] { [file] + (change.map { [$0] } ?? []) }
  }
}
