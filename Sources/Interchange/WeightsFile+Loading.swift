import LinearAlgebra

extension WeightsFile {
  static func loadSafetensors(
    _ path: String, tensor name: String?, slice: MatrixSlice?, _ rule: NonFiniteRule
  ) throws(InterchangeError) -> Weights {
    let file = try Safetensors(path: path)
    let tensor: Safetensors.Tensor
    if let name {
      tensor = try file.tensor(named: name)
    } else {
      guard let first = file.tensors.first else { throw .choice(file: path, .none) }
      guard file.tensors.count == 1 else {
        let listed = file.tensors.prefix(listedTensors).map {
          "\(printable($0.name))  \($0.dtype.rawValue) \($0.shape)"
        }
        throw .choice(
          file: path, .several(listed: listed, more: file.tensors.count - listed.count))
      }
      tensor = first
    }
    let part = try part(of: tensor.shape, slice: slice, file: path, tensor: tensor.name)
    let stored = try file.storedMatrix(
      of: tensor, rows: part.allRows, columns: part.allColumns)
    return try weights(
      stored, in: file.file, name: tensor.name, storedType: tensor.dtype.rawValue,
      part: part, rule)
  }

  static func loadNPY(
    _ path: String, slice: MatrixSlice?, _ rule: NonFiniteRule
  ) throws(InterchangeError) -> Weights {
    let file = try NPY(path: path)
    let name = stem(of: path)
    let part = try part(of: file.shape, slice: slice, file: path, tensor: name)
    return try weights(
      file.stored, in: file.file, name: name, storedType: file.dtype, part: part, rule)
  }

  static func loadCSV(
    _ path: String, slice: MatrixSlice?, _ rule: NonFiniteRule
  ) throws(InterchangeError) -> Weights {
    let file = try CSVMatrix(path: path)
    let whole = file.matrix
    let name = stem(of: path)
    let part = try part(
      of: [whole.rows, whole.columns], slice: slice, file: path, tensor: name)
    var values: [Float] = []
    for row in part.rows {
      let start = row * whole.columns
      values += whole.values[start + part.columns.lowerBound..<start + part.columns.upperBound]
    }
    let matrix = Matrix(rows: part.rows.count, columns: part.columns.count, values: values)
    if rule == .refuse, let index = values.firstIndex(where: { !$0.isFinite }) {
      let row = part.rows.lowerBound + index / matrix.columns
      let column = part.columns.lowerBound + index % matrix.columns
      throw .csv(
        file: path, line: file.lines[row], column: column + 1, .notFinite(spelled(values[index])))
    }
    return Weights(
      name: name, matrix: matrix, path: path, storedType: "text", shape: part.shape,
      rows: part.rows, columns: part.columns, nonFiniteCount: nonFiniteCount(values))
  }

  /// A part of a tensor seen as a matrix.
  struct Part {
    let shape: [Int]
    let allRows: Int
    let allColumns: Int
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// The part that a slice chooses, or all of a tensor; vectors and numbers are one row.
  static func part(
    of shape: [Int], slice: MatrixSlice?, file: String, tensor: String
  ) throws(InterchangeError) -> Part {
    guard shape.count <= 2 else {
      throw .shape(file: file, tensor: tensor, shape: shape, .tooManyDimensions)
    }
    guard !shape.contains(0) else {
      throw .shape(file: file, tensor: tensor, shape: shape, .noElements)
    }
    let ranges = try slice?.ranges(in: shape) ?? shape.map { 0..<$0 }
    let rows = ranges.count == 2 ? ranges[0] : 0..<1
    let columns = ranges.last ?? 0..<1
    // The product is that of a tensor in a file, which has been checked.
    let count = rows.count * columns.count
    guard count <= largestElementCount else {
      throw .shape(
        file: file, tensor: tensor, shape: shape,
        .tooManyElements(count: count, limit: largestElementCount))
    }
    return Part(
      shape: shape, allRows: shape.count == 2 ? shape[0] : 1, allColumns: shape.last ?? 1,
      rows: rows, columns: columns)
  }

  private static func weights(
    _ stored: StoredMatrix, in file: MemoryMappedFile, name: String, storedType: String,
    part: Part, _ rule: NonFiniteRule
  ) throws(InterchangeError) -> Weights {
    let values = stored.values(rows: part.rows, columns: part.columns, in: file)
    let count = nonFiniteCount(values)
    if count > 0, rule == .refuse, let index = values.firstIndex(where: { !$0.isFinite }) {
      let row = part.rows.lowerBound + index / part.columns.count
      let column = part.columns.lowerBound + index % part.columns.count
      throw .notFinite(
        file: file.path, tensor: name, row: row, column: column,
        value: stored.describe(row: row, column: column, value: values[index], in: file))
    }
    let matrix = Matrix(rows: part.rows.count, columns: part.columns.count, values: values)
    return Weights(
      name: name, matrix: matrix, path: file.path, storedType: storedType, shape: part.shape,
      rows: part.rows, columns: part.columns, nonFiniteCount: count)
  }

  private static func nonFiniteCount(_ values: [Float]) -> Int {
    values.reduce(0) { $0 + ($1.isFinite ? 0 : 1) }
  }

  /// The name of a file without folders and extension.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
  }
}
