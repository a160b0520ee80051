internal import Course
internal import FoundationEssentials

/// What `training.json` keeps of the inputs of a run, by which they are known again.
enum TrainedInputs {
  /// The frozen weights of the base, and the examples that were learned.
  static let all = "inputsSHA256"
  /// The file of the user's, whole.
  static let data = "dataSHA256"

  static func hash(ofFile path: String) -> String? {
    FileManager.default.contents(atPath: path).map { SHA256.hexadecimal(of: Array($0)) }
  }
}
