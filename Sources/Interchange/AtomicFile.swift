import Glibc

/// Writing of whole files: either all of the new bytes are there, or the file is as it was.
public enum AtomicFile {
  /// Writes bytes to a file, replacing it if it exists.
  ///
  /// The bytes go to a temporary file in the same folder, reach the disk and then take the name. A
  /// symbolic link is followed, and the permissions of a replaced file are kept.
  ///
  /// - Throws: `unwritable`; the temporary file is gone and an earlier file is untouched.
  public static func write(_ bytes: [UInt8], to path: String) throws(InterchangeError) {
    try write(to: path) { (file) throws(InterchangeError) in try file.append(bytes) }
  }

  /// Writes text as UTF-8 to a file, replacing it if it exists.
  public static func write(_ text: String, to path: String) throws(InterchangeError) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes a file piece by piece, replacing it if it exists.
  ///
  /// - Throws: what `body` throws, or `unwritable`; in both cases an earlier file is untouched.
  public static func write(
    to path: String, _ body: (borrowing TemporaryFile) throws(InterchangeError) -> Void
  ) throws(InterchangeError) {
    var file = try TemporaryFile.create(for: path)
    try body(file)
    try file.synchronize()
    try file.commit()
  }

  /// Writes a large file piece by piece, replacing it if it exists.
  ///
  /// - Throws: what `body` throws, or `unwritable`; in both cases an earlier file is untouched.
  public static func stream(
    to path: String, _ body: (borrowing TemporaryFile) throws -> Void
  ) throws {
    var file = try TemporaryFile.create(for: path)
    try body(file)
    try file.synchronize()
    try file.commit()
  }

  /// Writes files that belong together: none takes its name before the bytes of all are on the disk.
  ///
  /// They take their names in their order, so that a list of the others stands last.
  ///
  /// - Parameters:
  ///   - files: The bytes by their paths.
  ///   - mayGoOn: Asked before each file; what it throws stops the writing.
  /// - Throws: what `mayGoOn` throws, or `unwritable`; all earlier files are then untouched, unless
  ///   the system refuses one of the names itself.
  public static func write(
    _ files: [(path: String, bytes: [UInt8])], mayGoOn: () throws -> Void = {}
  ) throws {
    try write(files[...], mayGoOn)
  }

  /// Stages the last file, then those before it, and gives the names on the way back.
  private static func write(
    _ files: ArraySlice<(path: String, bytes: [UInt8])>, _ mayGoOn: () throws -> Void
  ) throws {
    guard let last = files.last else { return }
    try mayGoOn()
    var file = try TemporaryFile.create(for: last.path)
    try file.append(last.bytes)
    try file.synchronize()
    try write(files.dropLast(), mayGoOn)
    try file.commit()
  }
}

/// A file that has not yet taken its name and is removed unless it does.
public struct TemporaryFile: ~Copyable {
  private let destination: String
  private let temporaryPath: String
  private let descriptor: Int32
  private var isCommitted = false

  private init(destination: String, temporaryPath: String, descriptor: Int32) {
    self.destination = destination
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  /// Creates a file of a name that nobody uses, in the folder of the file to write.
  fileprivate static func create(
    for path: String
  ) throws(InterchangeError) -> TemporaryFile {
    var existing = stat()
    let replaces = unsafe stat(path, &existing) == 0
    if replaces && existing.st_mode & S_IFMT == S_IFDIR {
      throw .unwritable(file: path, reason: "it is a directory")
    }
    let destination = replaces ? resolved(path) : path
    let folder = destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? ""
    var attempt = 0
    while true {
      let name = "\(folder).unfinished-\(getpid())-\(attempt)"
      let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        // A failure leaves the usual permissions, which is no reason to lose the result.
        if replaces { _ = fchmod(descriptor, existing.st_mode & 0o7777) }
        return TemporaryFile(
          destination: destination, temporaryPath: name, descriptor: descriptor)
      }
      attempt += 1
      guard errno == EEXIST && attempt < 10_000 else {
        throw .unwritable(file: path, reason: systemMessage(errno))
      }
    }
  }

  deinit {
    close(descriptor)
    // After a commit another file may have the temporary name.
    if !isCommitted { unsafe unlink(temporaryPath) }
  }

  /// Adds bytes at the end.
  public borrowing func append(_ bytes: [UInt8]) throws(InterchangeError) {
    let failure = unsafe bytes.withUnsafeBytes { unsafe write($0) }
    if let failure { throw .unwritable(file: destination, reason: systemMessage(failure)) }
  }

  /// Adds some of the bytes of another file at the end, without a copy in memory.
  borrowing func append(
    _ range: Range<Int>, of file: MemoryMappedFile
  ) throws(InterchangeError) {
    let failure = unsafe file.withBytes {
      unsafe write(UnsafeRawBufferPointer(rebasing: $0[range]))
    }
    if let failure { throw .unwritable(file: destination, reason: systemMessage(failure)) }
  }

  /// Writes all bytes; the number of the error where that fails.
  private borrowing func write(_ buffer: UnsafeRawBufferPointer) -> Int32? {
    var written = 0
    while written < buffer.count {
      let count = unsafe Glibc.write(
        descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
      if count >= 0 { written += count } else if errno != EINTR { return errno }
    }
    return nil
  }

  /// Makes the bytes durable.
  fileprivate borrowing func synchronize() throws(InterchangeError) {
    guard fsync(descriptor) == 0 else {
      throw .unwritable(file: destination, reason: systemMessage(errno))
    }
  }

  /// Gives the file its name.
  fileprivate mutating func commit() throws(InterchangeError) {
    guard unsafe rename(temporaryPath, destination) == 0 else {
      throw .unwritable(file: destination, reason: systemMessage(errno))
    }
    isCommitted = true
  }

  /// The file that a path names once symbolic links are followed.
  private static func resolved(_ path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
