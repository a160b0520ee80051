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

/// c = alpha · a b + beta · c with a of [rows, inner], b of [inner, columns], either stored transposed.
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
  var beta: Float = 0

  /// Multiplications of a part: some tens of microseconds of work.
  private static let workPerPart = 1 << 19
  /// Narrower parts leave the processor's registers half empty.
  private static let narrowestPart = 16

  func run(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    _ threads: Threads
  ) {
    guard rows > 0, columns > 0 else { return }
    let cutsRows = rows >= columns
    let length = cutsRows ? rows : columns
    let parts = min(
      max(rows * columns * inner / Self.workPerPart, 1), max(length / Self.narrowestPart, 1), 64)
    let size = ((length + parts - 1) / parts + 7) / 8 * 8
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

  private func part(
    rows: Int, columns: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>
  ) {
    let status = unsafe lora_sgemm(
      letter(transposesA), letter(transposesB), rows, columns, inner, alpha, a,
      transposesA ? self.rows : inner, b, transposesB ? inner : self.columns, beta, c,
      self.columns)
    precondition(status == 0, "A product of \(rows)×\(inner)×\(columns) was refused: \(status).")
  }

  private func letter(_ transposes: Bool) -> CChar {
    CChar(bitPattern: UInt8(ascii: transposes ? "T" : "N"))
  }
}
