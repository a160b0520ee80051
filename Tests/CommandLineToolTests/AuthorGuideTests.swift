@testable import CommandLineTool
@testable import Course
import FoundationEssentials
import TestSupport
import Testing

/// The guide for authors in the project's README, taken apart.
private struct AuthorGuide {
  /// The files that it shows, by their paths.
  var files: [(path: String, text: String)] = []
  /// The commands that it gives, without their comments.
  var commands: [String] = []

  init() throws {
    let text = String(
      decoding: try readFile(repositoryRoot + "/README.md"), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex(of: "### Write a lesson"))
    var path: String?
    var block: (info: String, lines: [String])?
    for line in lines[(start + 1)...] {
      if let open = block {
        guard line == "```" else {
          block?.lines.append(line)
          continue
        }
        if open.info == "sh" {
          commands += open.lines.map { String($0.prefix { $0 != "#" }).trimmingSpaces() }
        } else if let place = path {
          files.append((place, open.lines.joined(separator: "\n") + "\n"))
          path = nil
        }
        block = nil
      } else if line.hasPrefix("```") {
        block = (String(line.dropFirst(3)), [])
      } else if line.hasPrefix("#") {
        break
      } else if line.hasPrefix("`lessons/"), line.hasSuffix("`:") {
        path = String(line.dropFirst().dropLast(2))
      }
    }
  }
}

extension String {
  fileprivate func trimmingSpaces() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

@Suite("The guide for authors") struct AuthorGuideTests {
  private let guide: AuthorGuide
  private let folder: TemporaryFolder
  private let environment = ["LORA_LESSONS_PATH": ""]

  init() throws {
    guide = try AuthorGuide()
    folder = try TemporaryFolder()
    for file in guide.files { try folder.write(file.text, to: file.path) }
  }

  @Test("shows all files of a lesson, which has no finding and runs in both languages")
  func lesson() throws {
    #expect(
      guide.files.map(\.path).sorted() == [
        "lessons/rank-two/en.md", "lessons/rank-two/es.md", "lessons/rank-two/lesson.json",
        "lessons/rank-two/marks.csv",
      ])
    let check = run("check rank-two --lessons lessons", in: folder, environment: environment)
    #expect(check.output == "")
    #expect(check.code == 0)
    for language in ["es", "en"] {
      let told = run(
        "run rank-two --lessons lessons --plain --lang \(language)", in: folder,
        environment: environment)
      #expect(told.code == 0, "\(told.messages)")
      #expect(!told.output.contains("{{"))
      // Six rows and five columns of marks, and two sheets of them.
      #expect(told.output.contains(": 22\n"))
    }
  }

  @Test("gives commands that do what they say, each after the one before")
  func commands() throws {
    #expect(guide.commands.count == 9)
    for command in guide.commands {
      var words = try CommandText.words(of: command)
      #expect(words.removeFirst() == "lora-lessons")
      // A preview that watches ends with Ctrl-C alone.
      words.removeAll { $0 == "--watch" }
      let result = run(words, in: folder, environment: environment)
      #expect(result.code == 0, "\(command): \(result.messages)")
    }
    for path in [
      "lessons/my-lesson/lesson.json", "Output/preview/my-lesson.es.html",
      "Output/preview/rank-two.en.html", "Output/rank-two/deck.es.md",
    ] {
      #expect(folder.bytes(path) != nil, "\(path)")
    }
    // The mark that the guide shows is the one that the lesson gets.
    let english = String(
      decoding: try #require(folder.bytes("lessons/rank-two/en.md")), as: UTF8.self)
    let heading = try #require(
      english.split(separator: "\n").first { $0.hasPrefix("## Two sheets ") })
    let readme = String(decoding: try readFile(repositoryRoot + "/README.md"), as: UTF8.self)
    #expect(readme.contains("such as `" + heading.dropFirst(14) + "`"))
    let verify = run(
      "verify Output/rank-two/manifest.json --lessons lessons", in: folder, environment: environment
    )
    #expect(verify.code == 0, "\(verify.output)")
    let list = run("list --lessons lessons --lang en", in: folder, environment: environment)
    #expect(list.output.contains("rank-two   Marks that two numbers explain."))
  }

  @Test("names every field of a plan, every block and every attribute")
  func complete() throws {
    let text = String(decoding: try readFile(repositoryRoot + "/README.md"), as: UTF8.self)
    let start = try #require(text.firstRange(of: "### Write a lesson"))
    let end = try #require(text.firstRange(of: "### When something is missing"))
    let section = text[start.upperBound..<end.lowerBound]
    let names = [
      LessonPlanReader.lessonNames, LessonPlanReader.stepNames, LessonPlanReader.dataNames,
      LessonPlanReader.claimNames, Directive.allCases.map { ":::" + $0.rawValue },
    ]
    for name in names.flatMap(\.self) {
      #expect(section.contains("`\(name)") || section.contains("\"\(name)\""), "\(name)")
    }
    for name in Directive.allCases.flatMap(\.attributes) {
      #expect(section.contains(name + "="), "\(name)")
    }
  }
}
