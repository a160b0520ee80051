extension Safetensors {
  /// A tensor to write.
  public struct NewTensor: Equatable, Sendable {
    public var name: String
    public var dtype: DType
    public var shape: [Int]
    /// The elements in row-major order, little-endian.
    public var bytes: [UInt8]

    /// A tensor of any type from its bytes.
    public init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.bytes = bytes
    }

    /// A tensor of type F32.
    public init(name: String, shape: [Int], values: [Float]) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(4 * values.count)
      for value in values {
        unsafe withUnsafeBytes(of: value.bitPattern.littleEndian) {
          unsafe bytes.append(contentsOf: $0)
        }
      }
      self.init(name: name, dtype: .f32, shape: shape, bytes: bytes)
    }
  }

  /// Writes a file, byte for byte as the reference library does.
  ///
  /// Metadata comes first, in the given order; then the tensors by type, the widest alignment first,
  /// and by name. The header is filled with spaces to a multiple of 8 bytes.
  ///
  /// - Throws: `safetensors` if a name appears twice or a tensor's bytes do not fit its shape, and
  ///   `unwritable`; an earlier file is then untouched.
  public static func write(
    _ tensors: [NewTensor], metadata: [(key: String, value: String)] = [], to path: String
  ) throws(InterchangeError) {
    let sorted = inOrder(tensors)
    let header: [UInt8]
    do {
      header = try self.header(of: sorted, metadata: metadata)
    } catch {
      throw .safetensors(file: path, error)
    }
    try AtomicFile.write(to: path) { (file) throws(InterchangeError) in
      try file.append(header)
      for tensor in sorted { try file.append(tensor.bytes) }
    }
  }

  /// The bytes of a file, as `write` writes them.
  ///
  /// - Throws: the rule that a tensor breaks.
  public static func serialized(
    _ tensors: [NewTensor], metadata: [(key: String, value: String)] = []
  ) throws(Problem) -> [UInt8] {
    let sorted = inOrder(tensors)
    return try header(of: sorted, metadata: metadata) + sorted.flatMap(\.bytes)
  }

  private static func inOrder(_ tensors: [NewTensor]) -> [NewTensor] {
    tensors.sorted {
      $0.dtype != $1.dtype
        ? $0.dtype > $1.dtype : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  /// The length and the text of a header for tensors in their final order.
  private static func header(
    of tensors: [NewTensor], metadata: [(key: String, value: String)]
  ) throws(Problem) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      var keys: Set<[UInt8]> = []
      for (key, _) in metadata where !keys.insert(Array(key.utf8)).inserted {
        throw .duplicateName(key)
      }
      let texts = metadata.map { "\(json($0.key)):\(json($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var names: Set<[UInt8]> = []
    var end = 0
    for tensor in tensors {
      guard tensor.name != "__metadata__" else { throw .reservedName }
      guard names.insert(Array(tensor.name.utf8)).inserted else {
        throw .duplicateName(tensor.name)
      }
      try Header.checkSize(
        name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, found: tensor.bytes.count)
      let begin = end
      end += tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(json(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    guard text.count <= longestHeader else { throw .headerTooLong(length: UInt64(text.count)) }
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
  }

  /// A text as a JSON string, with the escapes that the reference library uses.
  private static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{8}": result += "\\b"
      case "\u{c}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
