import Glibc

/// Folders of files that belong together.
enum Folder {
  /// Whether something has this path.
  static func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether a path leads to a folder, through links too.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path of a file in a folder.
  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Writes all files or none; a folder that had to be made is removed again when that fails.
  ///
  /// - Throws: `unwritable`.
  static func write(
    _ files: [(name: String, bytes: [UInt8])], to folder: String
  ) throws(InterchangeError) {
    let made = try make(folder)
    do {
      try AtomicFile.write(files.map { (joined(folder, $0.name), $0.bytes) })
    } catch {
      for path in made.reversed() { unsafe rmdir(path) }
      throw error as? InterchangeError ?? .unwritable(file: folder, reason: "\(error)")
    }
  }

  /// Makes a folder and those above it that are missing; returns the new ones, the outermost first.
  private static func make(_ path: String) throws(InterchangeError) -> [String] {
    guard !path.isEmpty else { throw .unwritable(file: path, reason: "the path is empty") }
    var missing: [String] = []
    var current = path
    while current.count > 1, current.hasSuffix("/") { current.removeLast() }
    while !isThere(current) {
      missing.append(current)
      guard let slash = current.lastIndex(of: "/"), slash > current.startIndex else { break }
      current = String(current[..<slash])
    }
    var made: [String] = []
    for path in missing.reversed() {
      guard unsafe mkdir(path, 0o777) == 0 else {
        let reason = systemMessage(errno)
        for path in made.reversed() { unsafe rmdir(path) }
        throw .unwritable(file: path, reason: reason)
      }
      made.append(path)
    }
    guard isFolder(path) else { throw .unwritable(file: path, reason: "it is not a folder") }
    return made
  }
}
