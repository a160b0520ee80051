internal import Course
internal import Experiments
internal import FoundationEssentials
internal import Interchange

/// Where records are kept: files that came with the lessons, and a cache of what was trained here.
///
/// A record counts only for the base model on which it was made. Nobody's work depends on the cache: what
/// cannot be read there is trained again, and what cannot be written is not kept.
final class RecordStore {
  /// In a folder of lessons.
  static let shippedFolder = "Data/results"
  static let cacheVariable = "LORA_LESSONS_CACHE"

  private let lesson: String?
  private let folders: [String]
  private let cache: String?
  private var files: [String: RecordFile] = [:]
  private var hash: String?

  /// - Parameters:
  ///   - lesson: The lesson whose file is looked into first.
  ///   - folders: The folders of lessons, the nearest first.
  ///   - environment: Says where the cache is.
  init(lesson: String?, folders: [String], environment: [String: String]) {
    self.lesson = lesson
    self.folders = folders
    func absolute(_ name: String) -> String? {
      environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    cache =
      absolute(Self.cacheVariable) ?? absolute("XDG_CACHE_HOME").map { $0 + "/lora-lessons" }
      ?? absolute("HOME").map { $0 + "/.cache/lora-lessons" }
  }

  /// The folder of the base model, where there is one.
  var baseFolder: String? {
    folders.map { Paths.joined($0, "Data/" + LanguageModel.courseBase) }.first {
      FileManager.default.fileExists(atPath: $0 + "/model.safetensors")
    }
  }

  /// The SHA-256 of the base model's weights; empty where there is none.
  var baseHash: String {
    if let hash { return hash }
    let bytes = baseFolder.flatMap {
      FileManager.default.contents(atPath: $0 + "/model.safetensors")
    }
    let found = bytes.map { SHA256.hexadecimal(of: Array($0)) } ?? ""
    hash = found
    return found
  }

  /// The record that came with the lessons.
  ///
  /// - Throws: `ToolError.failure` for a file that came with the lessons and is broken.
  func shipped(_ experiment: any Experiment) throws -> ExperimentRecord? {
    let base = experiment.usesBase ? baseHash : ""
    for path in shippedPaths {
      if let record = try file(path)?.record(of: experiment, base: base) { return record }
    }
    return nil
  }

  /// The record of an earlier training on this machine.
  func cached(_ experiment: any Experiment) -> ExperimentRecord? {
    guard let path = cachePath(experiment),
      let bytes = FileManager.default.contents(atPath: path),
      let file = try? RecordFile(parsing: Array(bytes))
    else { return nil }
    return file.record(of: experiment, base: experiment.usesBase ? baseHash : "")
  }

  /// Keeps a record for later; a failure is silent, since the record is there to be used anyway.
  func keep(_ record: ExperimentRecord, of experiment: any Experiment) {
    guard let path = cachePath(experiment) else { return }
    let file = RecordFile(
      command: "\(Tool.name) run", base: experiment.usesBase ? baseHash : "",
      entries: [.init(key: experiment.key, usesBase: experiment.usesBase, record: record)])
    try? FileManager.default.createDirectory(
      atPath: Paths.parent(path), withIntermediateDirectories: true)
    try? AtomicFile.write(file.text, to: path)
  }

  private func cachePath(_ experiment: any Experiment) -> String? {
    cache.map {
      "\($0)/results/\(SHA256.hexadecimal(of: Array(experiment.key.utf8)).prefix(40)).json"
    }
  }

  /// The lesson's own file first: most records are there.
  private var shippedPaths: [String] {
    folders.flatMap { folder in
      let results = Paths.joined(folder, Self.shippedFolder)
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: results)) ?? [])
        .filter { $0.hasSuffix(".json") }.sorted()
      let own = names.filter { $0 == lesson.map { $0 + ".json" } }
      return (own + names.filter { !own.contains($0) }).map { Paths.joined(results, $0) }
    }
  }

  private func file(_ path: String) throws -> RecordFile? {
    if let file = files[path] { return file }
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    do {
      let file = try RecordFile(parsing: Array(bytes))
      files[path] = file
      return file
    } catch {
      throw ToolError.failure("\(path): \(error)")
    }
  }
}
