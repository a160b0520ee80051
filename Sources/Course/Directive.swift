/// The blocks that a lesson marks with colons, such as `:::hint`.
enum Directive: String, CaseIterable {
  /// A question to answer before the step is shown.
  case predict
  /// A question with options, asked after it.
  case choice
  case hint
  /// For the teacher; learners do not see it.
  case notes
  /// Prose for a case that a flag of the observation decides.
  case when, unless
  /// What the article left out.
  case simplified
  case sources

  /// The attributes that may stand on the opening line.
  var attributes: [String] {
    switch self {
    case .predict: ["kind", "answer", "tolerance"]
    case .when, .unless: ["flag"]
    case .choice, .hint, .notes, .simplified, .sources: []
    }
  }

  /// Whether other directives may stand inside.
  var isContainer: Bool { self == .when || self == .unless }
}

/// A `key=value` pair with its column.
struct Attribute: Equatable {
  var key: String
  var value: String
  var column: Int
}

extension Attribute {
  /// Reads `key=value key="two words"`; a part without `=` has an empty value.
  ///
  /// The column is that of the text's first character.
  static func list(_ text: Substring, column: Int) -> [Attribute] {
    var attributes: [Attribute] = []
    var rest = text
    var place = column
    func take(while condition: (Character) -> Bool) -> Substring {
      let run = rest.prefix(while: condition)
      rest = rest.dropFirst(run.count)
      place += run.count
      return run
    }
    while true {
      _ = take { $0 == " " || $0 == "\t" }
      guard !rest.isEmpty else { return attributes }
      let start = place
      let key = take { $0 != "=" && $0 != " " && $0 != "\t" }
      var value: Substring = ""
      if rest.first == "=" {
        rest = rest.dropFirst()
        place += 1
        if rest.first == "\"" {
          rest = rest.dropFirst()
          value = take { $0 != "\"" }
          rest = rest.dropFirst()
          place += 2
        } else {
          value = take { $0 != " " && $0 != "\t" }
        }
      }
      attributes.append(Attribute(key: String(key), value: String(value), column: start))
    }
  }
}

/// The opening or closing line of a directive.
enum Fence: Equatable {
  case open(name: String, nameColumn: Int, attributes: [Attribute])
  case close

  /// Reads a line, if it is one: at most three spaces, three or more colons, a name, attributes in braces.
  init?(_ line: String) {
    let indent = line.prefix { $0 == " " }.count
    let colons = line.dropFirst(indent).prefix { $0 == ":" }.count
    guard indent <= 3, colons >= 3 else { return nil }
    var rest = line.dropFirst(indent + colons)
    var column = indent + colons + 1
    func skipSpace() {
      let space = rest.prefix { $0 == " " || $0 == "\t" }.count
      rest = rest.dropFirst(space)
      column += space
    }
    skipSpace()
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    guard !rest.isEmpty else {
      self = .close
      return
    }
    let name = rest.prefix { $0 != " " && $0 != "{" && $0 != "\t" }
    let nameColumn = column
    rest = rest.dropFirst(name.count)
    column += name.count
    skipSpace()
    var attributes: [Attribute] = []
    if rest.first == "{", rest.last == "}" {
      attributes = Attribute.list(rest.dropFirst().dropLast(), column: column + 1)
    } else if !rest.isEmpty {
      attributes = [Attribute(key: String(rest), value: "", column: column)]
    }
    self = .open(name: String(name), nameColumn: nameColumn, attributes: attributes)
  }
}
