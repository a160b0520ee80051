import Glibc

/// The bytes of a regular file, mapped into memory and read only where they are used.
///
/// The owner unmaps the file when it goes away; the bytes are lent inside a closure. The file must not
/// be shortened by another program meanwhile.
@safe public final class MemoryMappedFile: Sendable {
  /// The path by which the file was opened.
  public let path: String
  /// The size of the file in bytes; never 0.
  public let count: Int
  private nonisolated(unsafe) let address: UnsafeRawPointer

  /// Opens and maps a file.
  ///
  /// - Throws: `unreadable` if the file is missing, not permitted or not a regular file, and `empty` if
  ///   it has no bytes.
  public init(path: String) throws(InterchangeError) {
    // A FIFO without a writer would block an ordinary open.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(file: path, Self.obstacle(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .unreadable(file: path, Self.obstacle(errno))
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .unreadable(file: path, .directory)
    default: throw .unreadable(file: path, .notRegular)
    }
    guard status.st_size > 0 else { throw .empty(file: path) }
    let count = Int(status.st_size)
    let mapping = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard unsafe mapping != MAP_FAILED, let mapping = unsafe mapping else {
      throw .unreadable(file: path, Self.obstacle(errno))
    }
    self.path = path
    self.count = count
    unsafe address = UnsafeRawPointer(mapping)
  }

  deinit {
    unsafe munmap(UnsafeMutableRawPointer(mutating: address), count)
  }

  /// Lends the bytes of the file for the duration of a closure.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(start: address, count: count))
  }

  /// A copy of some of the bytes.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    unsafe withBytes { unsafe [UInt8]($0[range]) }
  }

  private static func obstacle(_ code: Int32) -> InterchangeError.Obstacle {
    switch code {
    case ENOENT, ENOTDIR: .missing
    case EACCES, EPERM: .noPermission
    case ENXIO: .notRegular
    default: .system(systemMessage(code))
    }
  }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
