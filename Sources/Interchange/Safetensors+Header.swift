extension Safetensors {
  /// The checked contents of a header.
  struct Header {
    private(set) var metadata: [(key: String, value: String)] = []
    private(set) var tensors: [Tensor] = []

    /// Reads and checks the header of a file.
    init(of file: MemoryMappedFile) throws(Problem) {
      guard file.count >= 8 else { throw .noHeaderLength(fileSize: file.count) }
      let declared = unsafe file.withBytes {
        UInt64(littleEndian: unsafe $0.loadUnaligned(as: UInt64.self))
      }
      guard declared <= UInt64(Safetensors.longestHeader) else {
        throw .headerTooLong(length: declared)
      }
      let length = Int(declared)
      guard length <= file.count - 8 else {
        throw .headerBeyondEnd(length: length, fileSize: file.count)
      }
      let text = file.copy(8..<8 + length)
      if let offset = firstInvalidUTF8(in: text) { throw .notUTF8(offset: offset) }
      let members = try Self.members(of: text)

      var placed: [(name: String, dtype: DType, shape: [Int], offsets: Range<Int>)] = []
      for member in members {
        if member.name == "__metadata__" {
          metadata = try Self.texts(of: member.value)
        } else {
          placed.append(try Self.entry(member))
        }
      }
      // Empty tensors may share their place, so that equal beginnings are ordered by their ends.
      placed.sort {
        ($0.offsets.lowerBound, $0.offsets.upperBound)
          < ($1.offsets.lowerBound, $1.offsets.upperBound)
      }
      var end = 0
      var previous = ""
      let dataStart = 8 + length
      for (name, dtype, shape, offsets) in placed {
        guard offsets.lowerBound >= end else {
          throw .overlap(tensor: name, begin: offsets.lowerBound, previous: previous, end: end)
        }
        guard offsets.lowerBound == end else {
          throw .hole(tensor: name, begin: offsets.lowerBound, expected: end)
        }
        try Self.checkSize(name: name, dtype: dtype, shape: shape, found: offsets.count)
        end = offsets.upperBound
        previous = name
        guard end <= file.count - dataStart else {
          throw .dataTooShort(tensor: name, end: end, found: file.count - dataStart)
        }
        let range = dataStart + offsets.lowerBound..<dataStart + end
        tensors.append(Tensor(name: name, dtype: dtype, shape: shape, byteRange: range))
      }
      guard end == file.count - dataStart else {
        throw .bytesLeftOver(count: file.count - dataStart - end)
      }
    }

    private static func members(of text: [UInt8]) throws(Problem) -> [JSONValue.Member] {
      do {
        guard case .object(let members) = try JSONParser.parse(text) else {
          throw Problem.notAnObject
        }
        return members
      } catch let error as JSONError {
        if let name = error.duplicate { throw .duplicateName(name) }
        throw .notJSON(offset: error.offset, reason: error.reason)
      } catch {
        throw .notAnObject
      }
    }

    private static func texts(
      of value: JSONValue
    ) throws(Problem) -> [(key: String, value: String)] {
      guard case .object(let members) = value else { throw .metadataNotAnObject }
      var texts: [(key: String, value: String)] = []
      for member in members {
        guard case .string(let text) = member.value else {
          throw .metadataNotText(key: member.name)
        }
        texts.append((member.name, text))
      }
      return texts
    }

    /// The type, shape and offsets of one tensor; fields that are not known are ignored.
    private static func entry(
      _ member: JSONValue.Member
    ) throws(Problem) -> (name: String, dtype: DType, shape: [Int], offsets: Range<Int>) {
      let name = member.name
      guard case .object(let fields) = member.value else { throw .entryNotAnObject(tensor: name) }
      func field(_ key: String) throws(Problem) -> JSONValue {
        guard let field = fields.first(where: { $0.name == key }) else {
          throw .missingField(tensor: name, field: key)
        }
        return field.value
      }
      guard case .string(let type) = try field("dtype") else { throw .dtypeNotText(tensor: name) }
      guard let dtype = DType(rawValue: type) else {
        throw .unknownDType(tensor: name, dtype: type)
      }
      guard case .array(let lengths) = try field("shape") else {
        throw .shapeNotAList(tensor: name)
      }
      var shape: [Int] = []
      for length in lengths { shape.append(try dimension(length, tensor: name)) }
      guard case .array(let places) = try field("data_offsets"), places.count == 2,
        let begin = wholeNumber(places[0]), let end = wholeNumber(places[1])
      else { throw .malformedOffsets(tensor: name) }
      guard begin <= end else { throw .offsetsReversed(tensor: name, begin: begin, end: end) }
      return (name, dtype, shape, begin..<end)
    }

    private static func dimension(_ value: JSONValue, tensor: String) throws(Problem) -> Int {
      if let length = wholeNumber(value) { return length }
      guard case .number(let text) = value else { throw .shapeNotAList(tensor: tensor) }
      if text.contains(where: { ".eE".contains($0) }) {
        throw .fractionalDimension(tensor: tensor, length: text)
      }
      if text.hasPrefix("-") { throw .negativeDimension(tensor: tensor, length: text) }
      throw .shapeTooLarge(tensor: tensor)
    }

    private static func wholeNumber(_ value: JSONValue) -> Int? {
      guard case .number(let text) = value, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      return Int(text)
    }

    static func checkSize(
      name: String, dtype: DType, shape: [Int], found: Int
    ) throws(Problem) {
      var bits = dtype.bitWidth
      for length in shape {
        let (product, overflows) = bits.multipliedReportingOverflow(by: length)
        guard !overflows else { throw .shapeTooLarge(tensor: name) }
        bits = product
      }
      guard bits % 8 == 0 else { throw .partOfAByte(tensor: name, dtype: dtype, shape: shape) }
      guard bits / 8 == found else {
        throw .sizeMismatch(
          tensor: name, dtype: dtype, shape: shape, expected: bits / 8, found: found)
      }
    }
  }
}

/// The place of the first byte that is not part of valid UTF-8.
func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
  if String(validating: bytes, as: UTF8.self) != nil { return nil }
  var decoder = UTF8()
  var iterator = bytes.makeIterator()
  var offset = 0
  while case .scalarValue(let scalar) = decoder.decode(&iterator) {
    offset += UTF8.width(scalar)
  }
  return offset
}
