public import LinearAlgebra

/// A matrix of weights from a file of the user.
public struct Weights: Equatable, Sendable {
  /// The name of the tensor, or of the file where tensors have none.
  public let name: String
  /// The part that was asked for, as a matrix; a vector becomes one row.
  public let matrix: Matrix
  /// The path of the file.
  public let path: String
  /// The type of the numbers in the file, such as `F16`, `<f4` or `text`.
  public let storedType: String
  /// The shape of the whole tensor in the file.
  public let shape: [Int]
  /// The rows and columns of the whole tensor that were read.
  public let rows: Range<Int>
  public let columns: Range<Int>
  /// How many of the numbers that were read are NaN or infinite.
  public let nonFiniteCount: Int
}

/// Reading of weights from files of any known format.
public enum WeightsFile {
  /// More elements than this are refused: as single-precision numbers they take 4 GiB.
  public static let largestElementCount = 1 << 30
  /// How many tensors a message lists.
  public static let listedTensors = 12

  /// What to do with numbers that are NaN or infinite.
  public enum NonFiniteRule: Sendable {
    /// Refuse the file and name the place of the first one.
    case refuse
    /// Keep them and count them.
    case count
  }

  /// The formats that are read.
  public enum Format: Equatable, Sendable {
    case csv, npy, safetensors
  }

  /// Reads one matrix from a file, and of a safetensors or `.npy` file only the bytes that it needs.
  ///
  /// - Parameters:
  ///   - path: A .csv, .tsv, .txt, .npy or .safetensors file.
  ///   - tensor: The name of the tensor, needed where a file holds several.
  ///   - slice: The part to read, such as `0:16,0:16`; nothing for all of it.
  ///   - nonFinite: What to do with numbers that are NaN or infinite.
  /// - Returns: The matrix with its name and where it comes from.
  /// - Throws: An error that names the file and the place.
  public static func load(
    path: String, tensor: String? = nil, slice: String? = nil,
    nonFinite: NonFiniteRule = .refuse
  ) throws(InterchangeError) -> Weights {
    // Malformed words of the command come before the state of the file.
    var parsedSlice: MatrixSlice?
    if let slice { parsedSlice = try MatrixSlice(parsing: slice) }
    switch try format(of: path) {
    case .safetensors:
      return try loadSafetensors(path, tensor: tensor, slice: parsedSlice, nonFinite)
    case .npy:
      if let tensor { throw .choice(file: path, .unnamed(name: tensor, format: ".npy")) }
      return try loadNPY(path, slice: parsedSlice, nonFinite)
    case .csv:
      if let tensor { throw .choice(file: path, .unnamed(name: tensor, format: "text")) }
      return try loadCSV(path, slice: parsedSlice, nonFinite)
    }
  }

  /// The format of a file, by its extension and otherwise by its first bytes.
  ///
  /// - Throws: `unreadable`, `empty`, or `unknownFormat` for all other files.
  public static func format(of path: String) throws(InterchangeError) -> Format {
    let file = try MemoryMappedFile(path: path)
    let start = file.copy(0..<min(16, file.count))
    if let foreign = foreignFormat(start) {
      throw .unknownFormat(file: path, looksLike: foreign)
    }
    let name = path.split(separator: "/").last ?? ""
    if name.hasSuffix(".index.json") {
      throw .unknownFormat(
        file: path, looksLike: "it lists the parts of a model in several files; name one of them")
    }
    let fileExtension = name.lastIndex(of: ".").map { name[$0...].lowercased() }
    switch fileExtension {
    case ".csv", ".tsv", ".txt": return .csv
    case ".npy": return .npy
    case ".safetensors": return .safetensors
    default: break
    }
    if start.starts(with: NPY.magic) { return .npy }
    // The length of a header is below 2^27, and the header is an object.
    if start.count > 8, start[4..<8].allSatisfy({ $0 == 0 }), start[8] == UInt8(ascii: "{") {
      return .safetensors
    }
    throw .unknownFormat(file: path, looksLike: nil)
  }

  /// What other tools' files look like, with the way out.
  private static func foreignFormat(_ start: [UInt8]) -> String? {
    let known: [([UInt8], String)] = [
      (Array("PK".utf8) + [3, 4], "it is a ZIP archive, such as .npz, .pt or .xlsx"),
      ([0x80, 2], "it is a Python pickle, which could run code"),
      ([0x80, 4], "it is a Python pickle, which could run code"),
      (Array("GGUF".utf8), "it is a GGUF file"),
      ([0x89] + Array("HDF".utf8), "it is an HDF5 file"),
      ([0x1f, 0x8b], "it is compressed with gzip; unpack it first"),
    ]
    return known.first { start.starts(with: $0.0) }?.1
  }
}
