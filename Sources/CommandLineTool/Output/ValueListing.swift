internal import Course
internal import Demonstrations
internal import Drawing

/// What an author can name: the parameters of a demonstration, and the values it gives to the prose.
struct ValueListing {
  /// The demonstration, or the step and its demonstration.
  var heading: String
  var demonstration: any Demonstration
  /// The values of the parameters in force, by name.
  var settings: [String: Double]
  var observation: Observation
  /// The shape of the example that was computed on, where nobody chose the weights.
  var exampleShape: (rows: Int, columns: Int)?
  var words: Words

  private var flags: [String] {
    observation.values.filter {
      if case .flag = $0.value { true } else { false }
    }.keys.sorted()
  }
  private var written: [String] {
    observation.values.keys.filter { !flags.contains($0) }.sorted()
  }

  /// The listing as text.
  var text: String {
    var lines = ["\(heading): \(observation.picture.title(words))"]
    if let (rows, columns) = exampleShape {
      lines.append(
        words.say(
          es:
            "  necesita pesos (\"data\"); aquí, un ejemplo de \(rows)×\(columns) números normales",
          en: "  needs weights (\"data\"); here, an example of \(rows)×\(columns) normal numbers"))
    }
    add(
      words.say(
        es: "parámetros, para \"settings\" en lesson.json",
        en: "parameters, for \"settings\" in lesson.json"),
      demonstration.parameters.map { parameter in
        (
          "\(parameter.name) = \(plain(settings[parameter.name] ?? parameter.defaultValue))",
          "\(parameter.summary(words)); " + range(of: parameter)
        )
      }, to: &lines)
    add(
      words.say(es: "valores, para {{nombre}} en el texto", en: "values, for {{name}} in the text"),
      rows(written), to: &lines)
    add(
      words.say(
        es: "condiciones, para :::when {flag=nombre}", en: "flags, for :::when {flag=name}"),
      rows(flags), to: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private func rows(_ names: [String]) -> [(String, String)] {
    names.map { ($0, observation.values[$0]?.formatted(words) ?? "") }
  }

  private func add(_ heading: String, _ rows: [(String, String)], to lines: inout [String]) {
    guard !rows.isEmpty else { return }
    lines.append("  \(heading)")
    let width = rows.map(\.0.count).max() ?? 0
    for (name, meaning) in rows {
      lines.append(
        "    \(name)\(String(repeating: " ", count: width - name.count))  "
          + meaning.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
  }

  private func range(of parameter: Parameter) -> String {
    let (least, greatest) = (plain(parameter.range.lowerBound), plain(parameter.range.upperBound))
    return parameter.isWhole
      ? words.say(
        es: "un número entero de \(least) a \(greatest)",
        en: "a whole number from \(least) to \(greatest)")
      : words.say(
        es: "un número de \(least) a \(greatest)", en: "a number from \(least) to \(greatest)")
  }

  /// A number as lesson files have it, which is not as a language writes it.
  private func plain(_ value: Double) -> String { JSONNode.number(value).serialized() }

  /// The listing for programs.
  var json: JSONNode {
    .object([
      ("demonstration", .string(demonstration.id)),
      ("title", .string(observation.picture.title(words))),
      (
        "parameters",
        .array(
          demonstration.parameters.map { parameter in
            .object([
              ("name", .string(parameter.name)), ("summary", .string(parameter.summary(words))),
              ("value", .number(settings[parameter.name] ?? parameter.defaultValue)),
              ("default", .number(parameter.defaultValue)),
              ("minimum", .number(parameter.range.lowerBound)),
              ("maximum", .number(parameter.range.upperBound)),
              ("isWhole", JSONNode(.boolean(parameter.isWhole))),
            ])
          })
      ), ("isExample", JSONNode(.boolean(exampleShape != nil))),
      (
        "values",
        .object((written + flags).sorted().map { ($0, json(of: observation.values[$0])) })
      ),
    ])
  }

  private func json(of value: Value?) -> JSONNode {
    guard let value else { return JSONNode(.null) }
    if case .flag(let isSet) = value {
      return .object([("kind", .string("flag")), ("flag", JSONNode(.boolean(isSet)))])
    }
    let text = ("text", JSONNode.string(value.formatted(words)))
    guard let number = value.numeric else { return .object([("kind", .string("text")), text]) }
    let members = [("kind", JSONNode.string("number")), text]
    return .object(number.isFinite ? members + [("number", .number(number))] : members)
  }
}
