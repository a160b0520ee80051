internal import Course
internal import FoundationEssentials

/// `training.json` as it lies in a folder of `train`.
enum TrainingRecord {
  /// Reads it.
  ///
  /// - Parameter folder: The path of the folder for the system.
  /// - Returns: What it says; nothing where there is no such file.
  /// - Throws: `JSONError` for a file that is not JSON.
  static func read(in folder: String) throws(JSONError) -> JSONNode? {
    guard
      let bytes = FileManager.default.contents(
        atPath: Paths.joined(folder, TrainCommand.reportName))
    else { return nil }
    return try JSONParser.parse(String(decoding: bytes, as: UTF8.self))
  }

  /// Whether it is of an adapter that learned beside a base in four bits.
  static func isBesideFourBits(_ record: JSONNode?) -> Bool {
    record?["method"]?.text == TrainingSettings.Method.qlora.rawValue
  }
}
