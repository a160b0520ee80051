internal import Course
internal import FoundationEssentials
internal import Interchange

#if canImport(Glibc)
  internal import Glibc
#endif

/// A folder that a command fills: everything that belongs into it is there, or it is as it was.
///
/// Files are made in a folder beside it, which takes its name, or whose files take theirs in a folder
/// that is there already.
struct StagedFolder {
  /// The path as the user wrote it.
  let shown: String
  /// Whether files that are there may be replaced.
  let mayReplace: Bool
  let tool: Tool

  /// What tells one kind of folder from another; kinds are never mixed.
  private static let marks = [
    "config.json", "adapter_config.json", "perceptron.json", "recipe.json", "training.json",
    KnownRankRun.descriptionName, SweepPlan.fileName,
  ]

  private var place: String {
    var place = Paths.joined(tool.workingDirectory, shown)
    while place.count > 1, place.hasSuffix("/") { place.removeLast() }
    return place
  }

  /// Refuses a folder that cannot be filled, before anything is computed.
  ///
  /// - Parameters:
  ///   - inputs: The paths of what is read, as the user wrote them.
  ///   - mark: The file that tells the kind of the new folder.
  ///   - command: The name of the command, for a complaint.
  /// - Throws: `ToolError.cannotCreate` or `.usage`.
  func check(inputs: [String], mark: String, command: String) throws(ToolError) {
    for input in inputs
    where leadToOneFile(place, Paths.joined(tool.workingDirectory, input)) {
      throw .usage(
        "--out is \(printable(input)) itself, which is read; choose another name",
        command: command)
    }
    var isFolder = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
      return try checkParent()
    }
    guard isFolder else {
      throw .cannotCreate(path: shown, reason: "there is a file of that name")
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    for name in Self.marks where name != mark && names.contains(name) {
      throw .cannotCreate(
        path: Paths.joined(shown, name),
        reason: "a folder of another kind is there; choose another one")
    }
    guard names.isEmpty || mayReplace else {
      throw .cannotCreate(path: shown, reason: "it is there already; --force replaces its files")
    }
    guard FileManager.default.isWritableFile(atPath: place) else {
      throw .cannotCreate(path: shown, reason: "the folder cannot be written to")
    }
  }

  private func checkParent() throws(ToolError) {
    var path = place
    var isFolder = false
    while !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), path != "/" {
      path = Paths.parent(path)
    }
    guard isFolder, FileManager.default.isWritableFile(atPath: path) else {
      throw .cannotCreate(
        path: shown,
        reason: isFolder
          ? "the folder above it cannot be written to" : "there is a file of that name")
    }
  }

  /// Fills the folder.
  ///
  /// - Parameter fill: Writes files into the folder of the path that it is given.
  /// - Returns: The paths of all files as the user reads them, in order.
  /// - Throws: What `fill` throws, `ToolError.cannotCreate` or `.interrupted`; nothing has changed then.
  func write(_ fill: (_ folder: String) throws -> Void) throws -> [String] {
    let files = FileManager.default
    let staging = Paths.joined(
      Paths.parent(place), ".unfinished-\(getpid())-\(Paths.name(place))")
    do {
      try files.createDirectory(atPath: staging, withIntermediateDirectories: true)
    } catch {
      throw ToolError.cannotCreate(path: shown, reason: "the folder cannot be made")
    }
    defer { try? files.removeItem(atPath: staging) }
    var names: [String] = []
    try Interrupts.protecting { mayGoOn in
      try fill(staging)
      try mayGoOn()
      names = try Self.names(in: staging)
      // An empty folder of that name is taken over.
      if unsafe rename(staging, place) != 0 { try move(names, from: staging) }
    }
    return names.map { Paths.joined(shown, $0) }
  }

  private func move(_ names: [String], from staging: String) throws {
    for name in names {
      let target = Paths.joined(place, name)
      do {
        try FileManager.default.createDirectory(
          atPath: Paths.parent(target), withIntermediateDirectories: true)
      } catch {
        throw ToolError.cannotCreate(
          path: Paths.joined(shown, Paths.parent(name)), reason: "the folder cannot be made")
      }
      guard unsafe rename(Paths.joined(staging, name), target) == 0 else {
        throw ToolError.cannotCreate(
          path: Paths.joined(shown, name), reason: "it cannot take the place of what is there")
      }
    }
  }

  /// The paths of all files below a folder, in order.
  private static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { name in
      let path = Paths.joined(folder, name)
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      return isFolder ? try names(in: path).map { Paths.joined(name, $0) } : [name]
    }
  }
}
