public import Autograd

/// What surrounds an experiment while it trains.
public struct ExperimentContext: Sendable {
  private let base: LanguageModel?
  /// How many threads an experiment may use: experiments themselves run side by side.
  public let threads: Threads

  public init(base: LanguageModel?, threads: Threads = Threads(count: 1)) {
    self.base = base
    self.threads = threads
  }

  /// The base model of the course.
  ///
  /// - Throws: `ExperimentError.unusableModel` where the lessons came without one.
  public func requireBase() throws(ExperimentError) -> LanguageModel {
    guard let base else {
      throw .unusableModel(
        path: "Data/\(LanguageModel.courseBase)", reason: "the base model of the course is missing")
    }
    return base
  }
}
