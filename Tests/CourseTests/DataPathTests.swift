@testable import Course
import FoundationEssentials
import TestSupport
import Testing

@Suite("Data of a lesson") struct DataPathTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("1\n", to: "secret.csv")
    try folder.write("1\n", to: "Lessons/tiny/own.csv")
    try folder.write("1\n", to: "Lessons/Data/shared.csv")
    try folder.write("1\n", to: "Lessons-other/near.csv")
    try folder.write("1\n", to: "elsewhere/other/own.csv")
    for (link, target) in [
      ("Lessons/tiny/out", ".."), ("Lessons/tiny/far", "../.."),
      ("Lessons/tiny/file.csv", "../../secret.csv"), ("Lessons/tiny/near.csv", "own.csv"),
      ("Lessons/linked", "../elsewhere/other"),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: folder(link), withDestinationPath: target)
    }
  }

  private func path(_ file: String, in lesson: String = "Lessons/tiny") -> String? {
    let plan = LessonPlanReader.read(
      #"{"format":1,"id":"tiny","order":1,"steps":[]}"#, file: "lesson.json"
    ).plan
    return plan.flatMap { plan in
      Lesson(folder: lesson.hasPrefix("/") ? lesson : folder(lesson), plan: plan, texts: [])
        .path(of: StepPlan.DataSource(file: file, position: .start))
    }
  }

  @Test(
    "is found beside the lesson and in a folder of its own",
    arguments: [
      "own.csv", "./own.csv", "../tiny/own.csv", "../Data/shared.csv", "near.csv",
      "out/Data/shared.csv", "missing.csv",
      // The dots are taken away before anything is opened.
      "out/../../missing.csv",
    ])
  func inside(file: String) { #expect(path(file) != nil) }

  @Test(
    "is refused where it leads out of the lessons",
    arguments: [
      "../../secret.csv", "/etc/passwd", "../../../../../../etc/passwd", "file.csv",
      "far/secret.csv", "../../Lessons-other/near.csv", "..", "../..",
    ])
  func outside(file: String) { #expect(path(file) == nil) }

  @Test("a lesson that is itself a link has its own data, and not its neighbours'")
  func linkedLesson() throws {
    #expect(path("own.csv", in: "Lessons/linked") != nil)
    #expect(path("../../secret.csv", in: "Lessons/linked") == nil)
  }

  @Test("a lesson at the root of the file system has its own data, and no other file")
  func root() {
    #expect(path("own.csv", in: "/tiny") == "/tiny/own.csv")
    #expect(path("../etc/passwd", in: "/tiny") == nil)
  }
}
