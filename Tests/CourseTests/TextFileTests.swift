@testable import Course
import TestSupport
import Testing

@Suite("Reading the files of a lesson") struct TextFileTests {
  @Test("line ends of other systems and a byte order mark change nothing")
  func lineEnds() throws {
    let folder = try TemporaryFolder()
    try folder.write([0xEF, 0xBB, 0xBF] + Array("one\r\ntwo\r\n".utf8), to: "f.md")
    #expect(try TextFile.read(folder("f.md")).get() == "one\ntwo\n")
  }

  @Test(
    "what is no text is said in a sentence",
    arguments: [
      ([], "the file is empty"),
      (Array("a\nb\u{0}c".utf8), "the file is binary, not text"),
      ([0xC3, 0x28], "the file is not UTF-8 text"),
      (Array(repeating: 0x61, count: (1 << 20) + 1), "the file is larger than 1 MB"),
    ] as [([UInt8], String)])
  func refused(bytes: [UInt8], message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(bytes, to: "f.md")
    #expect(throws: TextFile.Problem.self) { try TextFile.read(folder("f.md")).get() }
    if case .failure(let problem) = TextFile.read(folder("f.md")) {
      #expect(problem.message == message)
    }
  }

  @Test("a binary file is refused at the place of its first zero")
  func place() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("a\nbc\u{0}d".utf8), to: "f.md")
    guard case .failure(let problem) = TextFile.read(folder("f.md")) else { return }
    #expect(problem.position == SourcePosition(line: 2, column: 3))
  }

  @Test("a folder and a missing file are not texts")
  func notAFile() throws {
    let folder = try TemporaryFolder()
    for (path, message) in [
      (folder.path, "this is a folder, not a file"), (folder("none"), "the file is missing"),
      ("/dev/null", "this is not a file"),
    ] {
      guard case .failure(let problem) = TextFile.read(path) else {
        Issue.record("\(path) was read")
        continue
      }
      #expect(problem.message == message)
    }
  }
}
