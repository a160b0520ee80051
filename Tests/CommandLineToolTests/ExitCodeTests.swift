@testable import CommandLineTool
import Course
import TestSupport
import Testing

@Suite("Exit codes and complaints") struct ExitCodeTests {
  private static let lessonList = Catalogue(folders: [repositoryRoot + "/Lessons"]).ids
    .joined(separator: ", ")

  struct Case: Sendable, CustomTestStringConvertible {
    var line: String
    var code: Int32
    var complaint: String
    var testDescription: String { line.isEmpty ? "nothing" : line }

    init(_ line: String, _ code: Int32, _ complaint: String) {
      (self.line, self.code, self.complaint) = (line, code, complaint)
    }
  }

  @Test(
    "a wrong command line gets one sentence and its code",
    arguments: [
      Case("lst", 64, "there is no command “lst”; did you mean “list”?"),
      Case("RUN", 64, "there is no command “RUN”; did you mean “run”?"),
      Case("--verison", 64, "there is no option “--verison”; did you mean “--version”?"),
      Case("run", 64, "run needs a lesson, or --all; lora-lessons list shows them"),
      Case(
        "run quantization --all", 64,
        "run takes a lesson or --all, not both; lora-lessons list shows them"),
      Case("run quantization extra", 64, "run does not take “extra”"),
      Case("run quantization --stp 3", 64, "run has no option “--stp”; did you mean “--step”?"),
      Case("run quantization --step", 64, "--step needs a value: N|ID"),
      Case("run quantization --step 1 --step 2", 64, "--step stands twice"),
      Case("run quantization --quiet=yes", 64, "--quiet takes no value"),
      Case(
        "run quantization --theme DRAK", 64,
        "--theme is one of light, dark, print, not “DRAK”; did you mean “dark”?"),
      Case(
        "run quantization --for slides", 64,
        "--for is one of slide, beamer, column, text, web, not “slides”; did you mean “slide”?"),
      Case(
        "run quantization --step level", 64,
        "quantization: there is no step “level”; did you mean “levels”?; there are: twelve-to-four, twelve-words, levels, absmax, journey, bytes, codes, usage, outlier, double-quantization, real-matrix, four-times"
      ),
      Case(
        "run quantization --interactive", 64,
        "--interactive needs a terminal to read keys from; --plain tells the lesson as text"),
      Case("run quantization --lang fr", 64, "--lang is one of es, en, not “fr”"),
      Case(
        "run quantization --theme dusk", 64, "--theme is one of light, dark, print, not “dusk”"),
      Case(
        "run quantization --format gif", 64,
        "--format is a list of png, svg, pdf, webp, and “gif” is none of them"),
      Case("run quantization --dpi 5", 64, "--dpi is a whole number from 36 to 2400, not “5”"),
      Case("run quantization --quiet --json", 64, "--json and --quiet exclude each other"),
      Case("run quantization --steps 4-2", 64, "--steps is a range such as 2-4, not “4-2”"),
      Case(
        "run quantization --steps 1-99", 64,
        "quantization has 12 steps, so --steps 1-99 is out of range"),
      Case(
        "run quantization --set block", 64,
        "--set is name=number, such as --set block=64, and not “block”"),
      Case(
        "run quantization --step 1 --set levels=99", 64,
        "twelve-to-four: levels=99 is outside 2…16"),
      Case(
        "run quantization --step 1 --set levels=2.5", 64,
        "twelve-to-four: levels=2.5 must be a whole number"),
      Case(
        "run quantization --tensor w", 64,
        "--tensor and --slice choose a part of the file that --weights names"),
      Case(
        "run ../secret", 64,
        "“../secret” is not the name of a lesson: those are lower-case words and hyphens; the folder that holds it goes with --lessons DIR"
      ),
      Case(
        "run quantizaton", 66,
        "there is no lesson “quantizaton”; did you mean “quantization”?; there are: \(Self.lessonList)"
      ),
      Case(
        "run Quantization", 64,
        "there is no lesson “Quantization”; did you mean “quantization”?"),
      Case("run quantization --weights none.csv", 66, "none.csv: there is no such file"),
      Case(
        "list --lessons nowhere", 66, "no lessons in nowhere: name their folder with --lessons DIR"),
      Case("quantize", 64, "quantize needs <file>: a .csv, .npy or .safetensors file"),
      Case(
        "quantize none.csv --block 7", 64,
        "--block is one of 32, 64, 128, 256, 512, 1024, 2048, 4096, not 7"),
      Case("quantize none.csv --type int4 --double", 64, "--double needs --type nf4 or fp4"),
      Case("quantize none.csv", 66, "none.csv: there is no such file"),
    ])
  func complaints(wrong: Case) throws {
    let folder = try TemporaryFolder()
    let result = run(wrong.line, in: folder)
    #expect(result.code == wrong.code)
    #expect(result.complaint == wrong.complaint)
    #expect(result.output.isEmpty)
    #expect(folder.contents.isEmpty)
    // A mistake in the options points to the help that lists them.
    let command = wrong.line.split(separator: " ").first.map(String.init) ?? ""
    if let help = result.messages.split(separator: "\n").first(where: { $0.hasPrefix("see ") }),
      RootCommand.commands.contains(where: { $0.configuration.name == command })
    {
      #expect(help == "see lora-lessons \(command) --help")
    }
  }

