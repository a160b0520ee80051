import Glibc
import Interchange
import Testing

/// A folder for one test, removed with its contents at the end.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let template = "/tmp/interchange-XXXXXX"
  var bytes = Array(template.utf8CString)
  let folder = try #require(unsafe mkdtemp(&bytes).map { unsafe String(cString: $0) })
  defer {
    for name in (try? entries(of: folder)) ?? [] { unsafe unlink("\(folder)/\(name)") }
    unsafe rmdir(folder)
  }
  return try body(folder)
}

/// A file of a test could not be made or read.
struct FixtureError: Error { let path: String }

/// The names in a folder, sorted.
func entries(of folder: String) throws -> [String] {
  guard let directory = unsafe opendir(folder) else { throw FixtureError(path: folder) }
  defer { unsafe closedir(directory) }
  var names: [String] = []
  while let entry = unsafe readdir(directory) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Runs a closure on a file of some bytes.
func withFile<Result>(
  _ bytes: [UInt8], named name: String = "file", _ body: (String) throws -> Result
) throws -> Result {
  try withTemporaryFolder { folder in
    let path = "\(folder)/\(name)"
    try write(bytes, to: path)
    return try body(path)
  }
}

/// Writes bytes without any ceremony.
func write(_ bytes: [UInt8], to path: String) throws {
  guard let file = unsafe fopen(path, "w") else { throw FixtureError(path: path) }
  #expect(unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count)
  #expect(unsafe fclose(file) == 0)
}

/// All bytes of a file.
func contents(of path: String) throws -> [UInt8] {
  let file = try MemoryMappedFile(path: path)
  return unsafe file.withBytes { unsafe [UInt8]($0) }
}

/// Bytes from their hexadecimal digits.
func bytes(hexadecimal text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] << 4 | digits[$0 + 1])
  }
}

/// A safetensors file of a header, or of a claimed length of it, and so many bytes of data.
func safetensors(_ header: String, data: Int = 0, claiming length: UInt64? = nil) -> [UInt8] {
  safetensors(Array(header.utf8), data: data, claiming: length)
}

func safetensors(_ header: [UInt8], data: Int, claiming length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header
    + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
}

/// The error that a closure throws.
func interchangeError<Result>(_ body: () throws -> Result) -> InterchangeError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? InterchangeError
  }
}
