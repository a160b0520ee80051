/// The members of a JSON object by their names; one that is `null` counts as not there.
package struct JSONFields: Sendable {
  let members: [JSONValue.Member]

  /// A member that has another type than it must.
  package struct WrongType: Error {
    package let field: String
    package let expected: String
  }

  /// A text that is not a JSON object.
  package struct NotAnObject: Error {
    /// The byte at which the text is wrong, counted from 0.
    package let offset: Int
    package let reason: String
    /// The name that an object has twice.
    package let duplicate: String?
  }

  init(members: [JSONValue.Member]) { self.members = members }

  /// Reads a whole text, which must be valid UTF-8.
  package init(parsing text: [UInt8]) throws(NotAnObject) {
    do throws(JSONError) {
      guard case .object(let members) = try JSONParser.parse(text) else {
        throw JSONError(offset: 0, reason: "a value between { and } is expected")
      }
      self.members = members
    } catch {
      throw NotAnObject(offset: error.offset, reason: error.reason, duplicate: error.duplicate)
    }
  }

  subscript(field: String) -> JSONValue? {
    let value = members.first { $0.name == field }?.value
    return value == .null ? nil : value
  }

  package func text(_ field: String) throws(WrongType) -> String? {
    guard let value = self[field] else { return nil }
    guard case .string(let text) = value else {
      throw WrongType(field: field, expected: "a text")
    }
    return text
  }

  package func flag(_ field: String) throws(WrongType) -> Bool? {
    guard let value = self[field] else { return nil }
    guard case .bool(let flag) = value else {
      throw WrongType(field: field, expected: "true or false")
    }
    return flag
  }

  package func whole(_ field: String) throws(WrongType) -> Int? {
    guard let value = self[field] else { return nil }
    guard case .number(let text) = value, let number = Int(text) else {
      throw WrongType(field: field, expected: "a whole number")
    }
    return number
  }

  package func number(_ field: String) throws(WrongType) -> Double? {
    guard let value = self[field] else { return nil }
    guard case .number(let text) = value, let number = Double(text) else {
      throw WrongType(field: field, expected: "a number")
    }
    return number
  }

  package func fields(_ field: String) throws(WrongType) -> JSONFields? {
    guard let value = self[field] else { return nil }
    guard case .object(let members) = value else {
      throw WrongType(field: field, expected: "an object")
    }
    return JSONFields(members: members)
  }

  package func texts(_ field: String) throws(WrongType) -> [String]? {
    guard let value = self[field] else { return nil }
    guard case .array(let elements) = value else {
      throw WrongType(field: field, expected: "a list of texts")
    }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else {
        throw WrongType(field: field, expected: "a list of texts")
      }
      texts.append(text)
    }
    return texts
  }

  package func wholes(_ field: String) throws(WrongType) -> [Int]? {
    guard let value = self[field] else { return nil }
    let elements = if case .array(let elements) = value { elements } else { [value] }
    var numbers: [Int] = []
    for element in elements {
      guard case .number(let text) = element, let number = Int(text) else {
        throw WrongType(field: field, expected: "a whole number or a list of them")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The names of the members, in their order.
  package var names: [String] { members.map(\.name) }

  /// Numbers; those that JSON has no digits for are texts such as `inf`.
  package func numbers(_ field: String) throws(WrongType) -> [Double]? {
    guard let value = self[field] else { return nil }
    guard case .array(let elements) = value else {
      throw WrongType(field: field, expected: "a list of numbers")
    }
    var numbers: [Double] = []
    for element in elements {
      switch element {
      case .number(let text), .string(let text):
        guard let number = Double(text) else { fallthrough }
        numbers.append(number)
      default: throw WrongType(field: field, expected: "a list of numbers")
      }
    }
    return numbers
  }

  package func objects(_ field: String) throws(WrongType) -> [JSONFields]? {
    guard let value = self[field] else { return nil }
    guard case .array(let elements) = value else {
      throw WrongType(field: field, expected: "a list of objects")
    }
    var objects: [JSONFields] = []
    for element in elements {
      guard case .object(let members) = element else {
        throw WrongType(field: field, expected: "a list of objects")
      }
      objects.append(JSONFields(members: members))
    }
    return objects
  }
}