  @Test("a folder that cannot be made is said with code 73")
  func unwritable() throws {
    let folder = try TemporaryFolder()
    try folder.write("a file", to: "taken")
    for line in [
      "run quantization --step 3 --out taken", "quantize taken.csv --out taken",
    ] {
      try folder.write("1, 2", to: "taken.csv")
      let result = run(line, in: folder)
      #expect(result.code == 73, "\(line)")
      #expect(result.complaint.hasPrefix("taken"), "\(result.complaint)")
    }
  }

  @Test("findings have code 2 and name the file, the line and the column")
  func findings() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    #expect(run("check --lessons Lessons", in: folder).code == 0)
    try folder.write(
      "---\ntitle: T\nsummary: S\n---\n\n## Four {#four}\n\n{{cuont}}\n", to: "Lessons/tiny/en.md")
    let result = run("check --lessons Lessons", in: folder)
    #expect(result.code == 2)
    #expect(result.output.contains("Lessons/tiny/en.md:8:1: error:"))
    #expect(result.output.contains("did you mean “count”?"))
  }

  @Test(
    "help shows every argument and option, and an example",
    arguments: RootCommand.commands.map { $0.configuration.name })
  func help(command: String) throws {
    let folder = try TemporaryFolder()
    let result = run("\(command) --help", in: folder)
    #expect(result.code == 0)
    let configuration = try #require(
      RootCommand.commands.first { $0.configuration.name == command }?.configuration)
    for argument in configuration.arguments {
      #expect(result.output.contains("  <\(argument.name)>  "))
    }
    for option in configuration.options {
      let word = "  " + option.shown + " "
      #expect(result.output.contains(word), "\(word)")
      #expect(result.output.contains("  \(option.summary)\n"))
    }
    #expect(!configuration.examples.isEmpty)
    for example in configuration.examples {
      #expect(example.hasPrefix("lora-lessons \(command)"))
      #expect(result.output.contains("\n  \(example)\n"))
    }
    for line in result.output.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    #expect(run("help \(command)", in: folder).output == result.output)
  }

  @Test("without a command the commands are listed")
  func commands() throws {
    let folder = try TemporaryFolder()
    for line in ["", "--help", "help"] {
      let result = run(line, in: folder)
      #expect(result.code == 0)
      for command in RootCommand.commands {
        #expect(result.output.contains("  \(command.configuration.name) "))
      }
    }
    #expect(run("--version", in: folder).output == "lora-lessons 0.1.0\n")
  }

  @Test("the lessons are listed in the language of the locale")
  func list() throws {
    let folder = try TemporaryFolder()
    #expect(run("list", in: folder).output.contains("Cuantización"))
    #expect(
      run("list", in: folder, environment: ["LANG": "en_GB.UTF-8"]).output.contains("Quantization:")
    )
    #expect(
      run("list", in: folder, environment: ["LANG": "fr_FR.UTF-8"]).output.contains("Cuantización"))
    #expect(run("list --json", in: folder).output.contains("\"id\": \"quantization\""))
  }
}
