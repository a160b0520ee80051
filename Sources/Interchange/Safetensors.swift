/// A safetensors file whose header has been read and checked; tensors are read when they are asked for.
///
/// The format: the length of the header in 8 bytes, little-endian; the header, a JSON object that gives
/// each tensor's type, shape and place; then the data. Every rule of the reference library (safetensors
/// 0.8.0) is checked before a tensor is read, and names that appear twice are refused besides.
public struct Safetensors: Sendable {
  /// A longer header is refused, as by the reference library.
  public static let longestHeader = 100_000_000

  /// The path of the file.
  public let path: String
  /// The texts under `__metadata__`, in the order of the file.
  public let metadata: [(key: String, value: String)]
  /// The tensors in the order of their data.
  public let tensors: [Tensor]
  let file: MemoryMappedFile

  /// One tensor's name, type, shape and place.
  public struct Tensor: Equatable, Sendable {
    public let name: String
    public let dtype: DType
    /// The length of each dimension; empty for a single number.
    public let shape: [Int]
    /// The bytes of the file that hold the elements in row-major order.
    public let byteRange: Range<Int>

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }
  }

  /// Opens a file and checks its header.
  ///
  /// - Throws: `unreadable`, `empty`, or `safetensors` with the rule that the file breaks.
  public init(path: String) throws(InterchangeError) {
    file = try MemoryMappedFile(path: path)
    self.path = path
    do {
      let header = try Header(of: file)
      metadata = header.metadata
      tensors = header.tensors
    } catch {
      throw .safetensors(file: path, error)
    }
  }

  /// The tensor of a name.
  ///
  /// - Throws: `choice`, with names that are close to a wrong one.
  public func tensor(named name: String) throws(InterchangeError) -> Tensor {
    let exact = tensors.first { $0.name.utf8.elementsEqual(name.utf8) }
    if let tensor = exact ?? tensors.first(where: { $0.name == name }) { return tensor }
    let similar = similarNames(to: name, among: tensors.map(\.name))
    throw .choice(file: path, .unknown(name: name, similar: similar))
  }

  /// All elements of a tensor, converted to single precision; only its bytes are touched.
  ///
  /// - Throws: `safetensors` if the elements are not F16, BF16, F32 or F64.
  public func values(of tensor: Tensor) throws(InterchangeError) -> [Float] {
    let stored = try storedMatrix(of: tensor, rows: 1, columns: tensor.count)
    return stored.values(rows: 0..<1, columns: 0..<tensor.count, in: file)
  }

  /// A copy of the bytes of a tensor of any type, as stored.
  public func bytes(of tensor: Tensor) -> [UInt8] { file.copy(tensor.byteRange) }

  func storedMatrix(
    of tensor: Tensor, rows: Int, columns: Int
  ) throws(InterchangeError) -> StoredMatrix {
    guard let format = tensor.dtype.floatFormat else {
      throw .safetensors(file: path, .notWeights(tensor: tensor.name, dtype: tensor.dtype))
    }
    return StoredMatrix(
      format: format, offset: tensor.byteRange.lowerBound, rows: rows, columns: columns)
  }
}
