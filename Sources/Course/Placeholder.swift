/// The places in prose, written `{{name}}` or `{{step-id.name}}`, where a value stands.
public enum Placeholder {
  /// A text with every placeholder replaced; what has no closing braces stays as it is.
  public static func fill(_ text: String, _ value: (String) throws -> String) rethrows -> String {
    guard text.contains("{{") else { return text }
    var result = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      result += rest[..<open.lowerBound]
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        return result + rest[open.lowerBound...]
      }
      result += try value(trimmed(String(rest[open.upperBound..<close.lowerBound])))
      rest = rest[close.upperBound...]
    }
    return result + rest
  }

  /// The name without spaces around it.
  static func trimmed(_ name: String) -> String {
    var name = name[...]
    while name.first == " " { name.removeFirst() }
    while name.last == " " { name.removeLast() }
    return String(name)
  }

  /// The step and the value that a name means; `nil` for the step that it stands in.
  static func parts(_ name: String) -> (step: String?, value: String) {
    guard let dot = name.firstIndex(of: ".") else { return (nil, name) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }
}

extension Collection where Element: Equatable, SubSequence: Collection {
  /// The first place where a short sequence stands.
  fileprivate func firstRange(of pattern: some Collection<Element>) -> Range<Index>? {
    var start = startIndex
    while start != endIndex {
      let candidate = self[start...].prefix(pattern.count)
      if candidate.count == pattern.count, candidate.elementsEqual(pattern) {
        return start..<candidate.endIndex
      }
      start = index(after: start)
    }
    return nil
  }
}
