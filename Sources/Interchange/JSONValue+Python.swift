extension JSONValue {
  /// The text that Python's `json.dumps(value, indent=2, sort_keys=True)` gives, without a line break
  /// at the end.
  ///
  /// All characters but the printable ones of ASCII are escaped; numbers stand as they are.
  func pythonText(indent: String = "") -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let text): return text
    case .string(let text): return Self.pythonString(text)
    case .array([]): return "[]"
    case .object([]): return "{}"
    case .array(let elements):
      let lines = elements.map { inner + $0.pythonText(indent: inner) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
    case .object(let members):
      // Python compares code points, whose order is that of their bytes in UTF-8.
      let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      let lines = sorted.map {
        "\(inner)\(Self.pythonString($0.name)): \($0.value.pythonText(indent: inner))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
    }
  }

  private static func pythonString(_ text: String) -> String {
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: result += "\\\""
      case 0x5c: result += "\\\\"
      case 0x0a: result += "\\n"
      case 0x0d: result += "\\r"
      case 0x09: result += "\\t"
      case 0x0c: result += "\\f"
      case 0x08: result += "\\b"
      case 0x20...0x7e: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result + "\""
  }

  /// A whole number.
  static func whole(_ value: Int) -> JSONValue { .number(String(value)) }

  /// A finite number as Python prints a float.
  static func float(_ value: Double) -> JSONValue { .number("\(value)") }
}

/// A text as JSON writes it, in ASCII and with its quotes.
package func jsonQuoted(_ text: String) -> String { JSONValue.string(text).pythonText() }
