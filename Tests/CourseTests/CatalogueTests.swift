@testable import Course
import FoundationEssentials
import TestSupport
import Testing

@Suite("Finding lessons") struct CatalogueTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for place in ["asked", "path", "work/Lessons", "prefix/share/lora-lessons/Lessons"] {
      try folder.write("{}", to: "\(place)/\(place.split(separator: "/")[0])/lesson.json")
    }
    try folder.write("x", to: "work/deep/down/file")
    try folder.write("x", to: "prefix/bin/tool")
    try folder.write("x", to: "elsewhere/file")
  }

  private func ids(
    requested: String? = nil, path: String? = nil, in directory: String, executable: String? = nil
  ) throws -> [String] {
    try Catalogue.find(
      requested: requested, environment: path.map { ["LORA_LESSONS_PATH": $0] } ?? [:],
      workingDirectory: folder(directory), executable: executable.map { folder($0) }
    ).ids
  }

  @Test("what was asked for comes before the path, and the path before the working directory")
  func order() throws {
    let asked = folder("asked")
    let path = folder("path")
    #expect(try ids(requested: asked, path: path, in: "work") == ["asked"])
    #expect(try ids(path: path, in: "work") == ["path"])
    #expect(try ids(path: "\(path):\(asked)", in: "work") == ["asked", "path"])
    #expect(try ids(in: "work/deep/down") == ["work"])
    #expect(try ids(in: "elsewhere", executable: "work/deep/tool") == ["work"])
    #expect(try ids(in: "elsewhere", executable: "prefix/bin/tool") == ["prefix"])
  }

  @Test("no folder of lessons is an error that says where it was looked for")
  func none() {
    #expect(throws: CourseError.noLessonsFolder(searched: ["nowhere"])) {
      try ids(requested: "nowhere", in: "work")
    }
    #expect(throws: CourseError.self) { try ids(in: "elsewhere") }
  }

  @Test(
    "what is no id of a lesson is refused",
    arguments: [
      "../asked", "/etc", "", "Upper", "a b", "a--b", "-a", "a-", "é", "q\u{301}", "a\u{200D}b",
      "5\u{20E3}",
    ])
  func ids(id: String) throws {
    let catalogue = Catalogue(folders: [folder("asked")])
    #expect(throws: CourseError.notALessonID(id)) { try catalogue.folder(of: id) }
  }

  @Test(
    "data outside the folder of lessons is refused",
    arguments: ["../../secret.csv", "/etc/passwd", "link.csv", "../../asked/../../secret.csv"])
  func outside(file: String) throws {
    try folder.write("1,2\n", to: "secret.csv")
    try writeLesson(data: file)
    let lesson = try #require(Lesson.load(folder: folder("asked/tiny")).lesson)
    let data = try #require(lesson.plan.steps[0].data)
    #expect(lesson.path(of: data) == nil)
  }

  @Test("data beside the lesson and in a folder of its own are found")
  func inside() throws {
    for file in ["own.csv", "../Data/shared.csv"] {
      try folder.write("1,2\n", to: "asked/tiny/" + file)
      try writeLesson(data: file)
      let lesson = try #require(Lesson.load(folder: folder("asked/tiny")).lesson)
      #expect(lesson.path(of: try #require(lesson.plan.steps[0].data)) != nil, "\(file)")
    }
  }

  @Test("data are found and refused alike where the lesson's folder is a relative path")
  func relative() throws {
    let lesson = Lesson(
      folder: "tiny", plan: try #require(LessonPlanReader.read("{}", file: "f").plan), texts: [])
    func path(_ file: String) -> String? {
      lesson.path(
        of: StepPlan.DataSource(file: file, tensor: nil, slice: nil, position: .start))
    }
    #expect(path("own.csv") == "tiny/own.csv")
    #expect(path("../Data/shared.csv") == "Data/shared.csv")
    #expect(path("../../secret.csv") == nil)
    #expect(path("/etc/passwd") == nil)
  }

  @Test("data that are missing are allowed as a path, for their reader to say so")
  func missing() throws {
    try writeLesson(data: "none.csv")
    let lesson = try #require(Lesson.load(folder: folder("asked/tiny")).lesson)
    let data = try #require(lesson.plan.steps[0].data)
    #expect(lesson.path(of: data) == folder("asked/tiny/none.csv"))
  }

  @Test("an unknown lesson is refused with the one that was meant and those that there are")
  func unknown() {
    let catalogue = Catalogue(folders: [folder("asked"), folder("path")])
    let error = CourseError.unknownLesson("asket", known: ["asked", "path"])
    #expect(throws: error) { try catalogue.folder(of: "asket") }
    #expect(
      error.description
        == "there is no lesson “asket”; did you mean “asked”?; there are: asked, path")
  }

  private func writeLesson(data file: String) throws {
    try folder.write(
      #"{"format":1,"id":"tiny","order":1,"steps":[{"id":"a","demonstration":"absmax","data":{"file":"\#(file)"}}]}"#,
      to: "asked/tiny/lesson.json")
    try? FileManager.default.createSymbolicLink(
      atPath: folder("asked/tiny/link.csv"), withDestinationPath: folder("secret.csv"))
  }
}
