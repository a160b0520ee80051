internal import Course
internal import Demonstrations
internal import Drawing

/// Lists the figures that `figure` can make.
struct FiguresCommand: Command {
  static let configuration = CommandConfiguration(
    name: "figures", summary: "list the figures that can be made, with what can be set in each",
    arguments: [
      .init(
        name: "word", summary: "only those whose name, title or lesson has it", isRequired: false)
    ],
    options: [
      .init("lang", "es|en", "the language of the titles"), .init("json", nil, "print JSON"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: ["\(Tool.name) figures", "\(Tool.name) figures low-rank --lang en"])

  let word: String?
  let language: Language?
  let isJSON: Bool
  let lessonsFolder: String?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    word = arguments.argument(0)?.lowercased()
    language = try arguments.language()
    isJSON = arguments.has("json")
    lessonsFolder = arguments.value("lessons")
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    let entries = try FigureGallery(tool, lessonsFolder: lessonsFolder).entries().filter { entry in
      guard let word else { return true }
      let texts = [entry.demonstration.id, title(entry, words)] + entry.places.map(\.name)
      return texts.contains { $0.lowercased().contains(word) }
    }
    if isJSON {
      tool.print(JSONNode.array(entries.map { json($0, words) }).serialized())
    } else {
      for (index, entry) in entries.enumerated() {
        if index > 0 { tool.print("") }
        for line in lines(entry, words) { tool.print(line) }
      }
    }
    if entries.isEmpty {
      tool.say(
        words.say(
          es: "ninguna figura tiene “\(word ?? "")”", en: "no figure has “\(word ?? "")”"))
    }
    return .success
  }

  /// The title of the first step that shows a figure, without the numbers that it may hold.
  private func title(_ entry: FigureGallery.Entry, _ words: Words) -> String {
    guard let place = entry.places.first,
      let (text, _) = place.lesson.step(place.step.id, in: words.language)
    else { return "" }
    return Placeholder.fill(text.title) { _ in "…" }
  }

  private func lines(_ entry: FigureGallery.Entry, _ words: Words) -> [String] {
    let demonstration = entry.demonstration
    let title = title(entry, words)
    var lines = [demonstration.id + (title.isEmpty ? "" : ": \(title)")]
    let rows = demonstration.parameters.map { parameter in
      let whole = parameter.isWhole ? "" : words.say(es: ", con decimales", en: ", with decimals")
      return (
        "--set \(parameter.name)=\(Self.number(parameter.defaultValue))",
        "\(parameter.summary(words)) (\(Self.number(parameter.range.lowerBound))…"
          + "\(Self.number(parameter.range.upperBound))\(whole))"
      )
    }
    lines += CommandConfiguration.columns(rows).split(separator: "\n").map(String.init)
    if entry.takesWeights {
      lines.append("  " + words.say(es: "admite --weights", en: "takes --weights"))
    }
    for place in entry.places {
      let settings = place.step.settings.sorted { $0.key < $1.key }
        .map { ", \($0.key)=\(Self.number($0.value))" }.joined()
      lines.append("  " + words.say(es: "en ", en: "in ") + place.name + settings)
    }
    return lines
  }

  private func json(_ entry: FigureGallery.Entry, _ words: Words) -> JSONNode {
    .object([
      ("id", .string(entry.demonstration.id)), ("title", .string(title(entry, words))),
      (
        "parameters",
        .array(
          entry.demonstration.parameters.map { parameter in
            .object([
              ("name", .string(parameter.name)), ("summary", .string(parameter.summary(words))),
              ("default", .number(parameter.defaultValue)),
              ("minimum", .number(parameter.range.lowerBound)),
              ("maximum", .number(parameter.range.upperBound)),
              ("whole", JSONNode(.boolean(parameter.isWhole))),
            ])
          })
      ), ("takesWeights", JSONNode(.boolean(entry.takesWeights))),
      (
        "steps",
        .array(
          entry.places.map { place in
            .object([
              ("name", .string(place.name)), ("lesson", .string(place.lesson.plan.id)),
              ("step", .string(place.step.id)),
              (
                "settings",
                .object(
                  place.step.settings.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }
                )
              ),
            ])
          })
      ),
    ])
  }

  /// A number as it can be typed.
  private static func number(_ value: Double) -> String {
    JSONNode.number(value).serialized()
  }
}
