import Glibc
import Interchange
import Testing

@Suite("Files")
struct FilesTests {
  @Test("a file is lent byte for byte")
  func mapped() throws {
    try withFile([1, 2, 3]) { path in
      let file = try MemoryMappedFile(path: path)
      #expect(file.count == 3)
      #expect(unsafe file.withBytes { unsafe [UInt8]($0) } == [1, 2, 3])
    }
  }

  @Test("each kind of unreadable file has its own error")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      func error(_ name: String) -> InterchangeError? {
        interchangeError { try MemoryMappedFile(path: "\(folder)/\(name)") }
      }
      func expect(_ name: String, _ obstacle: InterchangeError.Obstacle) {
        let error = error(name)
        #expect(error == .unreadable(file: "\(folder)/\(name)", obstacle))
        #expect(error?.isMissingInput == true)
      }
      expect("missing", .missing)
      expect("", .directory)
      #expect(unsafe mkfifo("\(folder)/fifo", 0o600) == 0)
      expect("fifo", .notRegular)
      try write([1], to: "\(folder)/file")
      expect("file/inside", .missing)
      #expect(unsafe symlink("loop", "\(folder)/loop") == 0)
      expect("loop", .system("Too many levels of symbolic links"))
      try write([], to: "\(folder)/empty")
      #expect(error("empty") == .empty(file: "\(folder)/empty"))
      #expect(error("empty")?.category == .invalidContents)
    }
    #expect(
      interchangeError { try MemoryMappedFile(path: "/dev/null") }
        == .unreadable(file: "/dev/null", .notRegular))
  }

  @Test("a file without permission is refused", .enabled(if: geteuid() != 0))
  func permission() throws {
    try withFile([1]) { path in
      #expect(unsafe chmod(path, 0) == 0)
      #expect(
        interchangeError { try MemoryMappedFile(path: path) }
          == .unreadable(file: path, .noPermission))
    }
  }

  @Test("a file is written and replaced whole, and nothing else is left")
  func written() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try AtomicFile.write([1, 2, 3], to: path)
      #expect(try contents(of: path) == [1, 2, 3])
      #expect(unsafe chmod(path, 0o640) == 0)
      try AtomicFile.write("año", to: path)
      #expect(try contents(of: path) == Array("año".utf8))
      var status = stat()
      #expect(unsafe stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o640)
      #expect(try entries(of: folder) == ["file"])
    }
  }

  @Test("a symbolic link is followed")
  func link() throws {
    try withTemporaryFolder { folder in
      try write([1], to: "\(folder)/target")
      #expect(unsafe symlink("target", "\(folder)/link") == 0)
      try AtomicFile.write([2], to: "\(folder)/link")
      #expect(try contents(of: "\(folder)/target") == [2])
      var status = stat()
      #expect(unsafe lstat("\(folder)/link", &status) == 0)
      #expect(status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test("a failure keeps the earlier file and leaves nothing behind")
  func failure() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/file"
      try write([1, 2, 3], to: path)
      let error = interchangeError {
        try AtomicFile.write(to: path) { (file) throws(InterchangeError) in
          try file.append([9])
          throw InterchangeError.empty(file: "other")
        }
      }
      #expect(error == .empty(file: "other"))
      #expect(try contents(of: path) == [1, 2, 3])
      #expect(try entries(of: folder) == ["file"])
    }
  }

  @Test("what cannot be written says why")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let missing = "\(folder)/missing/file"
      let error = interchangeError { try AtomicFile.write([1], to: missing) }
      #expect(error == .unwritable(file: missing, reason: "No such file or directory"))
      #expect(error?.category == .cannotWrite)
      #expect(
        interchangeError { try AtomicFile.write([1], to: folder) }
          == .unwritable(file: folder, reason: "it is a directory"))
    }
  }

  @Test("files that belong together are all written, or none of them")
  func together() throws {
    try withTemporaryFolder { folder in
      let paths = ["a", "b", "c"].map { "\(folder)/\($0)" }
      try AtomicFile.write(paths.map { ($0, [1]) })
      for path in paths { #expect(try contents(of: path) == [1]) }

      struct Stop: Error {}
      for allowed in 0..<3 {
        var asked = 0
        #expect(throws: Stop.self) {
          try AtomicFile.write(paths.map { ($0, [2]) }) {
            asked += 1
            if asked > allowed { throw Stop() }
          }
        }
        for path in paths { #expect(try contents(of: path) == [1]) }
        #expect(try entries(of: folder) == ["a", "b", "c"])
      }
      let missing = "\(folder)/missing/d"
      let error = interchangeError {
        try AtomicFile.write((paths + [missing]).map { ($0, [2]) })
      }
      #expect(error == .unwritable(file: missing, reason: "No such file or directory"))
      for path in paths { #expect(try contents(of: path) == [1]) }
      #expect(try entries(of: folder) == ["a", "b", "c"])
    }
  }

  @Test("many threads can write to one folder")
  func threads() async throws {
    var template = Array("/tmp/interchange-XXXXXX".utf8CString)
    let folder = try #require(unsafe mkdtemp(&template).map { unsafe String(cString: $0) })
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for number in 0..<20 {
            try? AtomicFile.write([UInt8(task), UInt8(number)], to: "\(folder)/\(task)-\(number)")
          }
        }
      }
    }
    let names = try entries(of: folder)
    #expect(names.count == 160)
    for name in names {
      let path = "\(folder)/\(name)"
      #expect(try contents(of: path).map(String.init).joined(separator: "-") == name)
      unsafe unlink(path)
    }
    unsafe rmdir(folder)
  }
}
