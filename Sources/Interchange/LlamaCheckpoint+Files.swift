extension LlamaCheckpoint {
  /// A configuration of this many bytes is a mistake.
  private static let largestConfiguration = 16 << 20

  /// The members of the JSON object in a file.
  static func fields(of path: String) throws(InterchangeError) -> JSONFields {
    let file = try MemoryMappedFile(path: path)
    guard file.count <= largestConfiguration else {
      throw .model(file: path, .configurationTooLarge(file.count))
    }
    let text = file.copy(0..<file.count)
    if let offset = firstInvalidUTF8(in: text) {
      throw .model(file: path, .notUTF8(offset: offset))
    }
    do {
      guard case .object(let members) = try JSONParser.parse(text) else {
        throw InterchangeError.model(file: path, .notAnObject)
      }
      return JSONFields(members: members)
    } catch let error as JSONError {
      if let name = error.duplicate { throw .model(file: path, .duplicateField(name)) }
      throw .model(file: path, .notJSON(offset: error.offset, reason: error.reason))
    } catch {
      throw .model(file: path, .notAnObject)
    }
  }

  static func quantization(_ fields: JSONFields) throws(ModelProblem) -> FourBitConfiguration? {
    let name = LlamaConfiguration.Field.quantization
    let inner: JSONFields?
    do throws(JSONFields.WrongType) {
      inner = try fields.fields(name)
    } catch {
      throw .wrongValue(field: error.field, expected: error.expected)
    }
    guard let inner else { return nil }
    return try FourBitConfiguration(fields: inner)
  }

  /// The file of the weights, or the shards that the index names.
  static func weightFiles(of path: String) throws(InterchangeError) -> [Safetensors] {
    let single = Folder.joined(path, weightsName)
    if isThere(single) { return [try Safetensors(path: single)] }
    let index = Folder.joined(path, indexName)
    guard isThere(index) else {
      let isPickled = ["pytorch_model.bin", "pytorch_model.bin.index.json"].contains {
        isThere(Folder.joined(path, $0))
      }
      throw .model(file: path, isPickled ? .pickledWeights : .noWeights)
    }
    guard case .object(let map) = try fields(of: index)["weight_map"] else {
      throw .model(file: index, .wrongValue(field: "weight_map", expected: "an object"))
    }
    var shards: Set<String> = []
    for member in map {
      guard case .string(let name) = member.value, !name.isEmpty, !name.contains("/"),
        isThere(Folder.joined(path, name))
      else {
        throw .model(file: index, .brokenIndex(member.value.pythonText()))
      }
      shards.insert(name)
    }
    guard !shards.isEmpty else { throw .model(file: path, .noWeights) }
    var files: [Safetensors] = []
    for name in shards.sorted() { files.append(try Safetensors(path: Folder.joined(path, name))) }
    return files
  }
}
