internal import Course
internal import FoundationEssentials

/// What a folder that `train` wrote holds.
enum TrainedFolder: CaseIterable {
  case transformer, perceptron, knownRank, adapter

  /// The file by which it is known.
  var mark: String {
    switch self {
    case .transformer: "config.json"
    case .perceptron: "perceptron.json"
    case .knownRank: "known-rank.json"
    case .adapter: "adapter_config.json"
    }
  }

  /// What is in a folder; nothing where it holds none of these, or does not exist.
  init?(_ folder: String) {
    let kind = Self.allCases.first {
      FileManager.default.fileExists(atPath: Paths.joined(folder, $0.mark))
    }
    guard let kind else { return nil }
    self = kind
  }
}
