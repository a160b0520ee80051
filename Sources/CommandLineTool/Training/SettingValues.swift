internal import Course
internal import FoundationEssentials
internal import Interchange

/// What was said about the settings of a training, and where: in a file, or with options, which count more.
struct SettingValues {
  private struct Entry {
    let value: JSONNode
    /// The file and the line; nothing for an option.
    let place: String?
    /// How the user called it.
    let called: String
  }

  private var entries: [String: Entry] = [:]

  init() {}

  /// Takes the members of a JSON object.
  ///
  /// - Parameters:
  ///   - json: The object.
  ///   - file: The file it comes from, as the user wrote it.
  ///   - known: The names of members that are no settings, and may be there.
  /// - Throws: `ToolError.failure` with the line of the first member that is unknown or of a wrong type.
  init(_ json: JSONNode, file: String, besides known: Set<String> = []) throws(ToolError) {
    guard case .object(let members) = json.content else {
      throw .failure("\(printable(file)): it is not an object of settings between { and }")
    }
    for member in members where !known.contains(member.name) {
      let place = "\(printable(file)):\(member.position.line)"
      let called = "“\(printable(member.name))”"
      let setting = TrainingSetting.named(member.name)
      guard setting != nil || member.name == TrainingSetting.task else {
        let names = [TrainingSetting.task] + TrainingSetting.all.map(\.name) + known.sorted()
        let nearest =
          Spelling.nearest(to: member.name, among: names)
          ?? TrainingSetting.all.first { $0.option.name == member.name }?.name
        throw .failure(
          "\(place): there is no setting \(called)"
            + (nearest.map { "; did you mean “\($0)”?" } ?? ""))
      }
      let isNothing = member.value.content == .null
      if isNothing, member.name != "clip" { continue }
      if let complaint = setting?.complaint(member.value) {
        throw .failure("\(place): \(called) \(complaint)")
      }
      entries[member.name] = Entry(value: member.value, place: place, called: called)
    }
  }

  /// Reads a file of settings.
  ///
  /// - Parameters:
  ///   - path: The path for the system.
  ///   - shown: The path as the user wrote it.
  ///   - known: The names of members that are no settings, and may be there.
  /// - Returns: The settings, and the whole object.
  /// - Throws: `InterchangeError.unreadable`, or `ToolError.failure` with the line of what is wrong.
  static func read(
    _ path: String, shown: String, besides known: Set<String> = []
  ) throws -> (values: SettingValues, json: JSONNode) {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InterchangeError.unreadable(file: shown, .missing)
    }
    guard !isFolder else { throw InterchangeError.unreadable(file: shown, .directory) }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw InterchangeError.unreadable(file: shown, .noPermission)
    }
    guard bytes.count <= 1 << 20, let text = String(bytes: Array(bytes), encoding: .utf8) else {
      throw ToolError.failure("\(printable(shown)): it is not a JSON text of settings")
    }
    let json: JSONNode
    do {
      json = try JSONParser.parse(text)
    } catch {
      throw ToolError.failure("\(printable(shown)):\(error)")
    }
    return (try SettingValues(json, file: shown, besides: known), json)
  }

  /// Takes the options that were given.
  ///
  /// - Throws: `ToolError.usage` for the first one whose value is wrong.
  mutating func take(_ arguments: ParsedArguments) throws(ToolError) {
    for setting in TrainingSetting.all where arguments.has(setting.option.name) {
      try set(
        setting.name, setting.value(arguments.value(setting.option.name) ?? ""),
        command: arguments.command)
    }
  }

  /// Takes what others say, which counts more.
  mutating func take(_ others: SettingValues) {
    entries.merge(others.entries) { $1 }
  }

  /// Gives a setting a value, as an option would.
  ///
  /// - Throws: `ToolError.usage` if the value is wrong.
  mutating func set(
    _ name: String, _ value: JSONNode, command: String = "train"
  ) throws(ToolError) {
    let setting = TrainingSetting.named(name)
    let called = setting.map { "--\($0.option.name)" } ?? "the preset"
    if let complaint = setting?.complaint(value) {
      throw .usage("\(called) \(complaint)", command: command)
    }
    entries[name] = Entry(value: value, place: nil, called: called)
  }

  // MARK: Reading

  /// The names of what was said.
  var names: Set<String> { Set(entries.keys) }

  func has(_ name: String) -> Bool { entries[name] != nil }
  func text(_ name: String) -> String? { entries[name]?.value.text }
  func number(_ name: String) -> Double? { entries[name]?.value.double }
  func list(_ name: String) -> [String]? { entries[name]?.value.elements?.compactMap(\.text) }

  func whole(_ name: String) -> Int? {
    guard case .number(let literal)? = entries[name]?.value.content else { return nil }
    return Int(literal)
  }

  func flag(_ name: String) -> Bool {
    guard case .boolean(let value)? = entries[name]?.value.content else { return false }
    return value
  }

  func choice<Choice: RawRepresentable<String>>(
    _ name: String, _: Choice.Type = Choice.self
  ) -> Choice? {
    text(name).flatMap(Choice.init(rawValue:))
  }

  /// A complaint about a setting that was given, with its place; `problem` goes on after its name.
  func complaint(_ name: String, _ problem: String) -> ToolError {
    let entry = entries[name]
    let sentence = "\(entry?.called ?? name) \(problem)"
    guard let place = entry?.place else { return .usage(sentence, command: "train") }
    return .failure("\(place): \(sentence)")
  }
}
