public import Drawing

/// What a lesson says, in one language.
public struct LessonText: Sendable {
  public var language: Language
  /// The file that it was read from.
  public var file: String
  public var title: String
  /// One line that says what the lesson shows.
  public var summary: String
  public var steps: [StepText]

  /// The text of a step.
  public func step(_ id: String) -> StepText? { steps.first { $0.id == id } }
}

/// What a step says, in one language.
public struct StepText: Sendable {
  public var id: String
  public var title: String
  public var elements: [StepElement]
  public var position: SourcePosition

  /// The hash of the source text that a translation says it was made from.
  public var sourceHash: String?
  /// The hash of this text, for translations made from it.
  public var hash: String
  /// The opening lines of directives in their order: equal in all languages.
  var directives: [LocatedText] = []
  var placeholders: [LocatedText] = []
  /// Numbers in the prose that look like results.
  var literals: [LocatedText] = []
}

/// A piece of a file and its place.
struct LocatedText: Equatable, Sendable {
  var text: String
  var position: SourcePosition
}

/// A part of a step.
public indirect enum StepElement: Equatable, Sendable {
  case prose([Block])
  case question(Question)
  case hint([Block])
  case notes([Block])
  case simplified([Block])
  case sources([Block])
  /// Parts that are shown where a flag of the observation has a value.
  case conditional(flag: String, is: Bool, [StepElement], position: SourcePosition)
}
