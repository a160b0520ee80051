internal import Autograd
internal import Demonstrations
internal import Experiments
internal import Training

/// A model that is about to be trained, with what it is asked afterwards and how it is kept.
protocol TrainingRun {
  var task: any TrainingTask { get }
  /// What is measured on while training goes, where the settings ask for it.
  var validation: Validation? { get }
  /// How good the model now is at what is measured on; nothing where that is no question of right or wrong.
  func validationScore() throws -> Double?
  /// The bytes that results depend on beside the settings: of the base, and of the user's data.
  func inputBytes() -> [UInt8]
  /// The files of the trained model.
  var fileNames: [String] { get }
  /// How good the model is now.
  func scores(progress: (Double) -> Void) throws -> [Score]
  /// What else was measured on what was set apart.
  func measures() throws -> [Measure]
  /// The names of the files of ``figures(_:)``, without their endings.
  var figureNames: [String] { get }
  /// Pictures of what was learned.
  func figures(_ scores: [Score]) throws -> [(name: String, picture: Picture)]
  /// A text that the model writes, where it learned to write.
  func sample() throws -> String?
  /// Writes the model into a folder, which is made if there is none.
  func write(to folder: String) throws
}

extension TrainingRun {
  func sample() throws -> String? { nil }
}

extension TrainingSettings {
  /// The run of these settings, ready to begin; no result depends on the number of threads.
  func run(_ tool: Tool, threads: Threads = .processors) throws -> any TrainingRun {
    switch source.model {
    case .transformer: try LanguageRun(self, tool, threads: threads)
    case .perceptron: try PerceptronRun(self, tool, threads: threads)
    case .layer: try KnownRankRun(self, threads: threads)
    }
  }
}

extension [UInt8] {
  /// Adds a number's four bytes.
  mutating func append(littleEndian value: UInt32) {
    for shift in stride(from: 0, to: 32, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
    }
  }
}
