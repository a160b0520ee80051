@testable import CommandLineTool
import FoundationEssentials
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite("Previews of a lesson") struct PreviewTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func page(_ language: String) throws -> String {
    String(
      decoding: try #require(folder.bytes("Output/preview/tiny.\(language).html")), as: UTF8.self)
  }

  @Test("are one file a language, with figures, questions, answers and notes in it")
  func pages() throws {
    let result = run("preview tiny --lessons Lessons", in: folder)
    #expect(result.code == 0)
    #expect(result.output == "Output/preview/tiny.es.html\nOutput/preview/tiny.en.html\n")
    #expect(folder.contents.keys.filter { $0.hasPrefix("Output") }.count == 2)
    for language in ["es", "en"] {
      let html = try page(language)
      let body = html.split(separator: "\n").dropFirst().joined(separator: "\n")
      #expect(xmlProblem(in: body) == nil)
      #expect(html.hasPrefix("<!doctype html>\n<html lang=\"\(language)\">"))
      #expect(html.split(separator: "<svg ").count == 3)
      // Ids are what links and labels go by.
      let ids = xmlAttributes("id", in: html)
      #expect(Set(ids).count == ids.count)
      #expect(ids.contains("four") && ids.contains("curve"))
      // Nothing is fetched from elsewhere.
      #expect(!html.contains("src=") && !html.contains("<link") && !html.contains("<script"))
    }
    let english = try page("en")
    #expect(english.contains("<p>There are 4 numbers.</p>"))
    #expect(english.contains("<p>This is not shown.</p>"))
    #expect(english.contains("<details class=\"answer\"><summary>Answer</summary>\n<p>2</p>"))
    #expect(english.contains("✓ 2) <p>And then there is zero.</p>"))
    #expect(!english.contains("class=\"findings\""))
  }

  @Test("have one step, one language, other settings and another theme where asked")
  func options() throws {
    let line = "preview tiny --lessons Lessons --lang en --step four --theme dark --set levels=4"
    #expect(run(line + " --out elsewhere", in: folder).output == "elsewhere/preview/tiny.en.html\n")
    let html = String(
      decoding: try #require(folder.bytes("elsewhere/preview/tiny.en.html")), as: UTF8.self)
    #expect(html.contains("There are 4 groups."))
    #expect(html.contains("background: #14171c"))
    #expect(!html.contains("id=\"curve\""))
  }

  @Test("are the same bytes every time")
  func determinism() throws {
    _ = run("preview tiny --lessons Lessons", in: folder)
    let first = try page("es")
    _ = run("preview tiny --lessons Lessons", in: folder)
    #expect(try page("es") == first)
  }

  @Test("show findings that are no hindrance, escaped")
  func findings() throws {
    let text = String(
      decoding: try #require(folder.bytes("Lessons/tiny/en.md")), as: UTF8.self)
    try folder.write(
      text.replacing("Two remain.", with: "It is 0.5 < 1."), to: "Lessons/tiny/en.md")
    let result = run("preview tiny --lessons Lessons", in: folder)
    #expect(result.code == 0)
    #expect(result.messages.hasPrefix("Lessons/tiny/en.md:18:7: warning: “0.5” looks like"))
    #expect(try page("en").contains("<li>Lessons/tiny/en.md:18:7: warning: “0.5”"))
    #expect(try page("en").contains("<p>It is 0.5 &lt; 1.</p>"))
  }

  @Test(
    "of a broken lesson are not written; what is wrong is said with its place",
    arguments: [
      ("lesson.json", "{", "Lessons/tiny/lesson.json:1:2: error: expected a name", 0),
      ("es.md", "---\n", "Lessons/tiny/es.md:1:1: error: the front matter is not closed", 1),
      (
        "four.csv", "1, x\n",
        "Lessons/tiny/lesson.json:4:74: error: Lessons/tiny/four.csv: line 1, column 2: “x”", 0
      ),
      ("es.md", "\u{0}", "Lessons/tiny/es.md:1:1: error: the file is binary, not text", 1),
    ])
  func broken(file: String, text: String, complaint: String, pages: Int) throws {
    try folder.write(text, to: "Lessons/tiny/" + file)
    let result = run("preview tiny --lessons Lessons", in: folder)
    #expect(result.code == 2)
    #expect(result.messages.contains(complaint), "\(result.messages)")
    #expect(folder.contents.keys.count { $0.hasSuffix(".html") } == pages)
  }

  @Test("of a step or a setting that is not there are refused, as a run is")
  func unknown() {
    for (option, complaint) in [
      ("--step fuor", "tiny: there is no step “fuor”; did you mean “four”?"),
      ("--set levles=2", "tiny: nothing can be set by the name “levles”; did you mean “levels”?"),
      ("--set levels=99", "twelve-to-four: levels=99 is outside 2…16"),
    ] {
      let result = run("preview tiny --lessons Lessons " + option, in: folder)
      #expect(result.code == 64)
      #expect(result.complaint.hasPrefix(complaint), "\(result.messages)")
    }
  }

  /// Changes files between the looks of a watch, and ends it after the last change.
  private func watch(_ changes: [@Sendable () -> Void]) throws -> ToolRun {
    let output = Mutex("")
    let messages = Mutex("")
    let next = Atomic(0)
    var command = try PreviewCommand(
      ParsedArguments(
        ["tiny", "--watch", "--lessons", "Lessons"], PreviewCommand.configuration))
    command.pause = {
      // Each change is looked at twice: once for itself, once for what came with it.
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index.isMultiple(of: 2), index / 2 < changes.count { changes[index / 2]() }
      return index / 2 < changes.count
    }
    let tool = Tool(
      environment: [:], workingDirectory: folder.path,
      output: { text in output.withLock { $0 += text } },
      messages: { text in messages.withLock { $0 += text } })
    let code = try command.run(tool)
    return ToolRun(
      code: code.rawValue, output: output.withLock { $0 }, messages: messages.withLock { $0 })
  }

  @Test("are written again at each change, through mistakes that come and go")
  func watching() throws {
    let text = try #require(folder.bytes("Lessons/tiny/en.md"))
    let plan = try #require(folder.bytes("Lessons/tiny/lesson.json"))
    let (place, pages) = (folder("Lessons/tiny/"), folder("Output/preview/"))
    let changed = String(decoding: text, as: UTF8.self)
      .replacing("Two remain.", with: "Two are left.")
    @Sendable func put(_ bytes: [UInt8], _ name: String) {
      _ = try? write(bytes, to: place + name)
    }
    let result = try watch([
      { put(Array(changed.utf8), "en.md") },
      { put([0x7B], "lesson.json") },
      { put(plan, "lesson.json") },
      { put(Array("5, 6\n7, 9\n".utf8), "four.csv") },
      { unsafe unlink(place + "es.md") },
      { unsafe unlink(pages + "tiny.en.html") },
    ])
    let lines = result.messages.split(separator: "\n")
    #expect(lines.first == "watching Lessons/tiny; Ctrl-C ends the preview")
    #expect(
      lines.filter { $0.hasPrefix("written") || $0.hasPrefix("not") } == [
        "written; reload the page to see it", "written; reload the page to see it",
        "not written: put the errors right and save", "written; reload the page to see it",
        "written; reload the page to see it", "written; reload the page to see it",
      ])
    #expect(lines.contains("Lessons/tiny/lesson.json:1:2: error: expected a name in double quotes"))
    // The last change was none of the lesson's files, and made nothing be written.
    #expect(folder.bytes("Output/preview/tiny.en.html") == nil)
    #expect(try page("es").contains("<p>Two are left.</p>"))
  }

  @Test("that cannot be written are said with code 73")
  func unwritable() throws {
    try folder.write("x", to: "taken")
    let result = run("preview tiny --lessons Lessons --out taken", in: folder)
    #expect(result.code == 73)
    #expect(result.complaint == "taken/preview: cannot be written: the folder cannot be made")
  }

  @Test(
    "and findings say what may not be read", .enabled(if: geteuid() != 0, "root may read all"))
  func permission() throws {
    #expect(unsafe chmod(folder("Lessons/tiny/es.md"), 0) == 0)
    let result = run("preview tiny --lessons Lessons", in: folder)
    #expect(result.code == 2)
    #expect(result.messages.contains("Lessons/tiny/es.md:1:1: error: the file cannot be read"))
  }

  @Test("see a file that an editor puts in the place of another, even of the same size and time")
  func replaced() throws {
    let watch = LessonWatch(folder: folder("Lessons/tiny"))
    let before = watch.traces()
    #expect(before.count == 4)
    #expect(watch.traces() == before)
    let bytes = try #require(folder.bytes("Lessons/tiny/es.md"))
    try folder.write(bytes, to: "Lessons/tiny/new")
    var times = [timespec(), timespec()]
    (times[0].tv_sec, times[1].tv_sec) = (5, 5)
    for name in ["new", "es.md"] {
      #expect(unsafe utimensat(AT_FDCWD, folder("Lessons/tiny/" + name), &times, 0) == 0)
    }
    let same = watch.traces()
    #expect(unsafe rename(folder("Lessons/tiny/new"), folder("Lessons/tiny/es.md")) == 0)
    #expect(watch.traces() != same)
    // Copies that editors keep are no change.
    let after = watch.traces()
    try folder.write("x", to: "Lessons/tiny/.es.md.swp")
    try folder.write("x", to: "Lessons/tiny/es.md~")
    #expect(watch.traces() == after)
  }
}
