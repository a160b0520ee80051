internal import CairoRendering
internal import Course
internal import FoundationEssentials
internal import Interchange

/// Makes the files of a manifest again, and reports every difference.
struct VerifyCommand: Command {
  static let configuration = CommandConfiguration(
    name: "verify", summary: "make the figures of a manifest again and report differences",
    arguments: [.init(name: "manifest", summary: "a manifest.json that run or kit wrote")],
    options: [
      .init("retrain", nil, "train again what the figures show, and compare the results"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: [
      "\(Tool.name) verify Output/quantization/manifest.json",
      "\(Tool.name) verify Output/overfitting/manifest.json --retrain",
    ])

  let manifest: String
  let retrains: Bool
  let lessonsFolder: String?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    manifest = arguments.argument(0) ?? ""
    retrains = arguments.has("retrain")
    lessonsFolder = arguments.value("lessons")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let path = Paths.joined(tool.workingDirectory, manifest)
    let text = try ManifestFile.read(path)
    let folder = Paths.parent(path)
    var drawn: [String: [DrawnFile]] = [:]
    var records: [String: TrainedRecords] = [:]
    var differences = 0
    func report(_ file: String, _ difference: String) {
      differences += 1
      tool.print("\(file): \(difference)")
    }
    for entry in text.entries {
      // A path that leads elsewhere is not one that the tool wrote.
      guard Paths.normalized(entry.path) == entry.path, !entry.path.hasPrefix("../"),
        !entry.path.hasPrefix("/")
      else {
        throw ToolError.failure("\(manifest): “\(entry.path)” leads out of the manifest's folder")
      }
      if let bytes = FileManager.default.contents(atPath: Paths.joined(folder, entry.path)) {
        if SHA256.hexadecimal(of: Array(bytes)) != entry.hash {
          report(entry.path, "the file was changed")
        }
      } else {
        report(entry.path, "the file is missing")
      }
      let files: [DrawnFile]
      if let known = drawn[entry.command] {
        files = known
      } else {
        files = try made(entry.command, &records, tool)
        drawn[entry.command] = files
      }
      guard let file = files.first(where: { $0.path == entry.path }) else {
        report(entry.path, "its command makes no such file: \(entry.command)")
        continue
      }
      if SHA256.hexadecimal(of: file.bytes) != entry.hash {
        report(entry.path, "is made differently by this version (\(Tool.version))")
      }
    }
    let comparisons = records.values.map(\.comparison)
    for key in comparisons.flatMap(\.different).sorted() {
      report(key, "training gives other numbers than the kept result")
    }
    let compared = comparisons.reduce(0) { $0 + $1.compared }
    if retrains { tool.say("\(compared) \(compared == 1 ? "result" : "results") trained again") }
    let count = text.entries.count
    tool.say(
      "\(count) \(count == 1 ? "file" : "files") made again, \(differences) \(differences == 1 ? "difference" : "differences")"
    )
    return differences == 0 ? .success : .findings
  }

  /// The files that a command makes, in memory.
  private func made(
    _ command: String, _ records: inout [String: TrainedRecords], _ tool: Tool
  ) throws -> [DrawnFile] {
    var words = try CommandText.words(of: command)
    // The date of a file is that of its command, not one that happens to be set now.
    var tool = tool
    tool.environment[FigureMetadata.timestampVariable] = nil
    let assignment = FigureMetadata.timestampVariable + "="
    if let first = words.first, first.hasPrefix(assignment) {
      tool.environment[FigureMetadata.timestampVariable] = String(
        first.dropFirst(assignment.count))
      words.removeFirst()
    }
    guard words.prefix(2) == [Tool.name, "run"] else {
      throw ToolError.failure("\(manifest): “\(command)” is not a command that makes figures")
    }
    words.removeFirst(2)
    let options = try RunOptions(ParsedArguments(words, RunCommand.configuration))
    guard let id = options.lesson else {
      throw ToolError.failure("\(manifest): “\(command)” names no lesson")
    }
    // The files name their command: it stays as it was, wherever the lessons are now.
    let lesson = try tool.catalogue(lessonsFolder ?? options.lessonsFolder).lesson(id)
    let shared =
      records[id]
      ?? TrainedRecords(
        lesson: lesson, retrains: retrains, words: options.words(tool), tool)
    records[id] = shared
    let run = try LessonRun(
      lesson: lesson, options: options, weights: try options.readWeights(tool), records: shared,
      tool)
    return try run.draw().files
  }
}

/// What a manifest says of its files.
struct ManifestFile {
  struct Entry {
    var path: String
    var hash: String
    var command: String
  }

  var entries: [Entry]

  /// Reads a manifest.
  ///
  /// - Throws: `InterchangeError` where there is no file, `ToolError.failure` where it is no manifest.
  static func read(_ path: String) throws -> ManifestFile {
    let file = try MemoryMappedFile(path: path)
    guard file.count < 64 << 20 else { throw ToolError.failure("\(path): is too large") }
    let text = unsafe file.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
    do {
      let root = try JSONParser.parse(text)
      guard root["format"]?.double == 1, let files = root["files"]?.elements else {
        throw ToolError.failure("\(path): is not a manifest of format 1")
      }
      return ManifestFile(
        entries: try files.map { node in
          guard let name = node["path"]?.text, let hash = node["sha256"]?.text,
            let command = node["command"]?.text
          else {
            throw ToolError.failure(
              "\(path):\(node.position.line): the entry needs path, sha256 and command")
          }
          return Entry(path: name, hash: hash, command: command)
        })
    } catch let error as JSONError {
      throw ToolError.failure("\(path):\(error)")
    }
  }
}
