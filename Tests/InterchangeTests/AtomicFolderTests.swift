import FoundationEssentials
import Interchange
import TestSupport
import Testing

@Suite("Making whole folders") struct AtomicFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let files: [(name: String, bytes: [UInt8])] = [("a", [1, 2]), ("b", [])]
  private struct Stop: Error {}

  @Test("makes the folder, its files and the folders above")
  func whole() throws {
    try AtomicFolder.create(folder("x/y/z"), files: Self.files)
    #expect(folder.contents == ["x/y/z/a": [1, 2], "x/y/z/b": []])
  }

  @Test("takes over an empty folder, and leaves anything else as it is")
  func taken() throws {
    try FileManager.default.createDirectory(
      atPath: folder("empty"), withIntermediateDirectories: false)
    try AtomicFolder.create(folder("empty"), files: Self.files)
    #expect(folder.bytes("empty/a") == [1, 2])
    try folder.write("mine", to: "full/file")
    try folder.write("mine", to: "file")
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: "empty")
    let before = folder.contents
    for name in ["full", "file", "link", "file/below", "full/"] {
      #expect(throws: InterchangeError.self, "\(name)") {
        try AtomicFolder.create(folder(name), files: Self.files)
      }
      #expect(folder.contents == before, "\(name)")
    }
  }

  @Test(
    "leaves nothing behind when it is stopped before any of the files or the name", arguments: 0...2
  )
  func stopped(after count: Int) throws {
    var asked = 0
    #expect(throws: Stop.self) {
      try AtomicFolder.create(folder("x"), files: Self.files) {
        if asked == count { throw Stop() }
        asked += 1
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test("says why a folder cannot be made")
  func unwritable() throws {
    #expect(throws: InterchangeError.self) {
      try AtomicFolder.create("/proc/nothing/x", files: Self.files)
    }
  }
}
