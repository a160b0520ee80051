internal import Course
internal import FoundationEssentials
internal import Glibc
internal import Interchange

/// The folder of a run: its results, and before they are there its checkpoint.
struct ResultFolder {
  /// The settings of the run, which can be given to `--config`.
  static let configurationName = "configuration.json"

  /// The pictures that some run draws.
  private static let figureNames = ["loss", "scores", "boundary", "spectrum"].flatMap {
    ["\($0).png", "\($0).svg"]
  }

  /// The path as the user wrote it.
  let shown: String
  let tool: Tool
  /// Whether the folder was not there when the run began.
  private let isNew: Bool

  init(shown: String, tool: Tool) {
    self.shown = shown
    self.tool = tool
    isNew = !FileManager.default.fileExists(atPath: Paths.joined(tool.workingDirectory, shown))
  }

  private var root: String { Paths.joined(tool.workingDirectory, shown) }

  /// The path of something in the folder for the system.
  func path(_ name: String) -> String { Paths.joined(root, name) }
  /// The path of something in the folder as the user reads it.
  func shown(_ name: String) -> String { Paths.joined(shown, name) }

  // MARK: Checks before anything is computed

  /// Refuses a folder that cannot be made or written to.
  ///
  /// - Throws: `ToolError.cannotCreate`.
  func checkPlace() throws(ToolError) {
    var path = root
    var isFolder = false
    while !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), path != "/" {
      path = Paths.parent(path)
    }
    guard isFolder else {
      throw .cannotCreate(path: shown, reason: "there is a file of that name")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw .cannotCreate(
        path: shown,
        reason: path == root
          ? "the folder cannot be written to" : "the folder above it cannot be written to")
    }
  }

  /// Refuses a folder that is read, and would be overwritten.
  ///
  /// - Throws: `ToolError.usage`.
  func checkIsNot(_ other: String, option: String) throws(ToolError) {
    guard !leadToOneFile(root, Paths.joined(tool.workingDirectory, other)) else {
      throw .usage(
        "--out is the --\(option) itself, which is read; choose another folder", command: "train")
    }
  }

  /// Refuses a folder that holds a model of another kind, which would be mixed with this one.
  ///
  /// - Throws: `ToolError.cannotCreate`.
  func checkKind(_ names: [String]) throws(ToolError) {
    for name in TrainedFolder.allCases.map(\.mark) where !names.contains(name) {
      if FileManager.default.fileExists(atPath: path(name)) {
        throw .cannotCreate(
          path: shown(name), reason: "a model of another kind is there; choose another folder")
      }
    }
  }

  /// Refuses to begin where results are, or a run that was stopped.
  ///
  /// - Throws: `ToolError.cannotCreate`.
  func check(_ names: [String], mayReplace: Bool) throws(ToolError) {
    guard !mayReplace else { return }
    try OutputFiles(folder: shown, mayReplace: false, tool: tool).check(names)
    let checkpoint = TrainingCheckpoint.path
    if FileManager.default.fileExists(atPath: path(checkpoint)) {
      throw .cannotCreate(
        path: shown(checkpoint),
        reason: "a run that was stopped is there; --resume goes on with it, --force begins anew")
    }
  }

  // MARK: Writing

  /// Keeps a checkpoint in place of an earlier one.
  ///
  /// - Throws: `ToolError.cannotCreate` or `InterchangeError.unwritable`; an earlier one is then untouched.
  func keep(_ checkpoint: TrainingCheckpoint) throws {
    try make(path(TrainingCheckpoint.folderName))
    do {
      try checkpoint.write(to: path(TrainingCheckpoint.path))
    } catch {
      removeIfEmpty()
      throw error
    }
  }

  /// Removes what was kept of a run, if there is anything.
  func removeCheckpoint() {
    try? FileManager.default.removeItem(atPath: path(TrainingCheckpoint.folderName))
  }

  /// Writes the results, each of which takes its name when all are there, and removes the checkpoint.
  ///
  /// - Parameters:
  ///   - names: The names of all files, in the order in which they take them.
  ///   - fill: Writes the files into the folder of the path that it is given.
  /// - Returns: The paths as the user reads them.
  /// - Throws: What `fill` throws, `ToolError.cannotCreate` or `.interrupted`; results that were there are
  ///   then untouched, unless the system refuses one of the names.
  func write(_ names: [String], _ fill: (_ folder: String) throws -> Void) throws -> [String] {
    let files = FileManager.default
    let staging = path(".unfinished-\(getpid())")
    try make(staging)
    defer {
      try? files.removeItem(atPath: staging)
      removeIfEmpty()
    }
    try Interrupts.protecting { mayGoOn in
      try mayGoOn()
      do {
        try fill(staging)
      } catch InterchangeError.unwritable(let file, let reason) {
        throw InterchangeError.unwritable(
          file: file.replacing(staging, with: root), reason: reason)
      }
      try mayGoOn()
      for name in names {
        guard unsafe rename(Paths.joined(staging, name), path(name)) == 0 else {
          throw ToolError.cannotCreate(
            path: shown(name), reason: "it cannot take the place of what is there")
        }
      }
      // The pictures of an earlier run would be taken for those of this one.
      for name in Self.figureNames where !names.contains(name) {
        try? files.removeItem(atPath: path(name))
      }
      removeCheckpoint()
    }
    return names.map(shown)
  }

  private func make(_ path: String) throws(ToolError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      removeIfEmpty()
      throw .cannotCreate(path: shown, reason: "the folder cannot be made")
    }
  }

  /// A folder in which nothing was kept is no trace of a run that failed.
  private func removeIfEmpty() {
    unsafe rmdir(path(TrainingCheckpoint.folderName))
    if isNew { unsafe rmdir(root) }
  }
}
