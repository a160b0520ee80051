internal import Course
internal import FoundationEssentials
internal import Interchange

/// The files that a command leaves in a folder: all of them or none, and never over earlier ones
/// unless that is asked for.
struct OutputFiles {
  /// The folder as the user reads it.
  var folder: String
  /// Whether files that are there may be replaced.
  var mayReplace: Bool
  var tool: Tool

  /// Refuses names that are taken; a command asks before it begins to compute.
  ///
  /// - Throws: `ToolError.cannotCreate`.
  func check(_ names: [String]) throws(ToolError) {
    for name in names { try Self.check(Paths.joined(folder, name), mayReplace, tool) }
  }

  /// Refuses a path that is taken.
  ///
  /// - Throws: `ToolError.cannotCreate`.
  static func check(_ path: String, _ mayReplace: Bool, _ tool: Tool) throws(ToolError) {
    guard !mayReplace else { return }
    if FileManager.default.fileExists(atPath: Paths.joined(tool.workingDirectory, path)) {
      throw .cannotCreate(path: path, reason: "it is there already; --force replaces it")
    }
  }

  /// Writes the files and returns their paths as the user reads them.
  ///
  /// - Throws: `ToolError.cannotCreate`, `InterchangeError.unwritable`, or `ToolError.interrupted`.
  func write(_ files: [(name: String, bytes: [UInt8])]) throws -> [String] {
    try check(files.map(\.name))
    let root = Paths.joined(tool.workingDirectory, folder)
    do {
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(path: folder, reason: "the folder cannot be made")
    }
    try Interrupts.protecting { mayGoOn in
      try AtomicFile.write(
        files.map { (path: Paths.joined(root, $0.name), bytes: $0.bytes) }, mayGoOn: mayGoOn)
    }
    return files.map { Paths.joined(folder, $0.name) }
  }

  /// Letters, digits, dots and hyphens of a tensor's name, which may hold anything.
  static func name(of tensor: String) -> String {
    let kept = tensor.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
        ? character : "_"
    }
    let trimmed = String(kept.prefix(120).drop { $0 == "." })
    return trimmed.isEmpty ? "weights" : trimmed
  }
}
