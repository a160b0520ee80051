internal import Quantization

extension FourBitWeights {
  private typealias Problem = ModelProblem.FourBitProblem

  /// What the names of a state's tensor end with, before the type.
  static let stateSuffix = ".quant_state.bitsandbytes__"
  /// What the names of the other parts end with.
  static let partSuffixes = [".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"]
  /// A state of this many bytes is a mistake.
  private static let longestState = 1 << 16

  /// The name of the weight that a tensor is the state of.
  static func weightName(ofState name: String) -> String? {
    name.range(ofLast: stateSuffix).map { String(name[..<$0]) }
  }

  /// Whether a tensor is a part of a weight in four bits, other than its codes.
  static func isPart(_ name: String) -> Bool { weight(ofPart: name) != nil }

  /// Where a tensor lies, by its name; a model's parts may lie in several files.
  typealias Lookup = (String) -> LlamaCheckpoint.Place?

  /// Reads a weight: its codes and everything that they need.
  ///
  /// The numbers are those of single precision; where the state records a shorter type, bitsandbytes
  /// rounds them to it once more.
  ///
  /// - Parameters:
  ///   - name: The name of the weight, such as `model.layers.0.self_attn.q_proj.weight`.
  ///   - file: The file that holds its parts.
  /// - Returns: A weight in four bits, with double quantization if the file has it; nothing if the file
  ///   holds no state of this name.
  /// - Throws: `model` with the part that is wrong.
  public static func read(
    _ name: String, from file: Safetensors
  ) throws(InterchangeError) -> StoredWeight? {
    try read(name, in: file.path) { part in
      file.tensors.first { $0.name == part }.map { .init(file: file, tensor: $0) }
    }
  }

  /// Reads a weight whose parts are found by name; the path stands in messages.
  static func read(
    _ name: String, in path: String, _ lookup: @escaping Lookup
  ) throws(InterchangeError) -> StoredWeight? {
    guard let state = statePlace(of: name, lookup) else { return nil }
    do throws(Problem) {
      return try weight(State(at: state), Parts(name: name, lookup: lookup))
    } catch {
      throw .model(file: path, .fourBit(tensor: name, error))
    }
  }

  private static func statePlace(of name: String, _ lookup: Lookup) -> LlamaCheckpoint.Place? {
    for type in FourBitType.allCases {
      if let place = lookup(name + stateSuffix + type.rawValue) { return place }
    }
    return nil
  }

  /// The weight that a part belongs to; nothing for other tensors.
  static func weight(ofPart name: String) -> String? {
    if let weight = weightName(ofState: name) { return weight }
    // The longer suffixes end with the shorter ones.
    let suffix = partSuffixes.filter { name.hasSuffix($0) }.max { $0.count < $1.count }
    return suffix.map { String(name.dropLast($0.count)) }
  }

  /// The shape that the state of a weight records.
  static func shape(
    of name: String, _ lookup: Lookup
  ) throws(ModelProblem.FourBitProblem) -> [Int] {
    guard let state = statePlace(of: name, lookup) else {
      throw .missingPart(name + stateSuffix + FourBitType.nf4.rawValue)
    }
    return try State(at: state).shape
  }

  /// The type of a weight, read from the name of its state.
  static func typeName(ofState name: String) -> String {
    name.range(ofLast: stateSuffix).map {
      String(name[name.index($0, offsetBy: stateSuffix.count)...])
    } ?? ""
  }

  private static func weight(_ state: State, _ parts: Parts) throws(Problem) -> StoredWeight {
    let codebook = state.type.codebook
    let count = state.count
    let map = try parts.floats(".quant_map", count: 16)
    // A zero may have either sign; every other value has to have the same bits.
    guard map == codebook.values else { throw .otherCodebook(".quant_map") }
    let packed = try parts.bytes("", count: QuantizedTensor.packedCount(of: count))
    let blocks = QuantizedTensor.blockCount(of: count, blockSize: state.blockSize)
    do {
      guard let nested = state.nested else {
        return .fourBit(
          try QuantizedTensor(
            codebook: codebook, blockSize: state.blockSize, count: count, packed: packed,
            absmax: parts.floats(".absmax", count: blocks), shape: state.shape))
      }
      let nestedMap = try parts.floats(".nested_quant_map", count: 256)
      guard nestedMap == DynamicMap.values else { throw Problem.otherCodebook(".nested_quant_map") }
      let scales = try DoubleQuantizedScales(
        codes: parts.bytes(".absmax", count: blocks),
        nestedAbsmax: parts.floats(
          ".nested_absmax",
          count: QuantizedTensor.blockCount(of: blocks, blockSize: nested.blockSize)),
        offset: nested.offset, nestedBlockSize: nested.blockSize)
      return .doubleFourBit(
        try DoubleQuantizedTensor(
          codebook: codebook, blockSize: state.blockSize, count: count, packed: packed,
          scales: scales, shape: state.shape))
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .malformedState("\(error)")
    }
  }

