internal import CKernels
internal import COneDNN

/// The library of matrix products.
public enum ProductLibrary {
  public static let name = "oneDNN"

  /// The version that is there at run time.
  public static var version: String {
    guard let version = unsafe dnnl_version() else { return "unknown" }
    return unsafe "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.patch)"
  }
}

/// c = alpha · a b, or c += alpha · a b, with a of [rows, inner], b of [inner, columns], either stored
/// transposed.
///
/// Every part of the result is computed by one thread from first to last term. The parts depend on the
/// shapes alone, so the bits do not depend on the number of threads.
@safe struct MatrixProduct {
  let rows: Int
  let columns: Int
  let inner: Int
  var transposesA = false
  var transposesB = false
  var alpha: Float = 1
  var accumulates = false

  /// Products with fewer multiplications are not cut: handing a part over would cost as much.
  private static let smallestWork = 1 << 18
  /// Multiplications of a part: some ten microseconds of work.
  private static let workPerPart = 1 << 20
  private static let mostParts = 16

  /// The number of parts, an even one where there are several.
  private var partCount: Int {
    let work = rows * columns * inner
    guard work >= Self.smallestWork else { return 1 }
    return min(max((work / Self.workPerPart + 1) / 2 * 2, 2), Self.mostParts)
  }

  func run(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    _ threads: Threads
  ) {
    guard rows > 0, columns > 0 else { return }
    let cutsRows = rows >= columns
    let length = cutsRows ? rows : columns
    // Parts of whole vectors leave none of the processor's registers half empty.
    let parts = partCount
    let size = max(((length + parts - 1) / parts + 7) / 8 * 8, 16)
    threads.forEachRange(of: length, size: size) { range in
      let first = range.lowerBound
      if cutsRows {
        unsafe part(
          rows: range.count, columns: columns, a + (transposesA ? first : first * inner), b,
          c + first * columns)
      } else {
        unsafe part(
          rows: rows, columns: range.count, a, b + (transposesB ? first * inner : first),
          c + first)
      }
    }
  }

  /// Products whose two smaller sides span a small matrix are done by our own loops, which copy less;
  /// the library's cut large ones better. Few columns are a case of their own.
  private var isSmall: Bool {
    if columns <= 8 { return true }
    let smallest = rows * columns * inner / max(rows, columns, inner, 1)
    return Self.hasWideRegisters
      && (smallest <= 1 << 14 || transposesB && inner >= columns)
  }

  private static let hasWideRegisters = lora_has_wide_registers() != 0

  private func part(
    rows: Int, columns: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    if isSmall {
      var product = unsafe lora_product(
        rows: rows, columns: columns, inner: inner, a: a, a_row: transposesA ? 1 : inner,
        a_column: transposesA ? self.rows : 1, b: b, b_row: transposesB ? 1 : self.columns,
        b_column: transposesB ? inner : 1, c: c, c_row: self.columns, alpha: alpha,
        accumulates: accumulates ? 1 : 0)
      unsafe lora_multiply_matrices(&product)
      return
    }
    let status = unsafe lora_sgemm(
      letter(transposesA), letter(transposesB), rows, columns, inner, alpha, a,
      transposesA ? self.rows : inner, b, transposesB ? inner : self.columns, accumulates ? 1 : 0,
      c,
      self.columns)
    precondition(status == 0, "A product of \(rows)×\(inner)×\(columns) was refused: \(status).")
  }

  private func letter(_ transposes: Bool) -> CChar {
    CChar(bitPattern: UInt8(ascii: transposes ? "T" : "N"))
  }
}
