internal import FoundationEssentials

/// The lessons that there are, in one or more folders; the first folder that has a lesson gives it.
public struct Catalogue: Sendable {
  public var folders: [String]

  public init(folders: [String]) { self.folders = folders }

  /// Finds the folders with lessons.
  ///
  /// The first of these that exists: the one that was asked for, those of `LORA_LESSONS_PATH`,
  /// `Lessons` in the working directory or one above it, the same from the executable, and
  /// `../share/lora-lessons/Lessons` beside the executable's folder.
  ///
  /// - Throws: `CourseError.noLessonsFolder`.
  public static func find(
    requested: String?, environment: [String: String], workingDirectory: String,
    executable: String?
  ) throws(CourseError) -> Catalogue {
    func absolute(_ path: String) -> String {
      Paths.normalized(Paths.joined(workingDirectory, path))
    }
    if let requested {
      let folder = absolute(requested)
      guard isFolder(folder) else { throw .noLessonsFolder(searched: [requested]) }
      return Catalogue(folders: [folder])
    }
    if let list = environment["LORA_LESSONS_PATH"], !list.isEmpty {
      let folders = list.split(separator: ":").map { absolute(String($0)) }
      let present = folders.filter(isFolder)
      guard !present.isEmpty else { throw .noLessonsFolder(searched: folders) }
      return Catalogue(folders: present)
    }
    var candidates = above(workingDirectory)
    if let executable {
      let folder = Paths.parent(absolute(executable))
      candidates += above(folder)
      candidates.append(Paths.normalized(Paths.joined(folder, "../share/lora-lessons/Lessons")))
    }
    guard let found = candidates.first(where: isFolder) else {
      throw .noLessonsFolder(searched: ["\(workingDirectory)/Lessons and the folders above it"])
    }
    return Catalogue(folders: [found])
  }

  /// The path `Lessons` in a folder and in all above it.
  private static func above(_ folder: String) -> [String] {
    var folder = Paths.normalized(folder)
    var candidates = [Paths.joined(folder, "Lessons")]
    while folder != "/", folder != "." {
      folder = Paths.parent(folder)
      candidates.append(Paths.joined(folder, "Lessons"))
    }
    return candidates
  }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory
  }

  /// The ids of all lessons, in alphabetical order.
  public var ids: [String] { Array(locations.keys).sorted() }

  /// The folder of each lesson, by its id.
  private var locations: [String: String] {
    var locations: [String: String] = [:]
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names where Identifier.isValid(name) && locations[name] == nil {
        let lesson = Paths.joined(folder, name)
        if FileManager.default.fileExists(atPath: Paths.joined(lesson, "lesson.json")) {
          locations[name] = lesson
        }
      }
    }
    return locations
  }

  /// The folder of a lesson.
  ///
  /// - Throws: `CourseError.notALessonID` or `.unknownLesson`.
  public func folder(of id: String) throws(CourseError) -> String {
    guard Identifier.isValid(id) else { throw .notALessonID(id) }
    for folder in folders {
      let lesson = Paths.joined(folder, id)
      if FileManager.default.fileExists(atPath: Paths.joined(lesson, "lesson.json")) {
        return lesson
      }
    }
    throw .unknownLesson(id, known: ids)
  }

  /// All lessons that can be read, in course order.
  public func lessons() -> [Lesson] {
    locations.sorted { $0.key < $1.key }.compactMap { Lesson.load(folder: $0.value).lesson }
      .sorted { ($0.plan.order, $0.plan.id) < ($1.plan.order, $1.plan.id) }
  }

  /// Reads a lesson that is to be run.
  ///
  /// - Throws: `CourseError`, with all findings where some are errors.
  public func lesson(_ id: String) throws(CourseError) -> Lesson {
    let (lesson, diagnostics) = Lesson.load(folder: try folder(of: id))
    let errors = diagnostics.filter { $0.severity == .error }
    guard let lesson, errors.isEmpty else { throw .brokenLesson(id, findings: errors) }
    return lesson
  }
}
