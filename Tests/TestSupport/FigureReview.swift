import CairoRendering
public import Drawing
import Glibc

/// Writes a figure as `Output/Review/<name>.png` for a person to look at.
///
/// It does nothing unless the environment variable `REVIEW` is set, so that tests can call it
/// always: `REVIEW=1 swift test --filter Charts`.
public func saveForReview(_ figure: Figure, as name: String) throws {
  guard unsafe getenv("REVIEW") != nil else { return }
  let folder = repositoryRoot + "/Output/Review"
  unsafe mkdir(folder, 0o755)
  let bytes = try FigureRenderer().png(
    figure, resolution: 144, metadata: FigureMetadata(software: "lora-lessons"))
  try write(bytes, to: folder + "/" + name + ".png")
}

/// A file could not be written or read.
public struct FileFailure: Error, CustomStringConvertible {
  public var path: String
  public var description: String { "the file \(path) cannot be opened, read or written" }
}

/// Replaces the bytes of a file.
public func write(_ bytes: [UInt8], to path: String) throws {
  guard let file = unsafe fopen(path, "wb") else { throw FileFailure(path: path) }
  let count = unsafe fwrite(bytes, 1, bytes.count, file)
  guard unsafe fclose(file) == 0, count == bytes.count else { throw FileFailure(path: path) }
}

/// The bytes of a file.
public func readFile(_ path: String) throws -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { throw FileFailure(path: path) }
  defer { unsafe fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    guard count > 0 else { return bytes }
    bytes += buffer[..<count]
  }
}
