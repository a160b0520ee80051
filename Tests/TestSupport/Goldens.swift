import CairoRendering
import Glibc
public import Testing

/// Compares a PNG file with `Goldens/<name>.png` beside the test.
///
/// A pixel agrees when no component differs by more than 2 levels; 0.1 % of the pixels may
/// disagree, as versions of FreeType and pixman round edges differently. With `RECORD=1` in the
/// environment the file is written again, and the test still fails so that nobody forgets it on.
public func expectGoldenImage(
  _ png: [UInt8], _ name: String, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  guard let golden = try golden(name + ".png", for: png, file: file, sourceLocation) else { return }
  let actual = try DecodedImage(png: png)
  let expected = try DecodedImage(png: golden)
  let isSameSize = actual.width == expected.width && actual.height == expected.height
  let disagreeing =
    isSameSize
    ? zip(actual.pixels, expected.pixels).count { $0.difference(from: $1) > 2 }
    : actual.pixels.count
  guard disagreeing * 1000 > actual.pixels.count else { return }
  Attachment.record(png, named: name + ".png", sourceLocation: sourceLocation)
  Issue.record(
    """
    \(name).png: \(disagreeing) of \(actual.pixels.count) pixels disagree; sizes \
    \(actual.width) × \(actual.height) and \(expected.width) × \(expected.height)
    """, sourceLocation: sourceLocation)
}

/// Compares a text with `Goldens/<name>` beside the test, byte by byte.
///
/// With `RECORD=1` in the environment the file is written again, and the test still fails.
public func expectGoldenText(
  _ text: String, _ name: String, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let bytes = Array(text.utf8)
  guard let golden = try golden(name, for: bytes, file: file, sourceLocation) else { return }
  guard golden != bytes else { return }
  Attachment.record(bytes, named: name, sourceLocation: sourceLocation)
  let expected = String(decoding: golden, as: UTF8.self)
  let pairs = zip(text.split(separator: "\n"), expected.split(separator: "\n"))
  let difference = pairs.first { $0 != $1 }.map { "“\($0)” instead of “\($1)”" }
  Issue.record(
    "\(name) differs: \(difference ?? "one text is longer")", sourceLocation: sourceLocation)
}

/// The stored bytes; nil when they were just written or do not exist.
private func golden(
  _ name: String, for bytes: [UInt8], file: String, _ sourceLocation: SourceLocation
) throws -> [UInt8]? {
  let folder = file.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Goldens"
  let path = folder + "/" + name
  if unsafe getenv("RECORD") != nil {
    unsafe mkdir(folder, 0o755)
    try write(bytes, to: path)
    Issue.record("\(name) was recorded; run without RECORD", sourceLocation: sourceLocation)
    return nil
  }
  guard unsafe access(path, R_OK) == 0 else {
    Issue.record("\(name) does not exist; run with RECORD=1", sourceLocation: sourceLocation)
    return nil
  }
  return try readFile(path)
}
