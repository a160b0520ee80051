internal import Glibc

/// Where the bundled fonts are looked for.
enum FontFolder {
  /// The environment variable that names the folder.
  static let variable = "LORA_LESSONS_FONTS"
  /// The files of the two typefaces.
  static let files = [
    "LessonsSans-Regular.ttf", "LessonsSans-Bold.ttf", "LessonsSans-Italic.ttf",
    "LessonsMono-Regular.ttf", "LessonsMono-Bold.ttf",
  ]

  private static let sourceFolder = "Sources/CairoRendering/Fonts"

  /// The folder for this process: see ``find(override:executable:workingFolder:)``.
  static func find() throws(RenderingError) -> String {
    try find(
      override: unsafe getenv(variable).map { unsafe String(cString: $0) },
      executable: executablePath(), workingFolder: workingFolder())
  }

  /// Finds the folder that holds the fonts.
  ///
  /// A folder named by the user is the only candidate. Otherwise: the installed place beside the
  /// executable, then the source folder in any folder above the executable or the working folder.
  static func find(
    override: String?, executable: String?, workingFolder: String?
  ) throws(RenderingError) -> String {
    var candidates: [String] = []
    if let override, !override.isEmpty {
      candidates = [override]
    } else {
      if let executable {
        let folder = parent(of: executable) ?? "/"
        candidates.append((parent(of: folder) ?? "") + "/share/lora-lessons/Fonts")
        candidates += ancestors(of: folder).map { $0 + "/" + sourceFolder }
      }
      if let workingFolder {
        candidates += ancestors(of: workingFolder).map { $0 + "/" + sourceFolder }
      }
    }
    for folder in candidates where unsafe access(folder + "/" + files[0], R_OK) == 0 {
      return folder
    }
    throw .fontsMissing(searched: candidates)
  }

  /// The folder itself and all above it, the nearest first; the root is the empty string.
  private static func ancestors(of folder: String) -> [String] {
    var folders = [folder == "/" ? "" : folder]
    while let last = folders.last, let above = parent(of: last) { folders.append(above) }
    return folders
  }

  /// The path without its last part; nil for the root.
  private static func parent(of path: String) -> String? {
    path.lastIndex(of: "/").map { String(path[..<$0]) }
  }

  private static func executablePath() -> String? {
    let path = unsafe realpath("/proc/self/exe", nil)
    defer { unsafe free(path) }
    return unsafe path.map { unsafe String(cString: $0) }
  }

  private static func workingFolder() -> String? {
    let path = unsafe getcwd(nil, 0)
    defer { unsafe free(path) }
    return unsafe path.map { unsafe String(cString: $0) }
  }
}
