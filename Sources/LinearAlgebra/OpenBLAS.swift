internal import COpenBLAS

/// The settings of OpenBLAS that every call to it needs.
enum OpenBLAS {
  private static let settings: Void = openblas_set_num_threads(1)

  /// Limits OpenBLAS to one thread, once, before the first call.
  ///
  /// The last bits of its results depend on the number of threads, and with them those of figures.
  /// Matrices of lessons are small, and the cores are busy with several figures at a time.
  static func prepare() { settings }

  /// The number of threads that OpenBLAS computes with.
  static var threads: Int { Int(openblas_get_num_threads()) }
}
