internal import Glibc

/// Making of whole folders: either all files of a new folder are there, or the folder is not.
public enum AtomicFolder {
  /// Makes a folder with files in it, and the folders above it.
  ///
  /// An empty folder of that name is taken over; anything else of that name stays as it is.
  ///
  /// - Parameters:
  ///   - path: The folder to make.
  ///   - files: The bytes of its files by their names.
  ///   - mayGoOn: Asked before each file; what it throws stops the making.
  /// - Throws: what `mayGoOn` throws, or `InterchangeError.unwritable`; nothing is then left behind
  ///   but the folders above.
  public static func create(
    _ path: String, files: [(name: String, bytes: [UInt8])], mayGoOn: () throws -> Void = {}
  ) throws {
    let parent = parent(of: path)
    try makeFolders(parent)
    var attempt = 0
    var staging = ""
    repeat {
      staging = "\(parent)/.unfinished-\(getpid())-folder-\(attempt)"
      attempt += 1
      guard unsafe mkdir(staging, 0o777) != 0 else { break }
      guard errno == EEXIST, attempt < 10_000 else { throw unwritable(path) }
    } while true
    var written: [String] = []
    do {
      for file in files {
        try mayGoOn()
        let place = "\(staging)/\(file.name)"
        try AtomicFile.write(file.bytes, to: place)
        written.append(place)
      }
      try mayGoOn()
      guard unsafe rename(staging, path) == 0 else { throw unwritable(path) }
    } catch {
      for place in written { unsafe unlink(place) }
      unsafe rmdir(staging)
      throw error
    }
  }

  /// Makes a folder and those above it, where they are not there yet.
  private static func makeFolders(_ path: String) throws(InterchangeError) {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    let parent = parent(of: path)
    if parent != path { try makeFolders(parent) }
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else { throw unwritable(path) }
  }

  private static func parent(of path: String) -> String {
    let trimmed = path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
    guard let stroke = trimmed.lastIndex(of: "/") else { return "." }
    return stroke == trimmed.startIndex ? "/" : String(trimmed[..<stroke])
  }

  private static func unwritable(_ path: String) -> InterchangeError {
    .unwritable(
      file: path,
      reason: errno == ENOTEMPTY || errno == EEXIST
        ? "there is something of that name" : systemMessage(errno))
  }
}
