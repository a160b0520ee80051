import CommandLineTool
import TestSupport

/// What a run of the tool left behind.
struct ToolRun {
  var code: Int32
  var output: String
  var messages: String
  /// The first line of the messages without the name of the tool.
  var complaint: String {
    let line = String(messages.split(separator: "\n").first ?? "")
    return line.hasPrefix("lora-lessons: ") ? String(line.dropFirst(14)) : line
  }
}

/// Collects text.
private final class Sink {
  var text = ""
}

/// Runs the tool in a folder, with the lessons of the project unless others are named.
func run(
  _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
  terminal: (any Terminal)? = nil
) -> ToolRun {
  let (output, messages) = (Sink(), Sink())
  var surroundings = ["LORA_LESSONS_PATH": repositoryRoot + "/Lessons"]
  surroundings.merge(environment) { $1 }
  let tool = Tool(
    environment: surroundings, workingDirectory: folder.path,
    output: { output.text += $0 }, messages: { messages.text += $0 }, terminal: terminal)
  let code = RootCommand.run(arguments, tool: tool)
  return ToolRun(code: code, output: output.text, messages: messages.text)
}

/// The same with the words of a command line.
func run(
  _ line: String, in folder: TemporaryFolder, environment: [String: String] = [:],
  terminal: (any Terminal)? = nil
) -> ToolRun {
  run(
    line.split(separator: " ").map(String.init), in: folder, environment: environment,
    terminal: terminal)
}

/// A person who presses keys that were agreed on.
final class ScriptedTerminal: Terminal {
  private(set) var width: Int
  /// The widths that the window takes with a key, counted from 1.
  var widths: [Int: Int] = [:]
  private var pressed = 0
  var isWatched = true
  private var keys: [Key]
  private(set) var text = ""
  private(set) var isOpen = false
  private(set) var wasOpened = false
  /// What was asked of the keyboard, in its order.
  private(set) var calls: [String] = []

  /// Creates a person who presses one key for each character, and is gone after the last.
  ///
  /// Letters are themselves; `⏎` is Enter, `⌫` is Backspace, `⎋` is Escape, `^` is Ctrl-C, and `←`
  /// and `→` are the arrows.
  init(_ keys: String, width: Int = 80) {
    self.width = width
    self.keys = keys.map { key in
      switch key {
      case "⏎": .enter
      case "⌫": .backspace
      case "⎋": .escape
      case "←": .left
      case "→": .right
      case "^": .interrupt
      default: .character(key)
      }
    }
  }

  func readKey() -> Key {
    pressed += 1
    width = widths[pressed] ?? width
    return keys.isEmpty ? .end : keys.removeFirst()
  }
  func write(_ text: String) { self.text += text }
  func begin() {
    (isOpen, wasOpened) = (true, true)
    calls.append("begin")
  }
  func end() {
    isOpen = false
    calls.append("end")
  }
}

/// A lesson of two steps, small enough to be read as a whole.
func writeTinyLesson(to folder: TemporaryFolder, id: String = "tiny") throws {
  try folder.write(
    """
    {
      "format": 1, "id": "\(id)", "order": 1, "minutes": 2,
      "steps": [
        { "id": "four", "demonstration": "twelve-to-four", "data": { "file": "four.csv" },
          "settings": { "levels": 2 }, "acceptsWeights": true },
        { "id": "curve", "demonstration": "normal-levels" }
      ]
    }
    """, to: "Lessons/\(id)/lesson.json")
  try folder.write("1, 2\n3, 4\n", to: "Lessons/\(id)/four.csv")
  try folder.write(
    """
    ---
    title: Diminuta
    summary: Dos pasos.
    ---

    ## Cuatro números {#four}

    Hay {{count}} números.

    :::predict {kind=number answer=group}
    ¿Cuántos en cada grupo?
    :::

    :::hint
    Son {{levels}} grupos.
    :::

    Quedan dos.

    :::when {flag=lost_any}
    Algún color se pierde.
    :::

    :::unless {flag=lost_any}
    Ningún color se pierde.
    :::

    :::notes
    Esto no se enseña.
    :::

    ## La curva {#curve}

    Tiene {{levels}} niveles.

    :::choice
    ¿Cuántos son negativos?

    - [ ] Ocho.

      Esos son los positivos.
    - [x] Siete.

      Y además está el cero.
    :::
    """, to: "Lessons/\(id)/es.md")
  try folder.write(
    """
    ---
    title: Tiny
    summary: Two steps.
    ---

    ## Four numbers {#four}

    There are {{count}} numbers.

    :::predict {kind=number answer=group}
    How many in each group?
    :::

    :::hint
    There are {{levels}} groups.
    :::

    Two remain.

    :::when {flag=lost_any}
    Some colour is lost.
    :::

    :::unless {flag=lost_any}
    No colour is lost.
    :::

    :::notes
    This is not shown.
    :::

    ## The curve {#curve}

    It has {{levels}} levels.

    :::choice
    How many are negative?

    - [ ] Eight.

      Those are the positive ones.
    - [x] Seven.

      And then there is zero.
    :::
    """, to: "Lessons/\(id)/en.md")
}
