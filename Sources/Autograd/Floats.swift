internal import CKernels

/// A fixed number of floats, aligned for vectors and zero at first.
///
/// Tensors of a plan and parameters live here rather than in arrays: nothing copies them by accident, and
/// their address stays the same from one step to the next.
@safe public final class Floats {
  /// The number of floats.
  public let count: Int
  package let start: UnsafeMutablePointer<Float>

  package init(count: Int) {
    precondition(count >= 0, "\(count) floats cannot be stored.")
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    unsafe start = unsafe raw.bindMemory(to: Float.self, capacity: max(count, 1))
    unsafe start.initialize(repeating: 0, count: max(count, 1))
  }

  /// Copies values.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    set(values)
  }

  deinit { unsafe start.deallocate() }

  /// A copy of the values.
  public var values: [Float] {
    unsafe Array(unsafe UnsafeBufferPointer(start: start, count: count))
  }

  /// Replaces values from a place on.
  public func set(_ values: [Float], at place: Int = 0) {
    precondition(
      place >= 0 && place + values.count <= count,
      "\(count) floats cannot take \(values.count) values from \(place) on.")
    unsafe values.withUnsafeBufferPointer {
      if let source = $0.baseAddress {
        unsafe (start + place).update(from: source, count: values.count)
      }
    }
  }

  /// Replaces one value.
  public func set(_ value: Float, at place: Int) {
    precondition(place >= 0 && place < count, "\(count) floats have no place \(place).")
    unsafe start[place] = value
  }

  /// Makes all values zero.
  public func clear() { unsafe start.update(repeating: 0, count: count) }

  /// Calls `body` with the values in place.
  public func withUnsafeBuffer<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result {
    unsafe body(UnsafeMutableBufferPointer(start: start, count: count))
  }

  /// The sum of the squares, in double precision.
  public var sumOfSquares: Double { unsafe lora_sum_of_squares(start, count) }

  /// The bytes of the values.
  public var byteCount: Int { count * MemoryLayout<Float>.stride }
}
