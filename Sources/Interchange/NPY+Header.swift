extension NPY {
  /// The three values of the dictionary at the start of a `.npy` file.
  struct Header: Equatable {
    let dtype: String
    let isFortranOrder: Bool
    let shape: [Int]

    /// Parses the dictionary and the spaces and line feed that follow it.
    init(parsing text: [UInt8]) throws(Problem) {
      var parser = HeaderParser(bytes: text)
      var dtype: String?
      var isFortranOrder: Bool?
      var shape: [Int]?
      try parser.expect("{")
      while !parser.accept("}") {
        let key = try parser.string()
        try parser.expect(":")
        switch key {
        case "descr":
          guard dtype == nil else { throw .repeatedKey(key) }
          dtype = try parser.dtype()
        case "fortran_order":
          guard isFortranOrder == nil else { throw .repeatedKey(key) }
          isFortranOrder = try parser.truth(key: key)
        case "shape":
          guard shape == nil else { throw .repeatedKey(key) }
          shape = try parser.shape(key: key)
        default:
          throw .unknownKey(key)
        }
        if !parser.accept(",") {
          try parser.expect("}")
          break
        }
      }
      try parser.expectEnd()
      guard let dtype else { throw .missingKey("descr") }
      guard let isFortranOrder else { throw .missingKey("fortran_order") }
      guard let shape else { throw .missingKey("shape") }
      self.dtype = dtype
      self.isFortranOrder = isFortranOrder
      self.shape = shape
    }
  }

  /// Reads the few Python literals that a header may have.
  private struct HeaderParser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func next() -> UInt8? {
      while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0a {
        position += 1
      }
      return position < bytes.count ? bytes[position] : nil
    }

    private func malformed(_ reason: String) -> Problem {
      .malformedHeader(offset: position, reason: reason)
    }

    mutating func accept(_ character: Unicode.Scalar) -> Bool {
      guard next() == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Problem) {
      guard accept(character) else { throw malformed("“\(character)” is expected") }
    }

    mutating func expectEnd() throws(Problem) {
      guard next() == nil else { throw malformed("there is more after the dictionary") }
    }

    mutating func string() throws(Problem) -> String {
      guard let quote = next(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
        throw malformed("a text between quotation marks is expected")
      }
      let start = position + 1
      guard let end = bytes[start...].firstIndex(of: quote) else {
        throw malformed("a text does not end")
      }
      position = end + 1
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    mutating func dtype() throws(Problem) -> String {
      if next() == UInt8(ascii: "[") {
        throw .notWeights(dtype: "structured", what: "records of several fields")
      }
      return try string()
    }

    mutating func truth(key: String) throws(Problem) -> Bool {
      _ = next()
      for (word, value) in [("True", true), ("False", false)]
      where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw .wrongValue(key: key, expected: "True or False")
    }

    mutating func shape(key: String) throws(Problem) -> [Int] {
      let problem = Problem.wrongValue(key: key, expected: "a tuple of whole numbers")
      guard accept("(") else { throw problem }
      var lengths: [Int] = []
      while !accept(")") {
        _ = next()
        let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, let length = Int(String(decoding: digits, as: UTF8.self)) else {
          throw problem
        }
        lengths.append(length)
        position = digits.endIndex
        if !accept(",") {
          // One number between parentheses is a number for Python, not a tuple.
          guard lengths.count > 1, accept(")") else { throw problem }
          break
        }
      }
      return lengths
    }
  }
}
