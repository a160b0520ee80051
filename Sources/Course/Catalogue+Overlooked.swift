internal import FoundationEssentials

extension Catalogue {
  /// Folders that look like lessons and that no command finds: without a plan, or with a name that is
  /// not an id.
  public var overlooked: [Diagnostic] {
    folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.sorted().compactMap { name -> Diagnostic? in
        let lesson = Paths.joined(folder, name)
        func has(_ file: String) -> Bool {
          FileManager.default.fileExists(atPath: Paths.joined(lesson, file))
        }
        let plan = Paths.joined(lesson, "lesson.json")
        // What begins with a point is not there for the eyes of commands.
        guard !name.hasPrefix(".") else { return nil }
        if has("lesson.json") {
          return Identifier.isValid(name)
            ? nil
            : Diagnostic(
              file: plan, position: .start,
              message: "no command finds a lesson in a folder called “\(name)”",
              suggestion: "its name, which is the lesson's id, has lower-case words and hyphens")
        }
        guard has("es.md") || has("en.md") else { return nil }
        return Diagnostic(
          file: plan, position: .start, message: "the file is missing",
          suggestion: "without a plan no command finds the lesson")
      }
    }
  }
}
