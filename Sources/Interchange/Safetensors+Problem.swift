extension Safetensors {
  /// A rule of the format that a file or its writer breaks.
  public enum Problem: Error, Equatable, Sendable {
    case noHeaderLength(fileSize: Int)
    case headerTooLong(length: UInt64)
    case headerBeyondEnd(length: Int, fileSize: Int)
    /// The place is a byte of the header, counted from 0, here and below.
    case notUTF8(offset: Int)
    case notJSON(offset: Int, reason: String)
    case notAnObject
    case duplicateName(String)
    case metadataNotAnObject
    case metadataNotText(key: String)
    case entryNotAnObject(tensor: String)
    case missingField(tensor: String, field: String)
    case dtypeNotText(tensor: String)
    case unknownDType(tensor: String, dtype: String)
    case shapeNotAList(tensor: String)
    case fractionalDimension(tensor: String, length: String)
    case negativeDimension(tensor: String, length: String)
    case shapeTooLarge(tensor: String)
    case malformedOffsets(tensor: String)
    case offsetsReversed(tensor: String, begin: Int, end: Int)
    case overlap(tensor: String, begin: Int, previous: String, end: Int)
    case hole(tensor: String, begin: Int, expected: Int)
    case partOfAByte(tensor: String, dtype: DType, shape: [Int])
    case sizeMismatch(tensor: String, dtype: DType, shape: [Int], expected: Int, found: Int)
    case dataTooShort(tensor: String, end: Int, found: Int)
    case bytesLeftOver(count: Int)
    /// A sound tensor whose elements are not floating-point numbers of a format that is read.
    case notWeights(tensor: String, dtype: DType)
    /// A tensor to write has the name of the metadata.
    case reservedName
  }
}

extension Safetensors.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noHeaderLength(let fileSize):
      "\(fileSize) bytes are too few for a safetensors file, which begins with 8 bytes that give "
        + "the length of its header"
    case .headerTooLong(let length):
      "the header claims \(length) bytes, more than the \(Safetensors.longestHeader) that the "
        + "format allows"
    case .headerBeyondEnd(let length, let fileSize):
      "the header claims \(length) bytes, but the file has only \(fileSize - 8) after the length"
    case .notUTF8(let offset):
      "the header is not valid UTF-8 at byte \(offset)"
    case .notJSON(let offset, let reason):
      "the header is not valid JSON at byte \(offset): \(reason)"
    case .notAnObject:
      "the header is not a JSON object"
    case .duplicateName(let name):
      "the name \(quoted(name)) appears twice in the header"
    case .metadataNotAnObject:
      "__metadata__ is not a JSON object"
    case .metadataNotText(let key):
      "the value of \(quoted(key)) in __metadata__ is not a text"
    case .reservedName:
      "a tensor cannot have the name __metadata__"
    default:
      tensorDescription
    }
  }

  /// The sentences about one tensor.
  private var tensorDescription: String {
    switch self {
    case .entryNotAnObject(let tensor):
      "the entry of tensor \(quoted(tensor)) is not a JSON object"
    case .missingField(let tensor, let field):
      "tensor \(quoted(tensor)) has no \(field)"
    case .dtypeNotText(let tensor):
      "tensor \(quoted(tensor)) has a dtype that is not a text"
    case .unknownDType(let tensor, let dtype):
      "tensor \(quoted(tensor)) has the unknown dtype \(quoted(dtype))"
    case .shapeNotAList(let tensor):
      "tensor \(quoted(tensor)) has a shape that is not a list of numbers"
    case .fractionalDimension(let tensor, let length):
      "tensor \(quoted(tensor)) has the dimension \(printable(length, limit: 30)), which is not "
        + "written as a whole number"
    case .negativeDimension(let tensor, let length):
      "tensor \(quoted(tensor)) has the negative dimension \(printable(length, limit: 30))"
    case .shapeTooLarge(let tensor):
      "tensor \(quoted(tensor)) has a shape whose size overflows 64 bits"
    case .malformedOffsets(let tensor):
      "tensor \(quoted(tensor)) has data_offsets that are not two whole numbers"
    case .offsetsReversed(let tensor, let begin, let end):
      "tensor \(quoted(tensor)) ends at \(end), before it begins at \(begin)"
    case .overlap(let tensor, let begin, let previous, let end):
      "tensor \(quoted(tensor)) begins at \(begin), inside tensor \(quoted(previous)), which ends "
        + "at \(end)"
    case .hole(let tensor, let begin, let expected):
      "tensor \(quoted(tensor)) begins at \(begin) instead of \(expected): the bytes between "
        + "belong to no tensor"
    case .partOfAByte(let tensor, let dtype, let shape):
      "tensor \(quoted(tensor)) of type \(dtype.rawValue) and shape \(shape) does not end on a byte"
    case .sizeMismatch(let tensor, let dtype, let shape, let expected, let found):
      "tensor \(quoted(tensor)) of type \(dtype.rawValue) and shape \(shape) takes \(expected) "
        + "bytes, but its data_offsets span \(found)"
    case .dataTooShort(let tensor, let end, let found):
      "the data of tensor \(quoted(tensor)) ends at \(end), but the file has only \(found) bytes "
        + "of data"
    case .bytesLeftOver(let count):
      "\(count) \(count == 1 ? "byte follows" : "bytes follow") the last tensor"
    case .notWeights(let tensor, let dtype):
      "tensor \(quoted(tensor)) has type \(dtype.rawValue); weights are read from F16, BF16, F32 "
        + "and F64"
    default:
      ""
    }
  }
}
