/// The members of a JSON object by their names; one that is `null` counts as not there.
struct JSONFields {
  let members: [JSONValue.Member]

  /// A member that has another type than it must.
  struct WrongType: Error {
    let field: String
    let expected: String
  }

  subscript(field: String) -> JSONValue? {
    let value = members.first { $0.name == field }?.value
    return value == .null ? nil : value
  }

  func text(_ field: String) throws(WrongType) -> String? {
    guard let value = self[field] else { return nil }
    guard case .string(let text) = value else {
      throw WrongType(field: field, expected: "a text")
    }
    return text
  }

  func flag(_ field: String) throws(WrongType) -> Bool? {
    guard let value = self[field] else { return nil }
    guard case .bool(let flag) = value else {
      throw WrongType(field: field, expected: "true or false")
    }
    return flag
  }

  func whole(_ field: String) throws(WrongType) -> Int? {
    guard let value = self[field] else { return nil }
    guard case .number(let text) = value, let number = Int(text) else {
      throw WrongType(field: field, expected: "a whole number")
    }
    return number
  }

  func number(_ field: String) throws(WrongType) -> Double? {
    guard let value = self[field] else { return nil }
    guard case .number(let text) = value, let number = Double(text) else {
      throw WrongType(field: field, expected: "a number")
    }
    return number
  }

  func fields(_ field: String) throws(WrongType) -> JSONFields? {
    guard let value = self[field] else { return nil }
    guard case .object(let members) = value else {
      throw WrongType(field: field, expected: "an object")
    }
    return JSONFields(members: members)
  }

  func texts(_ field: String) throws(WrongType) -> [String]? {
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

  func wholes(_ field: String) throws(WrongType) -> [Int]? {
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
}
