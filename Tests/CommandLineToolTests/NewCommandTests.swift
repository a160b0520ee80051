@testable import CommandLineTool
import Demonstrations
import FoundationEssentials
import TestSupport
import Testing

@Suite("Making a new lesson") struct NewCommandTests {
  private let folder: TemporaryFolder
  /// No folder of lessons but those that are named.
  private let alone = ["LORA_LESSONS_PATH": ""]

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "of any demonstration: it has no finding, and runs",
    arguments: Registry.all.map(\.id))
  func everyDemonstration(id: String) throws {
    // What training gave lies beside the lessons of the course.
    let trains = Registry.demonstration(named: id) is any TrainedDemonstration
    let environment = trains ? [:] : alone
    let made = run(
      "new my-lesson --lessons own --demonstration \(id)", in: folder, environment: environment)
    #expect(made.code == 0, "\(made.messages)")
    let check = run("check --lessons own", in: folder, environment: environment)
    #expect(check.output == "")
    let told = run(
      "run my-lesson --lessons own --plain --for web --format svg --lang en", in: folder,
      environment: environment)
    #expect(told.code == 0, "\(told.messages)")
    #expect(!told.output.contains("{{"))
  }

  @Test("can be checked, previewed, listed, told, taken away and verified from its own folder")
  func commands() throws {
    #expect(run("new my-lesson", in: folder, environment: alone).code == 0)
    for line in [
      "check my-lesson", "check --all", "preview my-lesson", "list", "values --lesson my-lesson",
      "run my-lesson --plain --format svg", "run --all --quiet --format svg",
      "kit my-lesson --for web --lang en", "verify Output/my-lesson/manifest.json",
    ] {
      let result = run(line + " --lessons lessons", in: folder, environment: alone)
      #expect(result.code == 0, "\(line): \(result.output)\(result.messages)")
    }
    // The folder is found by its path as well.
    for line in ["check my-lesson", "list", "run my-lesson --step 1 --plain --format svg"] {
      let result = run(line, in: folder, environment: ["LORA_LESSONS_PATH": folder("lessons")])
      #expect(result.code == 0, "\(line): \(result.output)\(result.messages)")
    }
  }

  @Test("says what it made and what to try; the commands work as they are printed")
  func next() throws {
    let result = run("new my-lesson --lessons own", in: folder, environment: alone)
    #expect(
      result.output.split(separator: "\n") == [
        "own/my-lesson/lesson.json", "own/my-lesson/weights.csv", "own/my-lesson/es.md",
        "own/my-lesson/en.md",
      ])
    let commands = result.messages.split(separator: "\n").dropFirst().map {
      String($0.dropFirst(2))
    }
    #expect(commands.count == 4)
    for command in commands {
      var words = try CommandText.words(of: command)
      words.removeAll { $0 == "--watch" }
      let tried = run(Array(words.dropFirst()), in: folder, environment: alone)
      #expect(tried.code == 0, "\(command): \(tried.messages)")
    }
    // Where the lesson is found by itself, the folder need not be said.
    let path = ["LORA_LESSONS_PATH": folder("own") + ":" + folder("other")]
    let other = run("new second", in: folder, environment: path)
    #expect(other.output.hasPrefix(folder("own/second/lesson.json")))
    #expect(!other.messages.contains("--lessons"))
  }

  @Test("in one language has that file alone, and check asks for the other")
  func oneLanguage() throws {
    _ = run("new my-lesson --lessons own --lang es", in: folder, environment: alone)
    #expect(folder.bytes("own/my-lesson/en.md") == nil)
    let check = run("check my-lesson --lessons own", in: folder, environment: alone)
    #expect(check.code == 2)
    #expect(
      check.output
        == "own/my-lesson/en.md:1:1: warning: the file is missing; write it, with the steps of es.md\n"
    )
    let told = run(
      "run my-lesson --lessons own --lang en --plain --format svg", in: folder, environment: alone)
    #expect(told.code == 0)
    #expect(told.output.contains("(this step is only there in Spanish)"))
  }

  @Test(
    "is refused in one sentence, and nothing is written",
    arguments: [
      (
        "../x", 64,
        "“../x” cannot be the id of a lesson: lower-case words and hyphens, at most 64 characters"
      ),
      (
        "a/b", 64,
        "“a/b” cannot be the id of a lesson: lower-case words and hyphens, at most 64 characters"
      ),
      (
        "Mine", 64,
        "“Mine” cannot be the id of a lesson: lower-case words and hyphens, at most 64 characters"
      ),
      ("", 64, "new needs <lesson>: the id of the new lesson: lower-case words and hyphens"),
      (
        "x --demonstration absmx", 64,
        "there is no demonstration “absmx”; did you mean “absmax”?"
      ),
      (
        "x --demonstration zzzzzzzz", 64,
        "there is no demonstration “zzzzzzzz”; lora-lessons values lists them"
      ),
      ("x --lang fr", 64, "--lang is es, en or es,en, not “fr”"),
      ("x --lessons=", 64, "--lessons needs a folder"),
      (
        "taken", 73,
        "lessons/taken: cannot be written: there is something of that name; choose another id"
      ),
      (
        "file", 73,
        "lessons/file: cannot be written: there is something of that name; choose another id"
      ),
      (
        "loop", 73,
        "lessons/loop: cannot be written: there is something of that name; choose another id"
      ),
      ("x --lessons lessons/file", 73, "lessons/file/x: cannot be written: Not a directory"),
      ("x --lessons /proc/none", 73, "/proc/none: cannot be written: No such file or directory"),
    ])
  func refused(line: String, code: Int32, complaint: String) throws {
    try folder.write("mine", to: "lessons/taken/notes.txt")
    try folder.write("mine", to: "lessons/file")
    try FileManager.default.createSymbolicLink(
      atPath: folder("lessons/loop"), withDestinationPath: "loop")
    let before = folder.contents
    let result = run("new " + line, in: folder, environment: alone)
    #expect(result.code == code)
    #expect(result.complaint == complaint)
    #expect(result.output == "")
    #expect(folder.contents == before)
  }
}
