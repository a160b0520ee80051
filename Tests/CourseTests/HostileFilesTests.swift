@testable import Course
import Drawing
import FoundationEssentials
import TestSupport
import Testing

@Suite("Hostile files of a lesson") struct HostileFilesTests {
  private static let plan =
    #"{"format":1,"id":"tiny","order":1,"steps":[{"id":"one","demonstration":"d"}]}"#
  private static let text = "---\ntitle: T\nsummary: S\n---\n## A {#one}\n\nText.\n"

  /// The findings in a lesson one of whose files has certain bytes.
  private func findings(_ bytes: [UInt8], in file: String) throws -> [String] {
    let folder = try TemporaryFolder()
    for (name, text) in [("lesson.json", Self.plan), ("es.md", Self.text), ("en.md", Self.text)] {
      try folder.write(text, to: "tiny/" + name)
    }
    try folder.write(bytes, to: "tiny/" + file)
    return Lesson.load(folder: folder("tiny")).diagnostics.map { finding in
      var finding = finding
      finding.file = Paths.name(finding.file)
      return finding.description
    }
  }

  @Test("a sound lesson has no findings, with any line ends and a byte order mark")
  func sound() throws {
    for file in ["lesson.json", "es.md"] {
      let text = file == "es.md" ? Self.text : Self.plan
      #expect(try findings(Array(text.utf8), in: file) == [])
      #expect(try findings([0xEF, 0xBB, 0xBF] + Array(text.utf8), in: file) == [])
      #expect(
        try findings(Array(text.replacing("\n", with: "\r\n").utf8), in: file) == [])
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    var finding: String
    var testDescription: String { finding }

    init(_ bytes: [UInt8], _ finding: String) {
      (self.bytes, self.finding) = (bytes, finding)
    }
  }

  @Test(
    "each is one finding, with its place",
    arguments: [
      Case([], "1:1: error: the file is empty"),
      Case([0xEF, 0xBB, 0xBF], "1:1: error: the file is empty"),
      Case(Array("a\n\u{E9}b\u{0}".utf8), "2:3: error: the file is binary, not text"),
      Case(Array("a\nb\u{E9}".utf8) + [0xC3, 0x28], "2:3: error: the file is not UTF-8 text"),
      Case([0xFF, 0xFE, 0x41], "1:1: error: the file is not UTF-8 text"),
      Case(
        Array("a\n\u{E9}\u{1B}[2J".utf8),
        "2:2: error: the file holds the control character U+001B"),
      Case(
        Array("a\u{9B}2J".utf8), "1:2: error: the file holds the control character U+009B"),
      Case(
        Array(repeating: 0x61, count: 2 << 20), "1:1: error: the file is larger than 1 MB"),
    ])
  func one(given: Case) throws {
    for file in ["lesson.json", "es.md", "en.md"] {
      #expect(try findings(given.bytes, in: file) == ["\(file):\(given.finding)"])
    }
  }

  @Test(
    "what a terminal obeys has no place in prose, however it is written",
    arguments: ["&#27;[2J", "&#x1b;[2J", "a &#155; b", "`a` &#8;", "*&#27;*", "[a](b&#27;c)"])
  func control(body: String) throws {
    let found = try findings(Array((Self.text + "\n" + body + "\n").utf8), in: "es.md")
    #expect(found.count == 1)
    let start = "es.md:9:1: error: the control character U+00"
    #expect(found.first?.hasPrefix(start) == true, "\(found)")
  }

