extension LlamaConfiguration {
  /// Values that leave the mathematics as it is; another one is refused.
  private static let plainValues: [(field: String, value: JSONValue)] = [
    ("attention_bias", .bool(false)), ("mlp_bias", .bool(false)), ("hidden_act", .string("silu")),
    ("partial_rotary_factor", .number("1.0")),
  ]

  /// Reads the members of `config.json`; fields that do not change the mathematics are ignored.
  init(fields: JSONFields) throws(ModelProblem) {
    do {
      let type = try fields.text("model_type")
      guard let type else { throw ModelProblem.missingField("model_type") }
      guard type == "llama" else { throw ModelProblem.otherType(type) }
      for (field, plain) in Self.plainValues {
        if let value = fields[field], !Self.isSame(value, plain) {
          throw ModelProblem.notSupported(field: field, value: value.pythonText())
        }
      }
      func size(_ field: String) throws -> Int {
        guard let value = try fields.whole(field) else { throw ModelProblem.missingField(field) }
        return value
      }
      try self.init(
        vocabularySize: size(Field.vocabularySize), hiddenSize: size(Field.hiddenSize),
        intermediateSize: size(Field.intermediateSize), layerCount: size(Field.layerCount),
        headCount: size(Field.headCount), keyValueHeadCount: fields.whole(Field.keyValueHeadCount),
        headSize: fields.whole(Field.headSize),
        longestSequence: fields.whole(Field.longestSequence) ?? 2048,
        normEpsilon: fields.number(Field.normEpsilon) ?? 1e-6,
        ropeTheta: Self.ropeTheta(fields),
        tiesEmbeddings: fields.flag(Field.tiesEmbeddings) ?? false,
        beginToken: Self.token(fields, Field.beginToken, orElse: 1),
        endTokens: Self.endTokens(fields),
        paddingToken: fields.whole(Field.paddingToken),
        initializerRange: fields.number(Field.initializerRange) ?? 0.02)
    } catch let problem as ModelProblem {
      throw problem
    } catch let error as JSONFields.WrongType {
      throw .wrongValue(field: error.field, expected: error.expected)
    } catch {
      throw .notAnObject
    }
  }

  private static func isSame(_ value: JSONValue, _ other: JSONValue) -> Bool {
    if case .number(let one) = value, case .number(let two) = other {
      return Double(one) == Double(two)
    }
    return value == other
  }

  /// A token that has a default where the field is absent, and none where it is `null`.
  private static func token(
    _ fields: JSONFields, _ field: String, orElse standard: Int
  ) throws -> Int? {
    if fields.members.contains(where: { $0.name == field }) { return try fields.whole(field) }
    return standard
  }

  private static func endTokens(_ fields: JSONFields) throws -> [Int] {
    if let tokens = try fields.wholes(Field.endToken) { return tokens }
    return fields.members.contains { $0.name == Field.endToken } ? [] : [2]
  }

  /// The base of the angles: in `rope_parameters` since transformers 5, at the top before.
  private static func ropeTheta(_ fields: JSONFields) throws -> Double {
    if let scaling = fields["rope_scaling"], scaling != .object([]) {
      let inner = try fields.fields("rope_scaling")
      let type = try inner?.text("rope_type") ?? inner?.text("type") ?? "another"
      guard type == "default" else {
        throw ModelProblem.notSupported(field: "rope_scaling", value: type)
      }
    }
    let top = try fields.number(Field.ropeTheta)
    guard let inner = try fields.fields(Field.ropeParameters) else { return top ?? 10_000 }
    let type = try inner.text("rope_type") ?? "default"
    guard type == "default" else {
      throw ModelProblem.notSupported(field: "rope_type", value: type)
    }
    let theta = try inner.number(Field.ropeTheta)
    if let top, let theta, top != theta {
      throw ModelProblem.contradiction(
        field: Field.ropeTheta, one: "\(top)", other: "\(theta) in \(Field.ropeParameters)")
    }
    return theta ?? top ?? 10_000
  }

  /// The text of `config.json`, as `save_pretrained` lays it out; fit for transformers 4 and 5.
  func configText(quantization: FourBitConfiguration?) -> String {
    func token(_ token: Int?) -> JSONValue { token.map { JSONValue.whole($0) } ?? .null }
    var members: [(String, JSONValue)] = [
      ("architectures", .array([.string("LlamaForCausalLM")])), ("model_type", .string("llama")),
      ("attention_bias", .bool(false)), ("mlp_bias", .bool(false)),
      ("attention_dropout", .float(0)), ("hidden_act", .string("silu")),
      ("pretraining_tp", .whole(1)), ("use_cache", .bool(true)), ("dtype", .string("float32")),
      (Field.vocabularySize, .whole(vocabularySize)), (Field.hiddenSize, .whole(hiddenSize)),
      (Field.intermediateSize, .whole(intermediateSize)), (Field.layerCount, .whole(layerCount)),
      (Field.headCount, .whole(headCount)), (Field.keyValueHeadCount, .whole(keyValueHeadCount)),
      (Field.headSize, .whole(headSize)), (Field.longestSequence, .whole(longestSequence)),
      (Field.normEpsilon, .float(normEpsilon)), (Field.ropeTheta, .float(ropeTheta)),
      (
        Field.ropeParameters,
        .members([("rope_theta", .float(ropeTheta)), ("rope_type", .string("default"))])
      ),
      (Field.tiesEmbeddings, .bool(tiesEmbeddings)), (Field.beginToken, token(beginToken)),
      (Field.endToken, endTokenValue), (Field.paddingToken, token(paddingToken)),
      (Field.initializerRange, .float(initializerRange)),
    ]
    if let quantization { members.append((Field.quantization, quantization.json)) }
    return JSONValue.members(members).pythonText() + "\n"
  }

  /// The text of `generation_config.json`, which says how a text begins and ends.
  var generationText: String {
    var members: [(String, JSONValue)] = [
      ("_from_model_config", .bool(true)), ("use_cache", .bool(true)),
    ]
    if let beginToken { members.append((Field.beginToken, .whole(beginToken))) }
    if !endTokens.isEmpty { members.append((Field.endToken, endTokenValue)) }
    if let paddingToken { members.append((Field.paddingToken, .whole(paddingToken))) }
    return JSONValue.members(members).pythonText() + "\n"
  }

  private var endTokenValue: JSONValue {
    switch endTokens.count {
    case 0: .null
    case 1: .whole(endTokens[0])
    default: .array(endTokens.map { JSONValue.whole($0) })
    }
  }
}
