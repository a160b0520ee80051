/// A JSON value that remembers where it stood, and the order of an object's members.
public struct JSONNode: Equatable, Sendable {
  public indirect enum Content: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// A number as it is written.
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([Member])
  }

  /// A name and its value.
  public struct Member: Equatable, Sendable {
    public var name: String
    public var position: SourcePosition
    public var value: JSONNode
  }

  public var content: Content
  public var position: SourcePosition

  public init(_ content: Content, position: SourcePosition = .start) {
    self.content = content
    self.position = position
  }

  /// Creates an object from names and values, in that order.
  public static func object(_ members: [(String, JSONNode)]) -> JSONNode {
    JSONNode(
      .object(members.map { Member(name: $0.0, position: .start, value: $0.1) }))
  }

  public static func array(_ elements: [JSONNode]) -> JSONNode { JSONNode(.array(elements)) }
  public static func string(_ text: String) -> JSONNode { JSONNode(.string(text)) }
  public static func integer(_ value: some BinaryInteger) -> JSONNode {
    JSONNode(.number(String(value)))
  }

  /// Creates a number in its shortest form, without decimals where it has none.
  public static func number(_ value: Double) -> JSONNode {
    JSONNode(
      .number(
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"))
  }

  /// The value of a member of an object.
  public subscript(name: String) -> JSONNode? {
    guard case .object(let members) = content else { return nil }
    return members.first { $0.name == name }?.value
  }

  public var text: String? {
    guard case .string(let text) = content else { return nil }
    return text
  }

  public var elements: [JSONNode]? {
    guard case .array(let elements) = content else { return nil }
    return elements
  }

  public var double: Double? {
    guard case .number(let literal) = content else { return nil }
    return Double(literal)
  }

  /// What the value is, in the words of an error message.
  var kind: String {
    switch content {
    case .null: "null"
    case .boolean: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONNode {
  /// The value as text, two spaces a level; arrays of plain values stay on a line.
  public func serialized(indent: String = "") -> String {
    switch content {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .number(let literal): return literal
    case .string(let text): return Self.quoted(text)
    case .array(let elements):
      guard !elements.isEmpty else { return "[]" }
      let isPlain = elements.allSatisfy {
        switch $0.content {
        case .array, .object: false
        case .null, .boolean, .number, .string: true
        }
      }
      if isPlain { return "[" + elements.map { $0.serialized() }.joined(separator: ", ") + "]" }
      return Self.block("[", elements.map { $0.serialized(indent: indent + "  ") }, "]", indent)
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      let lines = members.map {
        Self.quoted($0.name) + ": " + $0.value.serialized(indent: indent + "  ")
      }
      return Self.block("{", lines, "}", indent)
    }
  }

  private static func block(
    _ open: String, _ lines: [String], _ close: String, _ indent: String
  ) -> String {
    open + "\n" + lines.map { indent + "  " + $0 }.joined(separator: ",\n") + "\n" + indent + close
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