  @Test("what was copied from a plan into a finding moves no terminal's cursor")
  func escapes() {
    let plan =
      #"{"format":1,"id":"\u001b","\u001bx":1,"order":1,"steps":[{"id":"a","demonstration":"\u009b"}]}"#
    let found = LessonPlanReader.read(plan, file: "f").diagnostics
    #expect(
      Set(found.map(\.description)) == [
        "f:1:18: error: “id” holds the control character U+001B",
        "f:1:27: error: the lesson has no “U+001Bx”; there are: format, id, order, minutes, "
          + "prerequisites, seed, claims, parameters, steps",
        "f:1:84: error: “demonstration” holds the control character U+009B",
      ])
  }

  @Test("folders, links to nothing and missing files are findings")
  func noFiles() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.plan, to: "tiny/lesson.json")
    try folder.write("x", to: "tiny/es.md/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder("tiny/en.md"), withDestinationPath: "nothing")
    let (lesson, found) = Lesson.load(folder: folder("tiny"))
    #expect(lesson?.texts.isEmpty == true)
    #expect(found.map(\.message) == ["the file is missing", "this is a folder, not a file"])
    #expect(Lesson.load(folder: folder("none")).lesson == nil)
  }

  @Test("a lesson in one language alone can be run, and the other is asked for")
  func oneLanguage() throws {
    for (kept, missing) in [("es.md", "en.md"), ("en.md", "es.md")] {
      let folder = try TemporaryFolder()
      try folder.write(Self.plan, to: "tiny/lesson.json")
      try folder.write(Self.text, to: "tiny/" + kept)
      let (lesson, found) = Lesson.load(folder: folder("tiny"))
      #expect(lesson?.texts.count == 1)
      #expect(
        found.map { Paths.name($0.description) } == [
          "\(missing):1:1: warning: the file is missing; write it, with the steps of \(kept)"
        ])
    }
  }

  @Test("links that lead in a circle are findings, for files and for the folder")
  func circles() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.plan, to: "tiny/lesson.json")
    for name in ["tiny/es.md", "tiny/en.md", "loop"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder(name), withDestinationPath: Paths.name(name))
    }
    #expect(
      Lesson.load(folder: folder("tiny")).diagnostics.map(\.message)
        == Array(repeating: "the symbolic link leads in a circle", count: 2))
    #expect(Lesson.load(folder: folder("loop")).lesson == nil)
    #expect(Catalogue(folders: [folder.path]).ids == ["tiny"])
    #expect(Catalogue(folders: [folder.path]).overlooked.isEmpty)
  }

  @Test("a plan cut at any byte is refused")
  func cutPlan() throws {
    let bytes = try Self.shipped("lesson.json")
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
    for count in 0...end {
      let result = LessonPlanReader.read(
        String(decoding: bytes[..<count], as: UTF8.self), file: "lesson.json")
      #expect(result.plan == nil && result.diagnostics.count == 1, "\(count) bytes")
    }
  }

  @Test("a text cut at any byte keeps its first steps and never crashes", .timeLimit(.minutes(1)))
  func cutText() throws {
    let bytes = Array(try Self.shipped("es.md").prefix(1500))
    for count in 0...bytes.count {
      let result = LessonTextParser.parse(
        String(decoding: bytes[..<count], as: UTF8.self), file: "es.md", language: .spanish)
      #expect(!result.text.steps.isEmpty || !result.diagnostics.isEmpty, "\(count) bytes")
    }
  }

  @Test(
    "a plan of many members takes no longer than its length",
    .timeLimit(.minutes(1)), arguments: ["settings", "unknown", "escapes"])
  func longPlan(kind: String) {
    let count = 20_000
    let text =
      switch kind {
      case "settings":
        #"{"format":1,"id":"a","order":1,"steps":[{"id":"b","demonstration":"d","settings":{"#
          + (0..<count).map { "\"s\($0)\":1" }.joined(separator: ",") + "}}]}"
      case "unknown": "{" + (0..<count).map { "\"s\($0)\":1" }.joined(separator: ",") + "}"
      default: "\"" + String(repeating: "\\n", count: count) + "\""
      }
    let clock = ContinuousClock()
    let time = clock.measure { _ = LessonPlanReader.read(text, file: "lesson.json") }
    #expect(time < .seconds(15))
  }

  private static func shipped(_ name: String) throws -> [UInt8] {
    let path = repositoryRoot + "/Lessons/quantization/" + name
    return Array(try #require(FileManager.default.contents(atPath: path)))
  }
}
