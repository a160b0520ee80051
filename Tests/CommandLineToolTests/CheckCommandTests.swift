@testable import CommandLineTool
import CairoRendering
import Charts
import Demonstrations
import Drawing
import FoundationEssentials
import TestSupport
import Testing

@Suite("Checking lessons") struct CheckCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try #require(folder.bytes("Lessons/tiny/" + name)), as: UTF8.self)
  }

  @Test("accepts translations as they are, and finds them when their source changes")
  func accept() throws {
    let check = "check tiny --lessons Lessons"
    #expect(run(check, in: folder).code == 0)
    let accepted = run(check + " --accept", in: folder)
    #expect(
      accepted.messages == """
        Lessons/tiny/en.md: 2 steps marked as up to date
        1 lesson checked, 0 findings

        """)
    try folder.write(
      try text("es.md").replacing("Quedan dos.", with: "Quedan solo dos."),
      to: "Lessons/tiny/es.md")
    let stale = run(check, in: folder)
    #expect(stale.code == 2)
    #expect(
      stale.output.hasPrefix(
        "Lessons/tiny/en.md:6:1: warning: the step is a translation of an older text than es.md:6; bring it up to date and write “src="
      ))
    // Accepted a second time, only the step that changed is marked anew.
    #expect(
      run(check + " --accept", in: folder).messages.hasPrefix(
        "Lessons/tiny/en.md: 1 step marked as up to date\n"))
    #expect(run(check, in: folder).code == 0)
    let before = try text("en.md")
    #expect(run(check + " --accept", in: folder).messages == "1 lesson checked, 0 findings\n")
    #expect(try text("en.md") == before)
  }

  @Test("accepts nothing in a lesson with errors")
  func acceptBroken() throws {
    let before = try text("en.md")
    try folder.write("{", to: "Lessons/tiny/lesson.json")
    let result = run("check tiny --lessons Lessons --accept", in: folder)
    #expect(result.code == 2)
    #expect(result.complaint == "tiny: nothing is accepted before its errors are put right")
    #expect(try text("en.md") == before)
    let list = run("list --lessons Lessons --lang en", in: folder)
    #expect(list.output == "")
    #expect(list.messages == "1 lesson cannot be read; lora-lessons check says why\n")
  }

  @Test(
    "and all that works on lessons refuse a path for an id in one sentence",
    arguments: [
      "check ../x", "preview ../x", "preview ../x --watch", "values --lesson ../x", "run ../x",
      "kit ../x",
    ])
  func path(line: String) {
    let result = run(line + " --lessons Lessons", in: folder)
    #expect(result.code == 64)
    #expect(
      result.complaint
        == "“../x” is not the name of a lesson: those are lower-case words and hyphens; the folder that holds it goes with --lessons DIR"
    )
    #expect(result.output == "")
  }

  @Test("tells of folders that no command finds, and of a folder without lessons")
  func overlooked() throws {
    try folder.write("{}", to: "Lessons/My lesson/lesson.json")
    try folder.write("x", to: "Lessons/unfinished/es.md")
    let result = run("check --lessons Lessons", in: folder)
    #expect(result.code == 2)
    #expect(result.output.contains("Lessons/My lesson/lesson.json:1:1: error: no command finds"))
    #expect(
      result.output.contains("Lessons/unfinished/lesson.json:1:1: error: the file is missing"))
    #expect(result.messages == "1 lesson checked, 2 findings\n")
    try FileManager.default.createDirectory(
      atPath: folder("empty"), withIntermediateDirectories: false)
    let empty = run("check --lessons empty", in: folder)
    #expect(empty.code == 66)
    #expect(empty.complaint == "no lessons in empty: name their folder with --lessons DIR")
  }

  @Test(
    "a hostile file is a finding and no more",
    .timeLimit(.minutes(1)),
    arguments: ["es.md", "en.md", "lesson.json", "four.csv"])
  func hostile(file: String) throws {
    let path = "Lessons/tiny/" + file
    let good = try #require(folder.bytes(path))
    // Numbers of any size may be read; a text of this size is refused unread.
    let large = [UInt8](repeating: 0x61, count: file == "four.csv" ? 1 << 20 : 10 << 20)
    let binary = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    for bytes in [large, binary, [], Array("{{{{{{".utf8), Array(":::\n:::\n---".utf8)] {
      try folder.write(bytes, to: path)
      let result = run("check tiny --lessons Lessons", in: folder)
      #expect(result.code == 2)
      #expect(result.output.contains("Lessons/tiny/"))
      #expect(result.output.count < 4000)
    }
    #expect(run("preview tiny --lessons Lessons", in: folder).code == 2)
    try FileManager.default.removeItem(atPath: folder(path))
    try FileManager.default.createSymbolicLink(
      atPath: folder(path), withDestinationPath: file)
    let circle = run("check tiny --lessons Lessons", in: folder)
    #expect(file == "lesson.json" ? circle.code == 66 : circle.code == 2, "\(circle.messages)")
    try FileManager.default.removeItem(atPath: folder(path))
    try folder.write(good, to: path)
    #expect(run("check tiny --lessons Lessons", in: folder).code == 0)
  }

  @Test("looks at figures: what overlaps, leaves its box or the canvas, or has no letters")
  func figures() throws {
    let review = try PictureReview()
    func problems(_ draw: @escaping @Sendable (inout Canvas, Rectangle) -> Void) -> [String] {
      review.problems(
        of: Picture(
          title: { $0.say(es: "Título", en: "Title") }, alternativeText: { _ in "A text." },
          draw: draw), id: "x")
    }
    #expect(problems { _, _ in } == [])
    let wide = problems { canvas, frame in
      canvas.text(
        canvas.words.say(es: "una etiqueta demasiado larga", en: "label"),
        at: Point(frame.minX, frame.midY), canvas.style(.base),
        box: Rectangle(
          x: frame.minX, y: frame.minY, width: canvas.em(5), height: frame.height))
    }
    // Only the Spanish words are too long, in each of the five sizes.
    #expect(wide.count == 5)
    for (problem, preset) in zip(wide, Preset.all) {
      #expect(
        problem.hasPrefix(
          "the figure cannot be read for \(preset.name) in es: “una etiqueta demasiado larga” leaves its box"
        ))
    }
    let twice = problems { canvas, frame in
      for _ in 0..<3 {
        canvas.text("a", at: Point(frame.midX, frame.midY), canvas.style(.base))
      }
    }
    #expect(twice.count == 10)
    #expect(
      twice.first == "the figure cannot be read for slide in es: “a” overlaps “a”, and 2 more")
    let letters = problems { canvas, frame in
      canvas.text("日本", at: Point(frame.midX, frame.midY), canvas.style(.base))
    }
    #expect(letters.count { $0.hasPrefix("the figure cannot be drawn in") } == 2, "\(letters)")
  }
}
