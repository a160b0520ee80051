import FoundationEssentials
import TestSupport
import Testing

@Suite("The manifest of a lesson") struct ManifestTests {
  /// What a reader of the file relies on.
  private struct Manifest: Decodable {
    var format: Int
    var lesson: String
    var files: [File]

    struct File: Decodable {
      var path: String
      var bytes: Int
      var sha256: String
      var language: String
      var preset: String
      var theme: String
      var format: String
      var command: String
    }
  }

  private static let sha256sum = ExternalTool("sha256sum")
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func tiny(_ more: String) -> ToolRun {
    run("run tiny --lessons Lessons \(more)", in: folder)
  }

  private func manifest() throws -> Manifest {
    try JSONDecoder().decode(
      Manifest.self, from: Data(try #require(folder.bytes("Output/tiny/manifest.json"))))
  }

  @Test(
    "names every file beside it, with its size and its SHA-256", .enabled(if: sha256sum.isInstalled)
  )
  func digests() throws {
    #expect(tiny("").code == 0)
    let manifest = try manifest()
    #expect(manifest.format == 1)
    #expect(manifest.lesson == "tiny")
    let written = folder.contents.keys.filter { $0.hasPrefix("Output/tiny/") }
      .map { String($0.dropFirst("Output/tiny/".count)) }
    #expect(Set(written) == Set(manifest.files.map(\.path) + ["manifest.json"]))
    #expect(manifest.files.map(\.path) == manifest.files.map(\.path).sorted())
    for file in manifest.files {
      let bytes = try #require(folder.bytes("Output/tiny/" + file.path))
      #expect(file.bytes == bytes.count)
      #expect(try Self.sha256sum.output(for: bytes).hasPrefix(file.sha256 + " "), "\(file.path)")
    }
  }

  @Test(
    "keeps the entries of other languages, sizes and themes",
    arguments: ["--lang en", "--for column", "--theme dark", "--theme print"])
  func keeps(other: String) throws {
    _ = tiny("--lang es --format svg")
    let first = try manifest().files.map(\.path)
    _ = tiny("--format svg \(other)")
    let both = try manifest().files
    #expect(first.count == 2)
    #expect(both.count == 4)
    #expect(Set(first).isSubset(of: both.map(\.path)))
    for file in both {
      #expect(file.path.hasPrefix("\(file.language)/\(file.preset)-\(file.theme)/"))
      #expect(file.path.hasSuffix(".\(file.format)"))
    }
  }

  @Test("replaces the entry of a file that is written again, and drops one that is gone")
  func replaces() throws {
    _ = tiny("--format svg")
    let before = try manifest().files
    try FileManager.default.removeItem(atPath: folder("Output/tiny/es/slide-light/02-curve.svg"))
    _ = tiny("--step 1 --format svg --set levels=3")
    let after = try manifest().files
    #expect(after.map(\.path) == ["es/slide-light/01-four.svg"])
    #expect(after[0].sha256 != before[0].sha256)
    #expect(after[0].command.contains("--set levels=3"))
  }

  @Test(
    "that lists no files is said and made anew",
    arguments: ["", "{", "\u{1}", "[]", "{}", "{\"files\": 7}"])
  func damaged(text: String) throws {
    try folder.write(text, to: "Output/tiny/manifest.json")
    let result = tiny("--step 1 --format svg")
    #expect(result.code == 0)
    #expect(
      result.messages
        == "Output/tiny/manifest.json was not a list of files and is made anew\n")
    #expect(try manifest().files.map(\.path) == ["es/slide-light/01-four.svg"])
  }

  @Test("is the same whatever the order of the runs")
  func order() throws {
    _ = tiny("--step 1 --format svg --lang en")
    _ = tiny("--step 2 --format svg --lang es")
    let first = folder.bytes("Output/tiny/manifest.json")
    try FileManager.default.removeItem(atPath: folder("Output"))
    _ = tiny("--step 2 --format svg --lang es")
    _ = tiny("--step 1 --format svg --lang en")
    #expect(folder.bytes("Output/tiny/manifest.json") == first)
  }
}
