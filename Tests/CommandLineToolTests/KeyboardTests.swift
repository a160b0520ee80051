import TestSupport
import Testing

@Suite("Keys, hints and progress of a reader") struct KeyboardTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func press(_ keys: String) -> (run: ToolRun, terminal: ScriptedTerminal) {
    let terminal = ScriptedTerminal(keys)
    let result = run(
      "run tiny --lessons Lessons --format svg --lang en", in: folder,
      environment: ["XDG_STATE_HOME": folder("state")], terminal: terminal)
    return (result, terminal)
  }

  private func titles(_ terminal: ScriptedTerminal) -> [Int] {
    terminal.text.split(separator: "\n").compactMap { line in
      line == "1/2 Four numbers" ? 1 : line == "2/2 The curve" ? 2 : nil
    }
  }

  private var progress: String? {
    folder.bytes("state/lora-lessons/progress").map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("several hints are counted, come in order, and the key goes after the last")
  func hints() throws {
    let path = "Lessons/tiny/en.md"
    let text = String(decoding: try #require(folder.bytes(path)), as: UTF8.self)
    try folder.write(
      text.replacing(
        "There are {{levels}} groups.\n:::",
        with: "First help.\n:::\n\n:::hint\nSecond help.\n:::\n\n:::hint\nThird help.\n:::"),
      to: path)
    let (_, terminal) = press("hhhhhq")
    let shown = terminal.text.split(separator: "\n").filter { $0.contains(" help.") }
    #expect(
      shown.map { $0.suffix(12).split(separator: " ").suffix(2).joined(separator: " ") }
        == ["First help.", "Second help.", "Third help."])
    let prompts = terminal.text.split(separator: "\n").filter { $0.contains("[n]\u{A0}skip") }
    #expect(prompts.map { $0.contains("[h]") } == [true, true, true, false])
  }

  @Test("arrows, Enter and the space bar turn pages")
  func arrows() {
    for forward in ["→", "⏎", " "] {
      #expect(titles(press("n\(forward)←q").terminal) == [1, 2, 1])
      try? folder.write("", to: "state/lora-lessons/progress")
    }
  }

  @Test("back on the first page stays there, and the last page leads to the end")
  func ends() {
    let (result, terminal) = press("←n→n→")
    #expect(titles(terminal) == [1, 1, 2])
    #expect(terminal.text.contains("End of the lesson."))
    #expect(result.code == 0)
    #expect(progress?.contains("tiny at") == false)
  }

  @Test("a number can be corrected, and Escape takes it back")
  func editing() {
    #expect(press("a7⌫2⏎").terminal.text.contains("Right."))
    let cancelled = press("a2⎋q").terminal
    #expect(!cancelled.text.contains("Right."))
    #expect(!cancelled.text.contains("Not that."))
  }

  @Test("a step that the list lacks leads nowhere", arguments: ["0", "3", "x", "-"])
  func list(choice: String) {
    #expect(titles(press("l\(choice)⏎q").terminal) == [1])
  }

  @Test("progress at a step that is gone starts the lesson anew, and keeps other lessons")
  func gone() throws {
    try folder.write(
      "# mine\ntiny at removed\nother at removed\n", to: "state/lora-lessons/progress")
    let (_, terminal) = press("q")
    #expect(!terminal.text.contains("Go on where you stopped"))
    #expect(titles(terminal) == [1])
    #expect(progress == "# mine\nother at removed\ntiny at four\n")
  }

  @Test("progress that cannot be kept does not stop a lesson")
  func unwritable() throws {
    try folder.write("a file", to: "state")
    #expect(press("n→q").run.code == 0)
    #expect(folder.bytes("state") == Array("a file".utf8))
  }

  @Test(
    "the keyboard is taken once and given back once, however the lesson ends",
    arguments: ["^", "", "q", "a^"])
  func restored(keys: String) {
    let (result, terminal) = press(keys)
    #expect(terminal.calls == ["begin", "end"])
    #expect(result.code == (keys.contains("^") ? 130 : 0))
  }
}
