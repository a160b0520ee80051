internal import FoundationEssentials
internal import Glibc

/// Reads the text files of a lesson.
enum TextFile {
  /// Why a file is not a text that can be read.
  struct Problem: Error, Equatable {
    var position: SourcePosition
    var message: String
    /// Whether there is no file of that name.
    var isMissing = false
  }

  /// No lesson needs more; a larger file is something else.
  private static let greatestSize = 1 << 20

  /// Reads a file of UTF-8 text, with line ends made `\n` and without a byte order mark.
  static func read(_ path: String) -> Result<String, Problem> {
    func failure(_ message: String, at position: SourcePosition = .start) -> Result<String, Problem>
    {
      .failure(Problem(position: position, message: message))
    }
    // Foundation gives sizes as different types in different processes; the system does not.
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      switch errno {
      case ENOENT, ENOTDIR:
        return .failure(
          Problem(position: .start, message: "the file is missing", isMissing: true))
      case ELOOP: return failure("the symbolic link leads in a circle")
      case EACCES: return failure("there is no permission to read the file")
      default: return failure("the file cannot be read")
      }
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: return failure("this is a folder, not a file")
    default: return failure("this is not a file")
    }
    guard status.st_size <= greatestSize else { return failure("the file is larger than 1 MB") }
    guard let data = FileManager.default.contents(atPath: path) else {
      return failure("the file cannot be read")
    }
    var bytes = Array(data)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if bytes.isEmpty { return failure("the file is empty") }
    if let zero = bytes.firstIndex(of: 0) {
      return failure("the file is binary, not text", at: position(of: zero, in: bytes))
    }
    if let invalid = firstInvalid(in: bytes) {
      return failure("the file is not UTF-8 text", at: position(of: invalid, in: bytes))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let place = text.unicodeScalars.firstIndex(where: ControlCharacters.isOne) {
      return failure(
        "the file holds the control character \(ControlCharacters.name(text.unicodeScalars[place]))",
        at: position(of: text.utf8.distance(from: text.startIndex, to: place), in: bytes))
    }
    return .success(text.contains("\r\n") ? withPlainLineEnds(bytes) : text)
  }

  /// The offset of the first byte that is not UTF-8.
  private static func firstInvalid(in bytes: [UInt8]) -> Int? {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded): offset += encoded.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }

  private static func position(of offset: Int, in bytes: [UInt8]) -> SourcePosition {
    let before = bytes[..<offset]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = String(decoding: bytes[start..<offset], as: UTF8.self).count + 1
    return SourcePosition(line: line, column: column)
  }

  private static func withPlainLineEnds(_ bytes: [UInt8]) -> String {
    var kept: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\r"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n")
      {
        continue
      }
      kept.append(byte)
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