  /// The tensors of one weight, each checked when it is read.
  private struct Parts {
    let name: String
    let lookup: Lookup

    func place(_ suffix: String) throws(Problem) -> LlamaCheckpoint.Place {
      guard let place = lookup(name + suffix) else { throw .missingPart(name + suffix) }
      return place
    }

    func bytes(_ suffix: String, count: Int) throws(Problem) -> [UInt8] {
      let place = try place(suffix)
      guard place.tensor.dtype == .u8, place.tensor.count == count else {
        throw .wrongPart(name + suffix, expected: "\(count) numbers of type U8")
      }
      return place.file.bytes(of: place.tensor)
    }

    func floats(_ suffix: String, count: Int) throws(Problem) -> [Float] {
      let place = try place(suffix)
      guard place.tensor.dtype == .f32, place.tensor.count == count,
        let values = try? place.file.values(of: place.tensor)
      else { throw .wrongPart(name + suffix, expected: "\(count) numbers of type F32") }
      guard values.allSatisfy(\.isFinite) else {
        throw .wrongPart(name + suffix, expected: "made of finite numbers")
      }
      return values
    }
  }

  /// The JSON object that says how a weight is stored.
  private struct State {
    let type: FourBitType
    let blockSize: Int
    let shape: [Int]
    let count: Int
    let nested: (blockSize: Int, offset: Float)?

    init(at place: LlamaCheckpoint.Place) throws(Problem) {
      let tensor = place.tensor
      guard tensor.dtype == .u8, tensor.byteRange.count <= longestState else {
        throw .malformedState("it is not a short text of type U8")
      }
      let text = place.file.bytes(of: tensor)
      guard firstInvalidUTF8(in: text) == nil, let value = try? JSONParser.parse(text),
        case .object(let members) = value
      else { throw .malformedState("it is not a JSON object") }
      do {
        try self.init(JSONFields(members: members), typeInName: typeName(ofState: tensor.name))
      } catch let error as JSONFields.WrongType {
        throw .malformedState("the value of \(error.field) is not \(error.expected)")
      } catch let problem as Problem {
        throw problem
      } catch {
        throw .malformedState("it is not a JSON object")
      }
    }

    private init(_ fields: JSONFields, typeInName: String) throws {
      guard let kind = try fields.text("quant_type"), let type = FourBitType(rawValue: kind),
        kind == typeInName
      else { throw Problem.malformedState("quant_type is neither nf4 nor fp4 as in its name") }
      guard let blockSize = try fields.whole("blocksize"),
        BlockQuantizer.allowedBlockSizes.contains(blockSize)
      else { throw Problem.malformedState("blocksize is none of bitsandbytes' block sizes") }
      guard let shape = try fields.wholes("shape"), let count = Self.product(shape) else {
        throw Problem.malformedState("shape is not a list of lengths")
      }
      self.type = type
      self.blockSize = blockSize
      self.shape = shape
      self.count = count
      guard let nestedSize = try fields.whole("nested_blocksize") else {
        nested = nil
        return
      }
      guard (1...1 << 20).contains(nestedSize), let offset = try fields.number("nested_offset"),
        Float(offset).isFinite
      else { throw Problem.malformedState("nested_blocksize or nested_offset is out of range") }
      nested = (nestedSize, Float(offset))
    }

    private static func product(_ shape: [Int]) -> Int? {
      var product = 1
      for length in shape {
        let (next, overflows) = product.multipliedReportingOverflow(by: length)
        guard length > 0, !overflows, next <= 1 << 40 else { return nil }
        product = next
      }
      return product
    }
  }
}

extension String {
  /// Where the last occurrence of a text begins.
  fileprivate func range(ofLast text: String) -> String.Index? {
    var found: String.Index?
    var start = startIndex
    while let next = self[start...].firstRange(of: text) {
      found = next.lowerBound
      start = next.upperBound
    }
    return found
  }
}
