internal import Adapters
internal import LinearAlgebra

/// What merging did to one tensor.
public struct MergedTensor: Equatable, Sendable {
  public let name: String
  public let dtype: DType
  public let shape: [Int]
  /// The rank of the update; 0 where the tensor was replaced as a whole.
  public let rank: Int
  /// How many adapters have an update for it.
  public let adapterCount: Int
  public let isReplaced: Bool
  /// The Frobenius norm of the base, and of what was meant to be added to it.
  public let baseNorm: Double
  public let updateNorm: Double
  /// The largest difference between a merged number and what the type of the base keeps of it.
  public let largestRounding: Double
  /// How many numbers the update changes, and how many are still different after rounding.
  public let meantCount: Int
  public let changedCount: Int

  /// ‖ΔW‖ / ‖W‖, where W is not zero.
  public var relativeUpdate: Double? { baseNorm > 0 ? updateNorm / baseNorm : nil }
  /// The share of the changes that rounding left nothing of.
  public var lostShare: Double {
    meantCount > 0 ? 1 - Double(changedCount) / Double(meantCount) : 0
  }
}

extension AdapterMerge {
  /// The numbers that are computed at a time.
  static let chunkSize = 1 << 20
  /// The bytes that are copied at a time.
  static let copySize = 8 << 20

  /// Writes the base with the merged tensors in it; all else is copied byte for byte.
  ///
  /// A merged number is computed in double precision and rounded once, to the type of the base.
  ///
  /// - Parameters:
  ///   - path: The file to write.
  ///   - mayGoOn: Asked now and then with the share that is done; what it throws stops the writing.
  /// - Returns: What was done to each tensor.
  /// - Throws: `notFinite`, `merge` with a number that is too large, `unwritable`, or what `mayGoOn`
  ///   throws; in all cases an earlier file is untouched.
  public func write(
    to path: String, mayGoOn: (Double) throws -> Void = { _ in }
  ) throws -> [MergedTensor] {
    var merged: [MergedTensor] = []
    try AtomicFile.stream(to: path) { output in
      merged = try write(to: output, mayGoOn)
    }
    return merged
  }

  private func write(
    to output: borrowing TemporaryFile, _ mayGoOn: (Double) throws -> Void
  ) throws -> [MergedTensor] {
    var merged: [MergedTensor] = []
    var steps = steps[...]
    let size = Double(base.file.count)
    try copy(0..<(base.tensors.first?.byteRange.lowerBound ?? base.file.count), to: output, mayGoOn)
    for tensor in base.tensors {
      guard let step = steps.first, step.tensor == tensor else {
        try copy(tensor.byteRange, to: output, mayGoOn)
        continue
      }
      steps.removeFirst()
      var merger = try TensorMerger(step, in: base)
      for rows in merger.chunks {
        try output.append(merger.bytes(ofRows: rows))
        let done = tensor.byteRange.lowerBound + rows.upperBound * merger.bytesPerRow
        try mayGoOn(Double(done) / size)
      }
      merged.append(merger.result)
    }
    return merged
  }

  private func copy(
    _ range: Range<Int>, to output: borrowing TemporaryFile, _ mayGoOn: (Double) throws -> Void
  ) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Self.copySize, range.upperBound)
      try output.append(start..<end, of: base.file)
      start = end
      try mayGoOn(Double(end) / Double(base.file.count))
    }
  }
}

/// Merges one tensor, some rows at a time.
private struct TensorMerger {
  private let step: AdapterMerge.Step
  private let base: Safetensors
  private let format: FloatFormat
  private let before: StoredMatrix
  private let source: StoredMatrix
  private let sourceFile: MemoryMappedFile
  /// The update is `scaling · left · right` in the layout of the file.
  private let left: Matrix
  private let right: Matrix
  /// With DoRA and a transposed weight, the factor of every column.
  private var columnFactors: [Double]?
  private var (baseSquares, updateSquares, largestRounding) = (0.0, 0.0, 0.0)
  private var (meantCount, changedCount) = (0, 0)

