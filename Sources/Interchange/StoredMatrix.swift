/// Where the elements of a matrix lie in a file, and how to read them.
struct StoredMatrix: Sendable {
  let format: FloatFormat
  var isBigEndian = false
  /// The place in the file of the element in row 0 and column 0.
  let offset: Int
  let rows: Int
  let columns: Int
  /// The distances in bytes between neighbours in a column and in a row.
  let rowStride: Int
  let columnStride: Int

  /// A matrix whose rows follow one another, or whose columns do.
  init(
    format: FloatFormat, isBigEndian: Bool = false, offset: Int, rows: Int, columns: Int,
    isColumnMajor: Bool = false
  ) {
    self.format = format
    self.isBigEndian = isBigEndian
    self.offset = offset
    self.rows = rows
    self.columns = columns
    rowStride = format.byteCount * (isColumnMajor ? 1 : columns)
    columnStride = format.byteCount * (isColumnMajor ? rows : 1)
  }

  /// The elements of some rows and columns in row-major order; other bytes are not touched.
  func values(rows: Range<Int>, columns: Range<Int>, in file: MemoryMappedFile) -> [Float] {
    let count = rows.count * columns.count
    guard count > 0 else { return [] }
    let first = offset + rows.lowerBound * rowStride + columns.lowerBound * columnStride
    return unsafe file.withBytes { bytes in
      unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        guard let source = bytes.baseAddress, let target = buffer.baseAddress else {
          return
        }
        if columnStride <= rowStride {
          for row in 0..<rows.count {
            unsafe format.decode(
              from: source + (first + row * rowStride), stride: columnStride,
              isBigEndian: isBigEndian, count: columns.count, into: target + row * columns.count,
              destinationStride: 1)
          }
        } else {
          for column in 0..<columns.count {
            unsafe format.decode(
              from: source + (first + column * columnStride), stride: rowStride,
              isBigEndian: isBigEndian, count: rows.count, into: target + column,
              destinationStride: columns.count)
          }
        }
        initialized = count
      }
    }
  }

  /// The elements of some whole rows in row-major order, without any rounding.
  func doubles(rows: Range<Int>, in file: MemoryMappedFile) -> [Double] {
    guard format == .float64 else {
      return values(rows: rows, columns: 0..<columns, in: file).map(Double.init)
    }
    return unsafe file.withBytes { bytes in
      rows.flatMap { row in
        (0..<columns).map { column in
          let place = offset + row * rowStride + column * columnStride
          let bits = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          return Double(bitPattern: isBigEndian ? bits.bigEndian : bits.littleEndian)
        }
      }
    }
  }

  /// The stored value of one element in words, for a message: `NaN`, `inf` or a number out of range.
  func describe(row: Int, column: Int, value: Float, in file: MemoryMappedFile) -> String {
    guard format == .float64 else { return spelled(value) }
    let place = offset + row * rowStride + column * columnStride
    let bits = unsafe file.withBytes {
      unsafe $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    }
    let stored = Double(bitPattern: isBigEndian ? bits.bigEndian : bits.littleEndian)
    return stored.isFinite
      ? "\(stored), which is too large for single precision," : spelled(value)
  }
}

/// A number that is not finite, as other tools print it.
func spelled(_ value: Float) -> String { value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
