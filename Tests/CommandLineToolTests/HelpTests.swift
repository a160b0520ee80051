@testable import CommandLineTool
import TestSupport
import Testing

@Suite("Help") struct HelpTests {
  private static let names = RootCommand.commands.map { $0.configuration.name }

  private func configuration(_ name: String) throws -> CommandConfiguration {
    try #require(RootCommand.commands.map { $0.configuration }.first { $0.name == name })
  }

  @Test("is there for the commands that the tool has")
  func commands() {
    #expect(
      Self.names == [
        "list", "run", "figures", "figure", "kit", "verify", "claims", "inspect", "decompose",
        "quantize", "merge", "memory", "train", "evaluate", "generate", "export", "sweep", "new",
        "values",
        "preview", "check", "results", "doctor",
      ])
  }

  @Test("has a line for every argument and option, with what each means", arguments: names)
  func options(name: String) throws {
    let command = try configuration(name)
    let lines = run("\(name) --help", in: try TemporaryFolder()).output
      .split(separator: "\n").map(String.init)
    let rows =
      command.arguments.map { ("<\($0.name)>", $0.summary) }
      + command.options.map { ($0.shown, $0.summary) } + [("--help", "show this")]
    for (word, meaning) in rows {
      #expect(
        lines.count { $0.hasPrefix("  \(word)  ") && $0.hasSuffix("  \(meaning)") } == 1, "\(word)")
    }
    #expect(lines.first == command.summary)
    for example in command.examples { #expect(lines.contains("  \(example)")) }
    #expect(!command.examples.isEmpty)
  }

  @Test("gives examples whose words the command takes", arguments: names)
  func examples(name: String) throws {
    let command = try configuration(name)
    for example in command.examples {
      let words = try CommandText.words(of: example)
      #expect(words.prefix(2) == ["lora-lessons", name])
      _ = try ParsedArguments(Array(words.dropFirst(2)), command)
    }
  }

  @Test("fits a terminal of 100 characters", arguments: names)
  func width(name: String) throws {
    for line in run("\(name) --help", in: try TemporaryFolder()).output.split(separator: "\n") {
      #expect(line.count <= 100, "\(line)")
    }
  }

  @Test("wins over what else is wrong in the line, but not over what follows two hyphens")
  func precedence() throws {
    let folder = try TemporaryFolder()
    let help = run("run --help", in: folder).output
    #expect(run("run --nonsense --help", in: folder).output == help)
    #expect(run("run -h", in: folder).output == help)
    let argument = run("run -- --help", in: folder)
    #expect(argument.code == 64)
    #expect(argument.output.isEmpty)
  }

  @Test(
    "is that of the command that was called, also where its options are those of another",
    arguments: [
      "preview quantization --theme dusk", "values --lesson quantization --set x",
      "kit quantization --seed x",
    ])
  func ownPointer(line: String) throws {
    let result = run(line, in: try TemporaryFolder())
    #expect(result.code == 64)
    let command = line.prefix { $0 != " " }
    #expect(result.messages.hasSuffix("\nsee lora-lessons \(command) --help\n"))
  }

  @Test("is what a complaint about a command points to", arguments: names)
  func pointer(name: String) throws {
    let result = run("\(name) --nonsense", in: try TemporaryFolder())
    #expect(result.code == 64)
    #expect(result.messages.hasSuffix("\nsee lora-lessons \(name) --help\n"))
  }
}
