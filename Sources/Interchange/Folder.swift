/// Folders of files that belong together.
enum Folder {
  /// The path of a file in a folder.
  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Writes all files or none: in a new folder, or over those of a folder that is there.
  ///
  /// - Throws: `unwritable`; earlier files are then untouched.
  static func write(
    _ files: [(name: String, bytes: [UInt8])], to folder: String
  ) throws(InterchangeError) {
    do {
      if isDirectory(folder) {
        try AtomicFile.write(files.map { (joined(folder, $0.name), $0.bytes) })
      } else if isThere(folder) {
        throw InterchangeError.unwritable(file: folder, reason: "it is not a folder")
      } else {
        try AtomicFolder.create(folder, files: files)
      }
    } catch {
      throw error as? InterchangeError ?? .unwritable(file: folder, reason: "\(error)")
    }
  }
}
