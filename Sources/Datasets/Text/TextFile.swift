internal import Interchange

/// The text of a file of the user.
public struct TextFile: Equatable, Sendable {
  /// A larger file is refused.
  public static let largestFile = 64 << 20

  public let path: String
  /// The text without a byte order mark; all line ends are `\n`.
  public let text: String

  /// Reads a file.
  ///
  /// - Throws: `file`, `contents`, or `lines` with the first line that is not UTF-8.
  public init(path: String) throws(DatasetError) {
    let bytes = try Self.bytes(of: path, limit: Self.largestFile)
    self.path = path
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .lines(file: path, [Self.firstInvalidLine(in: bytes)], more: 0)
    }
    self.text =
      bytes.contains(UInt8(ascii: "\r"))
      ? text.replacing("\r\n", with: "\n").replacing("\r", with: "\n") : text
    guard !self.text.isEmpty else { throw .contents(file: path, .noText) }
  }

  /// The bytes of a text file without a byte order mark; not yet checked to be UTF-8.
  static func bytes(of path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    let file: MemoryMappedFile
    do {
      file = try MemoryMappedFile(path: path)
    } catch {
      throw .file(error)
    }
    guard file.count <= limit else {
      throw .contents(file: path, .tooLarge(byteCount: file.count, limit: limit))
    }
    var bytes = file.copy(0..<file.count)
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      throw .contents(file: path, .otherEncoding)
    }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    if let offset = bytes.firstIndex(of: 0) {
      throw .contents(file: path, .binary(offset: offset))
    }
    return bytes
  }

  private static func firstInvalidLine(in bytes: [UInt8]) -> LineProblem {
    let lines = TextLines(bytes)
    for (number, line) in lines where String(validating: line, as: UTF8.self) == nil {
      return LineProblem(line: number, invalidUTF8)
    }
    return LineProblem(line: 1, invalidUTF8)
  }

  static let invalidUTF8 = "the line is not valid UTF-8"
}

/// The lines of a file with their numbers, counted from 1, without their ends.
struct TextLines: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var start = 0
  private var number = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> (number: Int, line: ArraySlice<UInt8>)? {
    guard start < bytes.count else { return nil }
    number += 1
    let end =
      bytes[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      ?? bytes.count
    let line = bytes[start..<end]
    start = end + 1
    if start < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[start] == UInt8(ascii: "\n") {
      start += 1
    }
    return (number, line)
  }
}
