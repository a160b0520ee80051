internal import Course
internal import Drawing

/// The list of a lesson's files: what each shows, and how it is made again.
///
/// One list a lesson, beside the folders of its languages; entries of earlier runs stay while their
/// files do. It has a fixed order and no clock, so that the same runs give the same bytes.
struct Manifest {
  /// One file.
  struct Entry {
    /// The path, from the folder of the manifest.
    var path: String
    var node: JSONNode
  }

  static let fileName = "manifest.json"

  var lesson: LessonPlan
  var entries: [Entry]

  /// The text of the file.
  var text: String {
    JSONNode.object([
      ("format", .integer(1)), ("lesson", .string(lesson.id)), ("version", .string(Tool.version)),
      ("seed", .integer(lesson.seed)),
      (
        "parameters",
        .object(lesson.parameters.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
      ),
      ("files", .array(entries.sorted { $0.path < $1.path }.map(\.node))),
    ]).serialized() + "\n"
  }

  /// Takes over the entries of an earlier manifest that are not replaced and whose files are there.
  ///
  /// - Throws: `JSONError` where the text is not JSON, `ToolError.failure` where it lists no files.
  mutating func keepEntries(of text: String, where fileExists: (String) -> Bool) throws {
    let present = Set(entries.map(\.path))
    guard let nodes = try JSONParser.parse(text)["files"]?.elements else {
      throw ToolError.failure("there is no list of files")
    }
    for node in nodes {
      guard let path = node["path"]?.text, !present.contains(path), fileExists(path) else {
        continue
      }
      entries.append(Entry(path: path, node: node))
    }
  }
}

extension Manifest.Entry {
  /// The entry of a file of a run.
  init(
    _ file: DrawnFile, format: FigureFormat, command: String, pages: [StepPage], isDocument: Bool,
    look: FigureLook, seed: UInt64, weights: WeightsChoice?
  ) {
    path = file.path
    var members: [(String, JSONNode)] = [("path", .string(file.path))]
    if isDocument {
      members.append(("steps", .array(pages.map { .string($0.run.id) })))
    } else {
      members.append(("step", .string(pages[0].run.id)))
      members.append(("number", .integer(pages[0].run.number)))
    }
    members += [
      ("language", .string(look.words.language.rawValue)), ("preset", .string(look.preset.name)),
      ("theme", .string(look.theme.name)), ("format", .string(format.rawValue)),
      ("bytes", .integer(file.bytes.count)),
      ("sha256", .string(SHA256.hexadecimal(of: file.bytes))),
      ("width", .number(file.size.width)), ("height", .number(file.size.height)),
    ]
    if format == .png || format == .webp {
      let scale = look.resolution(of: format) / 72
      members += [
        ("pixelWidth", .integer(Int((file.size.width * scale).rounded()))),
        ("pixelHeight", .integer(Int((file.size.height * scale).rounded()))),
      ]
    }
    if format == .webp { members.append(("secondsPerFrame", .number(look.frameTime))) }
    members += [
      ("title", .string(file.title)), ("alternativeText", .string(file.alternativeText)),
    ]
    if !isDocument {
      members += [
        ("caption", .string(pages[0].caption)),
        (
          "settings",
          .object(pages[0].run.settings.map { ($0.name, .number($0.value)) })
        ),
      ]
    }
    members.append(("seed", .integer(seed)))
    if let weights {
      members.append(("weights", .string(weights.path)))
      if let tensor = weights.tensor { members.append(("tensor", .string(tensor))) }
      if let slice = weights.slice { members.append(("slice", .string(slice))) }
    }
    members.append(("command", .string(command)))
    node = .object(members)
  }
}
