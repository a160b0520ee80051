/// A value of a JSON text; the members of an object keep their order.
enum JSONValue: Equatable, Sendable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  /// The number as it is written: only its reader knows which numbers fit.
  case number(String)
  case bool(Bool)
  case null

  struct Member: Equatable, Sendable {
    let name: String
    let value: JSONValue
  }

  /// An object with these members, in this order.
  static func members(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { Member(name: $0.0, value: $0.1) })
  }
}

/// What is wrong with a JSON text, and where.
struct JSONError: Error, Equatable {
  /// The byte of the text, counted from 0.
  let offset: Int
  let reason: String
  /// The name that an object has twice.
  var duplicate: String?
}

/// A strict parser of RFC 8259 that also refuses a name that an object has twice.
///
/// The bytes must be valid UTF-8.
struct JSONParser {
  /// Deeper nesting is refused, so that a hostile text cannot exhaust the stack.
  static let deepestNesting = 64

  private let bytes: [UInt8]
  private var position = 0

  /// The value of a whole text.
  static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.next == nil else { throw parser.error("there is more after the end of the value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
    guard accept(character) else { throw error("“\(character)” is expected") }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.deepestNesting else { throw error("values are nested too deeply") }
    skipSpace()
    guard let next else { throw error("the text ends too early") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw error("a value is expected")
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    try expect("{")
    var members: [JSONValue.Member] = []
    // Bytes, not characters: names that differ only in their normalization are different names.
    var names: Set<[UInt8]> = []
    skipSpace()
    if accept("}") { return .object([]) }
    repeat {
      skipSpace()
      let start = position
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else {
        throw JSONError(offset: start, reason: "a name appears twice", duplicate: name)
      }
      skipSpace()
      try expect(":")
      members.append(.init(name: name, value: try value(depth: depth + 1)))
      skipSpace()
    } while accept(",")
    try expect("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    try expect("[")
    var elements: [JSONValue] = []
    skipSpace()
    if accept("]") { return .array([]) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while accept(",")
    try expect("]")
    return .array(elements)
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw error("a value is expected") }
    position += text.utf8.count
    return value
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw error("a digit is expected") }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    _ = accept("-")
    // No digit may follow a leading zero.
    if !accept("0") { try digits() }
    if accept(".") { try digits() }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func string() throws(JSONError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        text += Array(String(try escape()).utf8)
      case ..<0x20:
        throw error("a control character stands in a string")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("a string does not end")
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let letter = next
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default:
      position -= 1
      throw error("an escape is not known")
    }
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard (0xd800..<0xdc00).contains(unit), accept("\\"), accept("u") else {
      throw error("half of a surrogate pair stands alone")
    }
    let low = try hexadecimal()
    guard (0xdc00..<0xe000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    else { throw error("half of a surrogate pair stands alone") }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits are expected")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
