internal import LinearAlgebra

/// What a file of weights holds; nothing but its header is read until numbers are asked for.
public struct FileInventory: Sendable {
  public let path: String
  public let format: WeightsFile.Format
  /// The size of the file.
  public let byteCount: Int
  /// The texts of the header, in the order of the file.
  public let metadata: [(key: String, value: String)]
  /// The tensors in the order of the file.
  public let entries: [Entry]
  private let file: MemoryMappedFile

  /// One tensor of a file.
  public struct Entry: Sendable {
    /// The name of the tensor, or of the file where tensors have none.
    public let name: String
    /// The type of the numbers in the file, such as `F16`, `<f4` or `text`.
    public let type: String
    public let shape: [Int]
    /// The bytes that the numbers take in the file.
    public let byteCount: Int
    fileprivate let numbers: Numbers

    /// How many numbers it has.
    public var count: Int { shape.reduce(1, *) }
    /// Whether the numbers are of a type that is read.
    public var isWeight: Bool { if case .none = numbers { false } else { true } }
  }

  fileprivate enum Numbers: Sendable {
    case stored(StoredMatrix)
    case read(Matrix)
    /// Integers, and types that are not read.
    case none
  }

  /// Opens a file and reads its header; a table of text is read as a whole.
  ///
  /// - Throws: An error that names the file and the place.
  public init(path: String) throws(InterchangeError) {
    format = try WeightsFile.format(of: path)
    file = try MemoryMappedFile(path: path)
    self.path = path
    byteCount = file.count
    switch format {
    case .safetensors:
      let safetensors = try Safetensors(path: path)
      metadata = safetensors.metadata
      entries = safetensors.tensors.map { tensor in
        let numbers = tensor.dtype.floatFormat.map { format in
          // Only the last dimension matters for reading row by row.
          let columns = tensor.shape.last ?? 1
          return StoredMatrix(
            format: format, offset: tensor.byteRange.lowerBound,
            rows: columns > 0 ? tensor.count / columns : 0, columns: columns)
        }
        return Entry(
          name: tensor.name, type: tensor.dtype.rawValue, shape: tensor.shape,
          byteCount: tensor.byteRange.count, numbers: numbers.map { .stored($0) } ?? .none)
      }
    case .npy:
      let array = try NPY(path: path)
      metadata = []
      entries = [
        Entry(
          name: WeightsFile.stem(of: path), type: array.dtype, shape: array.shape,
          byteCount: array.stored.rows * array.stored.columns * array.stored.format.byteCount,
          numbers: .stored(array.stored))
      ]
    case .csv:
      let table = try CSVMatrix(path: path)
      metadata = []
      entries = [
        Entry(
          name: WeightsFile.stem(of: path), type: "text",
          shape: [table.matrix.rows, table.matrix.columns], byteCount: file.count,
          numbers: .read(table.matrix))
      ]
    }
  }

  /// The tensor of a name.
  ///
  /// - Throws: `choice`, with names that are close to a wrong one.
  public func entry(named name: String) throws(InterchangeError) -> Entry {
    if let entry = entries.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return entry }
    throw .choice(
      file: path,
      .unknown(name: name, similar: similarNames(to: name, among: entries.map(\.name))))
  }

  /// Reads all numbers of a tensor and says what they are like; nothing for types that are not read.
  ///
  /// - Parameters:
  ///   - entry: The tensor.
  ///   - progress: Called now and then with how many numbers more have been read.
  /// - Returns: What was found.
  public func statistics(of entry: Entry, progress: (Int) -> Void = { _ in }) -> TensorStatistics? {
    var statistics = TensorStatistics()
    switch entry.numbers {
    case .none: return nil
    case .read(let matrix): statistics.add(matrix.values.map(Double.init))
    case .stored(let stored):
      let step = max(AdapterMerge.chunkSize / max(stored.columns, 1), 1)
      for start in stride(from: 0, to: stored.rows, by: step) {
        let values = stored.doubles(rows: start..<min(start + step, stored.rows), in: file)
        statistics.add(values)
        progress(values.count)
      }
    }
    return statistics
  }
}
