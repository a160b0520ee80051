internal import CPangoCairo

/// Collects the bytes that Cairo writes.
final class ByteSink {
  fileprivate(set) var bytes: [UInt8] = []

  /// The callback that Cairo calls with the sink as its closure.
  static let write: cairo_write_func_t = { closure, data, count in
    guard let closure = unsafe closure, let data = unsafe data else {
      return CAIRO_STATUS_WRITE_ERROR
    }
    let sink = unsafe Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
    unsafe sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
  }

  /// The closure for ``write``; the sink must outlive its use.
  var closure: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }
}

/// Throws what a status of Cairo says, unless it is success.
func check(_ status: cairo_status_t, _ operation: String) throws(RenderingError) {
  guard status == CAIRO_STATUS_SUCCESS else {
    throw .cairo(operation: operation, reason: text(of: status))
  }
}

private func text(of status: cairo_status_t) -> String {
  unsafe String(cString: cairo_status_to_string(status))
}

/// The sole owner of a `cairo_surface_t`, and of the sink that it writes to.
@safe struct CairoSurface: ~Copyable {
  let pointer: OpaquePointer
  private let sink: ByteSink?

  /// Takes over a surface that was just made, or throws why it could not be.
  init(
    adopting surface: OpaquePointer?, writingTo sink: ByteSink? = nil, _ operation: String
  ) throws(RenderingError) {
    // Cairo never returns NULL but a surface in an error state.
    guard let surface = unsafe surface else {
      throw .cairo(operation: operation, reason: "out of memory")
    }
    let status = unsafe cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS else {
      unsafe cairo_surface_destroy(surface)
      throw .cairo(operation: operation, reason: text(of: status))
    }
    unsafe pointer = surface
    self.sink = sink
  }

  deinit {
    // A surface that was not finished, because drawing on it threw, still writes when it goes.
    withExtendedLifetime(sink) { unsafe cairo_surface_destroy(pointer) }
  }

  /// Draws on the surface; the context's status is checked when the closure is done.
  borrowing func withContext(
    _ body: (OpaquePointer) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let context = unsafe cairo_create(pointer)
    defer { unsafe cairo_destroy(context) }
    try unsafe check(cairo_status(context), "drawing context")
    guard let context = unsafe context else { return }
    try unsafe body(context)
    try unsafe check(cairo_status(context), "drawing")
  }

  /// Writes what is pending, and checks that all went well.
  borrowing func finish() throws(RenderingError) {
    unsafe cairo_surface_finish(pointer)
    try unsafe check(cairo_surface_status(pointer), "finishing the output")
  }
}
