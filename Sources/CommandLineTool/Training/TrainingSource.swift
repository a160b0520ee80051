internal import Datasets

extension TrainingSettings {
  /// What is learned.
  enum Source: Equatable {
    /// A small Llama learns the school exam.
    case exam
    /// A small Llama learns to write little stories, letter by letter.
    case stories(LittleStories.Language)
    /// A perceptron tells two moons apart.
    case moons
    /// The same moons turned, for an adapter beside a perceptron that knows them as they were.
    case turnedMoons
    /// A perceptron tells the arms of a spiral apart.
    case spirals
    /// A linear layer finds a change whose rank is known.
    case knownRank
    /// A file of the user's: a table for a perceptron; a text, or prompts and completions, for a small Llama.
    case file(String)

    /// What can be learned without a file of the user's.
    static let presets: [Source] = [
      .exam, .stories(.english), .stories(.spanish), .moons, .turnedMoons, .spirals, .knownRank,
    ]

    var name: String {
      switch self {
      case .exam: "exam"
      case .stories(.english): "text"
      case .stories(.spanish): "texto"
      case .moons: "moons"
      case .turnedMoons: "turned-moons"
      case .spirals: "spirals"
      case .knownRank: "known-rank"
      case .file(let path): path
      }
    }

    /// What kind of model learns.
    enum Model {
      case transformer, perceptron
      /// A single linear layer.
      case layer
    }

    var model: Model {
      switch self {
      case .exam, .stories: .transformer
      case .moons, .turnedMoons, .spirals: .perceptron
      case .knownRank: .layer
      case .file(let path): Self.isLines(path) || Self.isText(path) ? .transformer : .perceptron
      }
    }

    var isLanguage: Bool { model == .transformer }

    /// Whether a model learns to go on with a text, as against to answer.
    var isText: Bool {
      switch self {
      case .stories: true
      case .file(let path): Self.isText(path)
      case .exam, .moons, .turnedMoons, .spirals, .knownRank: false
      }
    }

    static func isLines(_ path: String) -> Bool {
      path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson")
    }

    static func isText(_ path: String) -> Bool { path.hasSuffix(".txt") }

    /// Whether a path is that of data which can be learned.
    static func isFile(_ path: String) -> Bool {
      isLines(path) || isText(path) || path.hasSuffix(".csv")
    }
  }

  /// What suits a laptop; measured on the presets.
  static func usual(
    _ source: Source, _ method: Method
  ) -> (rate: Double, steps: Int, batch: Int, decay: Double) {
    switch source {
    case .spirals: return (0.01, 1500, 64, 0.01)
    case .moons, .turnedMoons: return (0.01, 500, 64, 0.01)
    // Without decay: it would pull the change towards nothing.
    case .knownRank: return (0.02, 1000, 160, 0)
    default: break
    }
    switch source.model {
    case .perceptron, .layer: return (0.01, 1000, 64, 0.01)
    case .transformer:
      if source.isText {
        return method.isAdapter ? (0.005, 800, 16, 0.01) : (0.004, 1000, 16, 0.01)
      }
      return method.isAdapter ? (0.005, 3000, 128, 0.01) : (0.004, 2500, 128, 0.01)
    }
  }
}