  init(_ step: AdapterMerge.Step, in base: Safetensors) throws(InterchangeError) {
    self.step = step
    self.base = base
    let shape = step.tensor.shape
    // A replaced tensor may have any number of dimensions.
    let (rows, columns) =
      shape.count == 2 ? (shape[0], shape[1]) : (1, shape.reduce(1, *))
    before = try base.storedMatrix(of: step.tensor, rows: rows, columns: columns)
    format = before.format
    if let (file, tensor) = step.replacement {
      source = try file.storedMatrix(of: tensor, rows: rows, columns: columns)
      sourceFile = file.file
    } else {
      source = before
      sourceFile = base.file
    }
    guard let adapter = step.adapter else {
      left = .zeros(rows: rows, columns: 0)
      right = .zeros(rows: 0, columns: columns)
      return
    }
    left = step.isTransposed ? adapter.loraA.transposed : adapter.loraB
    right = step.isTransposed ? adapter.loraB.transposed : adapter.loraA
    guard step.isTransposed, let magnitude = adapter.magnitude else { return }
    var squares = Array(repeating: 0.0, count: columns)
    for rows in chunks {
      for (index, value) in adapted(rows).enumerated() {
        squares[index % columns] += value * value
      }
    }
    columnFactors = zip(magnitude, squares).map { Self.factor($0, $1) }
  }

  var chunks: [Range<Int>] {
    guard before.rows > 0 else { return [] }
    let count = max(AdapterMerge.chunkSize / max(before.columns, 1), 1)
    return stride(from: 0, to: before.rows, by: count).map {
      $0..<min($0 + count, before.rows)
    }
  }

  var bytesPerRow: Int { before.columns * format.byteCount }

  var result: MergedTensor {
    MergedTensor(
      name: step.tensor.name, dtype: step.tensor.dtype, shape: step.tensor.shape,
      rank: step.adapter?.rank ?? 0, adapterCount: step.adapterCount,
      isReplaced: step.replacement != nil, baseNorm: baseSquares.squareRoot(),
      updateNorm: updateSquares.squareRoot(), largestRounding: largestRounding,
      meantCount: meantCount, changedCount: changedCount)
  }

  /// The factor that brings a row to its length.
  private static func factor(_ magnitude: Float, _ squares: Double) -> Double {
    squares > 0 ? Double(magnitude) / squares.squareRoot() : 0
  }

  /// W + ΔW of some rows, before DoRA.
  private func adapted(_ rows: Range<Int>) -> [Double] {
    let values = source.doubles(rows: rows, in: sourceFile)
    guard let adapter = step.adapter else { return values }
    let product = left[rows: rows, columns: 0..<left.columns].multiplied(by: right)
    let scaling = Float(adapter.scaling)
    return zip(values, product.values).map { $0 + Double(scaling * $1) }
  }

  /// The merged rows as the file holds them.
  mutating func bytes(ofRows rows: Range<Int>) throws(InterchangeError) -> [UInt8] {
    let original = before.doubles(rows: rows, in: base.file)
    if let index = original.firstIndex(where: { !$0.isFinite }) {
      throw notFinite(before, base, step.tensor, original[index], rows, index)
    }
    if let (file, tensor) = step.replacement {
      let values = source.doubles(rows: rows, in: sourceFile)
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw notFinite(source, file, tensor, values[index], rows, index)
      }
    }
    var merged = adapted(rows)
    let columns = before.columns
    if let columnFactors {
      for index in merged.indices { merged[index] *= columnFactors[index % columns] }
    } else if let magnitude = step.adapter?.magnitude {
      for row in 0..<rows.count {
        let places = row * columns..<(row + 1) * columns
        let squares = merged[places].reduce(0) { $0 + $1 * $1 }
        let factor = Self.factor(magnitude[rows.lowerBound + row], squares)
        for index in places { merged[index] *= factor }
      }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(merged.count * format.byteCount)
    for (index, value) in merged.enumerated() {
      let bits = format.bits(nearest: value)
      let kept = format.value(of: bits)
      guard kept.isFinite else {
        throw .merge(
          file: base.path,
          .tooLarge(
            tensor: step.tensor.name, row: rows.lowerBound + index / columns,
            column: index % columns, value: value, dtype: step.tensor.dtype))
      }
      format.append(bits, to: &bytes)
      let old = original[index]
      baseSquares += old * old
      updateSquares += (value - old) * (value - old)
      largestRounding = max(largestRounding, (kept - value).magnitude)
      if value != old { meantCount += 1 }
      if kept != old { changedCount += 1 }
    }
    return bytes
  }

  private func notFinite(
    _ stored: StoredMatrix, _ file: Safetensors, _ tensor: Safetensors.Tensor, _ value: Double,
    _ rows: Range<Int>, _ index: Int
  ) -> InterchangeError {
    .notFinite(
      file: file.path, tensor: tensor.name, row: rows.lowerBound + index / stored.columns,
      column: index % stored.columns, value: spelled(Float(value)))
  }
}
