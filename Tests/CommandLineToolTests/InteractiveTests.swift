import TestSupport
import Testing

@Suite("A lesson at the keyboard") struct InteractiveTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func press(
    _ keys: String, width: Int = 80, language: String = "en", _ more: String = ""
  ) -> (run: ToolRun, terminal: ScriptedTerminal) {
    let terminal = ScriptedTerminal(keys, width: width)
    let result = run(
      "run tiny --lessons Lessons --format svg --lang \(language) \(more)", in: folder,
      environment: ["XDG_STATE_HOME": folder("state")], terminal: terminal)
    return (result, terminal)
  }

  @Test("a right answer leads on, a wrong one is explained and asked again")
  func answers() {
    let (result, terminal) = press("5⏎2⏎n12n")
    #expect(result.code == 0)
    #expect(terminal.wasOpened)
    #expect(!terminal.isOpen)
    #expect(terminal.text.contains("Not that."))
    #expect(terminal.text.contains("Right."))
    #expect(terminal.text.contains("✗ 1) Those are the positive ones."))
    #expect(terminal.text.contains("✓ 2) And then there is zero."))
    #expect(terminal.text.contains("End of the lesson."))
    #expect(result.output.hasSuffix("The figures are in Output/tiny/en/slide-light\n"))
  }

  @Test("the explanation only comes after the question")
  func waits() {
    let (_, terminal) = press("")
    #expect(terminal.text.contains("How many in each group?"))
    #expect(!terminal.text.contains("Two remain."))
  }

  @Test("a comma and a point are both decimals, and other words are not a number")
  func numbers() {
    let (_, terminal) = press("axy⏎a2,0⏎q")
    #expect(terminal.text.contains("That is not a number"))
    #expect(terminal.text.contains("Right."))
  }

  @Test("hints come one by one, and then there are no more")
  func hints() {
    let (_, terminal) = press("hq")
    #expect(terminal.text.contains("Hint: There are 2 groups."))
    let prompts = terminal.text.split(separator: "\n").filter { $0.contains("skip") }
    #expect(prompts.count == 2)
    #expect(prompts[0].contains("[h]\u{A0}hint"))
    #expect(!prompts[1].contains("hint"))
  }

  @Test("a question can be skipped or revealed")
  func skips() {
    #expect(press("nq").terminal.text.contains("Question skipped."))
    #expect(press("rq").terminal.text.contains("Answer: 2"))
  }

  @Test("pages go back and can be chosen from the list")
  func ways() {
    let (_, terminal) = press("nnbl2⏎q")
    let titles = terminal.text.split(separator: "\n").filter {
      $0.contains("1/2 Four numbers") || $0.contains("2/2 The curve")
    }
    #expect(titles.map { $0.contains("curve") } == [false, true, false, true])
  }

  @Test("the figure's path can be asked for")
  func figure() {
    let (_, terminal) = press("nfq")
    let count = terminal.text.split(separator: "\n")
      .count { $0.contains("Output/tiny/en/slide-light/01-four.svg") }
    #expect(count == 2)
  }

  @Test("a lesson goes on where it was left, if the reader wants")
  func resume() throws {
    let (first, terminal) = press("nnq")
    #expect(first.code == 0)
    #expect(terminal.text.contains("Your progress is kept."))
    let progress = String(
      decoding: try #require(folder.bytes("state/lora-lessons/progress")), as: UTF8.self)
    #expect(progress.contains("tiny at curve"))
    let again = press("yq").terminal
    #expect(again.text.contains("Go on where you stopped, at “The curve”?"))
    #expect(!again.text.contains("Four numbers"))
    #expect(press("nq").terminal.text.contains("Four numbers"))
  }

  @Test("lines of other lessons stay in the progress file")
  func otherProgress() throws {
    try folder.write("# mine\nother at somewhere\nnonsense\n", to: "state/lora-lessons/progress")
    _ = press("nnq")
    let progress = String(
      decoding: try #require(folder.bytes("state/lora-lessons/progress")), as: UTF8.self)
    #expect(progress == "# mine\nother at somewhere\nnonsense\ntiny at curve\n")
  }

  @Test("Ctrl-C ends with 130 and gives the keyboard back", arguments: ["^", "n^", "a1^", "nl^"])
  func interrupt(keys: String) {
    let (result, terminal) = press(keys)
    #expect(result.code == 130)
    #expect(!terminal.isOpen)
  }

  @Test("keys and words are those of the language")
  func spanish() {
    let (_, terminal) = press("p2⏎s2sq", language: "es")
    #expect(terminal.text.contains("Pista: Son 2 grupos."))
    #expect(terminal.text.contains("Correcto."))
    #expect(terminal.text.contains("[a]\u{A0}atrás"))
  }

  @Test("no line is wider than the terminal but for paths and commands", arguments: [40, 60])
  func narrow(width: Int) {
    let (_, terminal) = press("hrnrq", width: width)
    let plain = terminal.text.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "")
    for line in plain.split(separator: "\n")
    where line.count > width && !line.contains("Output/") && !line.contains("lora-lessons run") {
      Issue.record("\(line.count) characters: \(line)")
    }
  }

  @Test("a window that changes its width is followed from the next page on")
  func resize() {
    let terminal = ScriptedTerminal("nnrq", width: 100)
    terminal.widths = [2: 40]
    _ = run(
      "run quantization --lang en --steps 1-2 --format svg", in: folder, terminal: terminal)
    let lines = terminal.text.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").split(separator: "\n")
    #expect(lines.contains { $0.count > 90 && $0.hasPrefix("The article") })
    let second = lines.drop { !$0.contains("2/12") }
    #expect(second.contains("A computer stores bits, not colours."))
  }

  @Test("colours and clearing are for screens")
  func unwatched() {
    func text(_ isWatched: Bool, _ variable: (String, String)) -> String {
      let terminal = ScriptedTerminal("rrq")
      terminal.isWatched = isWatched
      _ = run(
        "run tiny --lessons Lessons --format svg --lang en --interactive", in: folder,
        environment: ["TERM": "xterm-256color"].merging([variable.0: variable.1]) { $1 },
        terminal: terminal)
      return terminal.text
    }
    #expect(text(true, ("LANG", "C")).contains("\u{1B}[2J"))
    #expect(text(true, ("LANG", "C")).contains("\u{1B}[38;5;16;48;5;"))
    for silent in [
      text(false, ("LANG", "C")), text(true, ("NO_COLOR", "1")), text(true, ("TERM", "dumb")),
    ] {
      #expect(silent.contains("Four numbers"))
      #expect(!silent.contains("\u{1B}"))
    }
  }

  @Test("keys alone are no reader: without a screen the lesson is told as text")
  func redirected() {
    let terminal = ScriptedTerminal("q")
    terminal.isWatched = false
    let result = run(
      "run tiny --lessons Lessons --format svg", in: folder, terminal: terminal)
    #expect(!terminal.wasOpened)
    #expect(result.output.contains("2/2 La curva"))
  }

  @Test("a reader who quits is not led into the next lesson")
  func quitsAll() throws {
    try writeTinyLesson(to: folder, id: "other")
    let first = ScriptedTerminal("q")
    let result = run("run --all --lessons Lessons --format svg", in: folder, terminal: first)
    #expect(result.output == "Las figuras están en Output/other/es/slide-light\n")
    #expect(folder.bytes("Output/tiny/es/slide-light/01-four.svg") != nil)
    let both = ScriptedTerminal("ssssq")
    _ = run("run --all --lessons Lessons --format svg", in: folder, terminal: both)
    #expect(both.text.matches(of: /1\/2 Cuatro números/).count == 2)
  }

  @Test("plain, quiet and JSON runs ask nothing", arguments: ["--plain", "--quiet", "--json"])
  func silent(option: String) {
    let (result, terminal) = press("", option)
    #expect(result.code == 0)
    #expect(!terminal.wasOpened)
  }
}
