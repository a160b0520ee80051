@testable import Course
import TestSupport
import Testing

@Suite("Lessons in several folders") struct LessonFoldersTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try write("first/same", order: 3)
    try write("second/same", order: 1)
    try write("second/later", order: 9)
    try write("second/alike", order: 3)
    try write("first/Upper", order: 1)
    try folder.write("x", to: "first/no-plan/es.md")
    try folder.write("{", to: "first/broken/lesson.json")
  }

  private func write(_ place: String, order: Int) throws {
    let id = Paths.name(place)
    try folder.write(
      #"{"format":1,"id":"\#(id)","order":\#(order),"steps":[{"id":"a","demonstration":"d"}]}"#,
      to: place + "/lesson.json")
    for language in ["es", "en"] {
      try folder.write(
        "---\ntitle: \(id)\nsummary: S\n---\n## A {#a}\n", to: "\(place)/\(language).md")
    }
  }

  private var catalogue: Catalogue { Catalogue(folders: [folder("first"), folder("second")]) }

  @Test("the first folder that has a lesson gives it")
  func firstFolder() throws {
    #expect(catalogue.ids == ["alike", "broken", "later", "same"])
    #expect(try catalogue.folder(of: "same") == folder("first/same"))
    #expect(try catalogue.lesson("same").plan.order == 3)
    #expect(try catalogue.folder(of: "later") == folder("second/later"))
  }

  @Test("folders that only look like lessons are told of, and others are not")
  func overlooked() throws {
    try folder.write("x", to: "second/notes/list.txt")
    try folder.write("{}", to: "second/.hidden/lesson.json")
    #expect(
      catalogue.overlooked.map {
        "\(Paths.name(Paths.parent(Paths.parent($0.file))))/\(Paths.name(Paths.parent($0.file))): \($0.message)"
      } == [
        "first/Upper: no command finds a lesson in a folder called “Upper”",
        "first/no-plan: the file is missing",
      ])
  }

  @Test("lessons stand in course order, and those that cannot be read are left out")
  func courseOrder() {
    #expect(catalogue.lessons().map(\.plan.id) == ["alike", "same", "later"])
  }

  @Test("a broken lesson is refused with all its errors, each on a line")
  func broken() throws {
    #expect {
      try catalogue.lesson("broken")
    } throws: { error in
      let lines = "\(error)".split(separator: "\n")
      return lines.count == 4
        && lines[2].hasSuffix("lesson.json:1:2: error: expected a name in double quotes")
        && lines[3] == "the lesson “broken” cannot be run before this is put right"
    }
  }
}
