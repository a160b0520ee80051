import FoundationEssentials
import Glibc

/// A folder for one test, removed with all that is in it when the test lets go of it.
package final class TemporaryFolder {
  package let path: String

  package init() throws {
    var template = Array("/tmp/lora-lessons-test-XXXXXX".utf8CString)
    guard let path = unsafe mkdtemp(&template).map({ unsafe String(cString: $0) }) else {
      throw Failure()
    }
    self.path = path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private struct Failure: Error {}

  /// The path of something in the folder.
  package func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a text file, with the folders above it.
  package func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file, with the folders above it.
  package func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(filePath: self(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// Makes a symbolic link to a name in the same folder.
  package func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: self(name), withDestinationPath: target)
  }

  /// The bytes of a file; nothing where there is none.
  package func bytes(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: self(name)).map { Array($0) }
  }

  /// The files below the folder with their bytes.
  package var contents: [String: [UInt8]] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    var contents: [String: [UInt8]] = [:]
    for name in names {
      var isDirectory = false
      _ = FileManager.default.fileExists(atPath: self(name), isDirectory: &isDirectory)
      if !isDirectory { contents[name] = bytes(name) }
    }
    return contents
  }

  /// Removes a file.
  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: self(name))
  }
}
