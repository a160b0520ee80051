public import Demonstrations
public import Drawing
public import Experiments

/// The files of a new lesson: one demonstration, with a part of every kind that a lesson can have.
///
/// It runs as it is, and its texts say what to put in their place. All numbers are placeholders, so
/// it is right for any demonstration.
public struct LessonTemplate {
  public var id: String
  public var demonstration: any Demonstration
  /// The languages to write; Spanish is the source of the others.
  public var languages: [Language]
  /// Gives what trainings measured.
  private let records: RecordsProvider

  public init(
    id: String, demonstration: any Demonstration, languages: [Language] = Language.allCases,
    records: @escaping RecordsProvider = { _ in [:] }
  ) {
    self.id = id
    self.demonstration = demonstration
    self.languages = languages
    self.records = records
  }

  /// A file of the lesson.
  public struct File: Equatable, Sendable {
    public var name: String
    public var text: String
  }

  static let firstStep = "first-step"
  static let secondStep = "other-setting"

  /// The files, the plan first.
  ///
  /// - Throws: what the demonstration throws where it can show no example.
  public func files() throws -> [File] {
    let example = try demonstration.example(records: records)
    let sequel = sequel(to: example)
    var files = [File(name: "lesson.json", text: plan(example, sequel))]
    if let weights = example.weightsText {
      files.append(File(name: "weights.csv", text: weights))
    }
    if let change = example.changeText {
      files.append(File(name: "change.csv", text: change))
    }
    let texts = Language.allCases.map { language in
      LessonTemplateText(
        words: Words(language), demonstration: demonstration.id, observation: example.observation,
        sequel: sequel
      ).text
    }
    let source = LessonTextParser.parse(texts[0], file: "es.md", language: .spanish).text
    for (language, text) in zip(Language.allCases, texts) where languages.contains(language) {
      var marked = text
      if language != .spanish, languages.contains(.spanish) {
        marked = TranslationMarks.bringUpToDate(text, with: source).text
      }
      files.append(File(name: "\(language.rawValue).md", text: marked))
    }
    return files
  }

  /// A second step: the same demonstration with another value of one parameter.
  struct Sequel {
    var parameter: String
    var value: Double
    /// The name of a number that comes out differently.
    var result: String
  }

  /// Looks for a parameter whose other value changes a number.
  private func sequel(to example: DemonstrationExample) -> Sequel? {
    for parameter in demonstration.parameters {
      let value = parameter.defaultValue
      for other in [value + 1, value * 2, (value / 2).rounded(), value - 1]
      where other != value && parameter.range.contains(other) {
        var input = example.input
        input.settings[parameter.name] = other
        guard let values = try? demonstration.observe(input).values else { continue }
        let result = LessonTemplateText.numbers(in: values).first { name in
          name != parameter.name && example.observation.values[name]?.numeric != nil
            && example.observation.values[name] != values[name]
        }
        if let result { return Sequel(parameter: parameter.name, value: other, result: result) }
      }
    }
    return nil
  }

  private func plan(_ example: DemonstrationExample, _ sequel: Sequel?) -> String {
    func step(_ id: String, _ settings: [(String, JSONNode)]) -> JSONNode {
      var members: [(String, JSONNode)] = [
        ("id", .string(id)), ("demonstration", .string(demonstration.id)),
      ]
      if !settings.isEmpty { members.append(("settings", .object(settings))) }
      if example.weightsText != nil {
        let change =
          example.changeText == nil ? [] : [("change", JSONNode.string("change.csv"))]
        members.append(("data", .object([("file", .string("weights.csv"))] + change)))
        // A reader's own weights would not go with the change of these.
        if change.isEmpty { members.append(("acceptsWeights", JSONNode(.boolean(true)))) }
      }
      return .object(members)
    }
    var steps = [
      step(
        Self.firstStep,
        demonstration.parameters.map { ($0.name, JSONNode.number($0.defaultValue)) })
    ]
    if let sequel {
      steps.append(step(Self.secondStep, [(sequel.parameter, .number(sequel.value))]))
    }
    return JSONNode.object([
      ("format", .integer(1)), ("id", .string(id)), ("order", .integer(1)),
      ("minutes", .integer(10)), ("prerequisites", .array([])), ("seed", .integer(7)),
      ("steps", .array(steps)),
    ]).serialized() + "\n"
  }
}
