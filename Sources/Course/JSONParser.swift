/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  public var position: SourcePosition
  public var message: String

  public var description: String { "\(position.line):\(position.column): \(message)" }
}

/// A strict reader of JSON (RFC 8259) that knows lines and columns; a name may stand only once.
public struct JSONParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var position = SourcePosition.start
  private static let greatestDepth = 64

  /// Reads one value.
  ///
  /// - Throws: `JSONError` at the first place that is not JSON.
  public static func parse(_ text: String) throws(JSONError) -> JSONNode {
    var parser = JSONParser(scalars: Array(text.unicodeScalars))
    let node = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.next == nil else { throw parser.error("text after the end of the value") }
    return node
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private func error(_ message: String) -> JSONError {
    JSONError(position: position, message: message)
  }

  private mutating func advance() {
    if scalars[index] == "\n" {
      position = SourcePosition(line: position.line + 1, column: 1)
    } else {
      position.column += 1
    }
    index += 1
  }

  private mutating func skipSpace() {
    while let scalar = next, [" ", "\n", "\r", "\t"].contains(scalar) { advance() }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    advance()
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONNode {
    guard depth < Self.greatestDepth else { throw error("more than 64 levels of nesting") }
    skipSpace()
    let start = position
    switch next {
    case nil: throw error("the text ends where a value should stand")
    case "{": return JSONNode(.object(try members(depth: depth)), position: start)
    case "[": return JSONNode(.array(try elements(depth: depth)), position: start)
    case "\"": return JSONNode(.string(try string()), position: start)
    default: return JSONNode(try word(), position: start)
    }
  }

  private mutating func members(depth: Int) throws(JSONError) -> [JSONNode.Member] {
    advance()
    var members: [JSONNode.Member] = []
    var names = Set<String>()
    skipSpace()
    if take("}") { return members }
    repeat {
      skipSpace()
      let start = position
      guard next == "\"" else { throw error("expected a name in double quotes") }
      let name = try string()
      guard names.insert(name).inserted else {
        throw JSONError(position: start, message: "“\(name)” stands twice")
      }
      skipSpace()
      guard take(":") else { throw error("expected “:” after “\(name)”") }
      members.append(.init(name: name, position: start, value: try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw error("expected “,” or “}”") }
    return members
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSONNode] {
    advance()
    var elements: [JSONNode] = []
    skipSpace()
    if take("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw error("expected “,” or “]”") }
    return elements
  }

  private mutating func string() throws(JSONError) -> String {
    advance()
    var text = ""
    while let scalar = next {
      switch scalar {
      case "\"":
        advance()
        return text
      case "\\":
        advance()
        text.unicodeScalars.append(try escape())
      case "\u{0}"..<"\u{20}": throw error("a string must end on its line")
      default:
        text.unicodeScalars.append(scalar)
        advance()
      }
    }
    throw error("a string has no closing quote")
  }

  private static let plainEscapes: [Unicode.Scalar: Unicode.Scalar] = [
    "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r",
    "t": "\t",
  ]

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let scalar = next else { throw error("a string has no closing quote") }
    if let meaning = Self.plainEscapes[scalar] {
      advance()
      return meaning
    }
    guard scalar == "u" else { throw error("unknown escape “\\\(scalar)”") }
    advance()
    let first = try hexadecimal()
    if let single = Unicode.Scalar(first) { return single }
    // A code outside the first plane is written as two surrogates.
    guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
      throw error("half of a surrogate pair")
    }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let pair = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw error("half of a surrogate pair") }
    return pair
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII else {
        throw error("expected four hexadecimal digits")
      }
      value = value * 16 + UInt32(digit)
      advance()
    }
    return value
  }

  private mutating func word() throws(JSONError) -> JSONNode.Content {
    let start = position
    var word = ""
    while let scalar = next,
      scalar.properties.isAlphabetic || "0123456789+-.".unicodeScalars.contains(scalar)
    {
      word.unicodeScalars.append(scalar)
      advance()
    }
    switch word {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default:
      // A long word is shown by its start.
      let shown = word.unicodeScalars.count > 64 ? "\(word.prefix(60))…" : word
      guard Self.isNumber(word) else {
        throw JSONError(
          position: start,
          message: word.isEmpty ? "expected a value" : "“\(shown)” is not a JSON value")
      }
      guard let number = Double(word), number.isFinite else {
        throw JSONError(position: start, message: "the number “\(shown)” is too large")
      }
      return .number(word)
    }
  }

  /// Whether a word is a number as JSON writes it: no leading zero or plus, digits on both sides of the point.
  private static func isNumber(_ word: String) -> Bool {
    var rest = Substring(word)
    func digits() -> Int {
      let run = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(run.count)
      return run.count
    }
    if rest.first == "-" { rest = rest.dropFirst() }
    let startsWithZero = rest.first == "0"
    let whole = digits()
    guard whole > 0, !startsWithZero || whole == 1 else { return false }
    if rest.first == "." {
      rest = rest.dropFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == "e" || rest.first == "E" {
      rest = rest.dropFirst()
      if rest.first == "+" || rest.first == "-" { rest = rest.dropFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
