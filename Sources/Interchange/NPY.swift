/// A NumPy `.npy` file of versions 1.0, 2.0 and 3.0 whose header has been read and checked.
///
/// The format: `\x93NUMPY`, two bytes of version, the length of the header in 2 or 4 bytes, the header
/// (a Python dictionary, parsed strictly and never evaluated), then the elements.
public struct NPY: Sendable {
  /// A longer header is refused; NumPy has the same limit for files that it does not trust.
  public static let longestHeader = 10_000
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The path of the file.
  public let path: String
  /// The length of each dimension: none, one or two.
  public let shape: [Int]
  /// NumPy's name of the element type, such as `<f4`.
  public let dtype: String
  /// Whether the first index changes fastest in the file.
  public let isFortranOrder: Bool
  let file: MemoryMappedFile
  let stored: StoredMatrix

  /// A rule of the format that a file breaks, or contents that are not weights.
  public enum Problem: Error, Equatable, Sendable {
    case notNPY
    case unknownVersion(major: Int, minor: Int)
    case headerTooLong(length: Int)
    case headerBeyondEnd(length: Int, found: Int)
    /// The place is a byte of the header, counted from 0.
    case malformedHeader(offset: Int, reason: String)
    case missingKey(String)
    case unknownKey(String)
    case repeatedKey(String)
    case wrongValue(key: String, expected: String)
    case notWeights(dtype: String, what: String)
    case tooManyDimensions(shape: [Int])
    case shapeTooLarge(shape: [Int])
    case wrongSize(shape: [Int], dtype: String, expected: Int, found: Int)
  }

  /// Opens a file and checks its header.
  ///
  /// - Throws: `unreadable`, `empty`, or `npy` with the rule that the file breaks.
  public init(path: String) throws(InterchangeError) {
    file = try MemoryMappedFile(path: path)
    self.path = path
    do {
      let (text, dataStart) = try Self.headerText(of: file)
      let header = try Header(parsing: text)
      let format = try Self.format(of: header.dtype)
      guard header.shape.count <= 2 else { throw Problem.tooManyDimensions(shape: header.shape) }
      var size = format.byteCount
      for length in header.shape {
        let (product, overflows) = size.multipliedReportingOverflow(by: length)
        guard !overflows else { throw Problem.shapeTooLarge(shape: header.shape) }
        size = product
      }
      guard size == file.count - dataStart else {
        throw Problem.wrongSize(
          shape: header.shape, dtype: header.dtype, expected: size, found: file.count - dataStart)
      }
      shape = header.shape
      dtype = header.dtype
      isFortranOrder = header.isFortranOrder
      stored = StoredMatrix(
        format: format, isBigEndian: header.dtype.hasPrefix(">"), offset: dataStart,
        rows: shape.count == 2 ? shape[0] : 1, columns: shape.last ?? 1,
        isColumnMajor: shape.count == 2 && isFortranOrder)
    } catch let problem as Problem {
      throw .npy(file: path, problem)
    } catch {
      throw .npy(file: path, .notNPY)
    }
  }

  /// All elements in row-major order, converted to single precision.
  public var values: [Float] {
    stored.values(rows: 0..<stored.rows, columns: 0..<stored.columns, in: file)
  }

  private static func headerText(
    of file: MemoryMappedFile
  ) throws(Problem) -> (text: [UInt8], dataStart: Int) {
    let start = file.copy(0..<min(12, file.count))
    guard start.count >= 10, start.starts(with: magic) else { throw .notNPY }
    let lengthBytes: Int
    switch (start[6], start[7]) {
    case (1, 0): lengthBytes = 2
    case (2, 0), (3, 0): lengthBytes = 4
    default: throw .unknownVersion(major: Int(start[6]), minor: Int(start[7]))
    }
    guard start.count >= 8 + lengthBytes else { throw .notNPY }
    let length = start[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= longestHeader else { throw .headerTooLong(length: length) }
    let headerStart = 8 + lengthBytes
    guard length <= file.count - headerStart else {
      throw .headerBeyondEnd(length: length, found: file.count - headerStart)
    }
    return (file.copy(headerStart..<headerStart + length), headerStart + length)
  }

  private static func format(of dtype: String) throws(Problem) -> FloatFormat {
    switch dtype {
    case "<f2", ">f2": return .float16
    case "<f4", ">f4": return .float32
    case "<f8", ">f8": return .float64
    default: break
    }
    let what =
      switch dtype.drop(while: { "<>|=".contains($0) }).first {
      case "i", "u": "integers"
      case "b", "?": "truth values"
      case "c": "complex numbers"
      case "O": "Python objects"
      case "S", "U", "a": "texts"
      case "V": "raw bytes"
      case "M", "m": "dates"
      case "f": "floating-point numbers of a size that is not read"
      default: "elements of an unknown type"
      }
    throw .notWeights(dtype: dtype, what: what)
  }
}

extension NPY.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notNPY:
      "it does not begin as a .npy file does, with \\x93NUMPY and a version"
    case .unknownVersion(let major, let minor):
      "version \(major).\(minor) of the .npy format is not known; 1.0, 2.0 and 3.0 are read"
    case .headerTooLong(let length):
      "the header claims \(length) bytes, more than the limit of \(NPY.longestHeader)"
    case .headerBeyondEnd(let length, let found):
      "the header claims \(length) bytes, but the file has only \(found) after the length"
    case .malformedHeader(let offset, let reason):
      "the header is malformed at byte \(offset): \(reason)"
    case .missingKey(let key):
      "the header has no \(quoted(key))"
    case .unknownKey(let key):
      "the header has the unknown key \(quoted(key))"
    case .repeatedKey(let key):
      "the header has the key \(quoted(key)) twice"
    case .wrongValue(let key, let expected):
      "the value of \(quoted(key)) in the header is not \(expected)"
    case .notWeights(let dtype, let what):
      "it holds \(what) (\(quoted(dtype))); save the array with astype(\"float32\") first"
    case .tooManyDimensions(let shape):
      "the array has shape \(shape); only arrays of one or two dimensions can be read"
    case .shapeTooLarge(let shape):
      "the size of an array of shape \(shape) overflows 64 bits"
    case .wrongSize(let shape, let dtype, let expected, let found):
      "an array of shape \(shape) and type \(quoted(dtype)) takes \(expected) bytes, but the file "
        + "has \(found) bytes of data"
    }
  }
}
