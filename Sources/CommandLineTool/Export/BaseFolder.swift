internal import Course
internal import FoundationEssentials
internal import Interchange

/// A Llama folder whose weights are one file of numbers, into which adapters can be merged.
struct BaseFolder {
  static let weightsName = "model.safetensors"
  private static let descriptions = ["config.json", "generation_config.json"]

  private let place: String

  /// Opens a folder, and checks that it holds such a model.
  ///
  /// - Returns: Nothing for a path that is no folder of a model.
  /// - Throws: `InterchangeError`, or `ToolError.failure` for a model that is stored otherwise.
  init?(_ place: String, shown: String) throws {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder,
      FileManager.default.fileExists(atPath: Paths.joined(place, "config.json"))
    else { return nil }
    let checkpoint = try LlamaCheckpoint(path: place)
    guard checkpoint.quantization == nil else {
      throw ToolError.failure(
        "\(printable(shown)): it is in 4 bits, and merging needs numbers; export --as merged brings it "
          + "to numbers first")
    }
    self.place = place
    guard FileManager.default.fileExists(atPath: weightsPath) else {
      throw ToolError.failure(
        "\(printable(shown)): its weights are in several files; export --as merged takes them")
    }
  }

  /// Whether a path is a folder with a file of weights.
  static func holdsModel(_ place: String) -> Bool {
    FileManager.default.fileExists(atPath: Paths.joined(place, weightsName))
  }

  var weightsPath: String { Paths.joined(place, Self.weightsName) }

  /// Copies all that says what the weights are.
  func copyDescription(to folder: String) throws {
    for name in Self.descriptions + ExportSource.sideFiles {
      guard let bytes = FileManager.default.contents(atPath: Paths.joined(place, name)) else {
        continue
      }
      try AtomicFile.write(Array(bytes), to: Paths.joined(folder, name))
    }
  }
}
