internal import Charts
internal import Drawing
internal import Training

extension Parameter {
  static let params = Parameter(
    "params", Phrase(es: "miles de millones de parámetros", en: "billions of parameters"),
    default: 7, range: 0.001...10_000, isWhole: false)
  static let adapterRank = Parameter(
    "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 64,
    range: 1...4096)
  static let adapterTargets = Parameter(
    "targets",
    Phrase(
      es: "capas con adaptador: 0, q y v; 1, atención; 2, todas",
      en: "layers with an adapter: 0, q and v; 1, attention; 2, all"), default: 2, range: 0...2)
  static func sequences(_ count: Double) -> Parameter {
    Parameter(
      "sequences", Phrase(es: "textos por paso", en: "texts in a step"), default: count,
      range: 1...1024)
  }
  static func textLength(_ count: Double) -> Parameter {
    Parameter(
      "length", Phrase(es: "tokens por texto", en: "tokens in a text"), default: count,
      range: 1...100_000)
  }
  static let checkpointing = Parameter(
    "checkpointing",
    Phrase(
      es: "recalcular las activaciones (1) o guardarlas (0)",
      en: "compute activations again (1) or keep them (0)"), default: 0, range: 0...1)
}

extension Demonstration {
  /// The memory model of a method with those of the settings that the demonstration has.
  func memoryModel(
    _ method: MemoryModel.Method, in input: DemonstrationInput
  ) throws -> MemoryModel {
    func setting(_ name: String) throws -> Int? {
      parameters.contains { $0.name == name } ? try whole(name, in: input) : nil
    }
    let count = try value(of: Parameter.params.name, in: input) * 1e9
    var model = MemoryModel(ModelShape.like(parameters: count), method: method)
    if let rank = try setting(Parameter.adapterRank.name) { model.rank = rank }
    if let targets = try setting(Parameter.adapterTargets.name) {
      model.targets = MemoryModel.Targets.allCases[targets]
    }
    if let batch = try setting("sequences") { model.batch = batch }
    if let length = try setting("length") { model.length = length }
    if let value = try setting(Parameter.checkpointing.name) { model.checkpointing = value == 1 }
    return model
  }
}

extension MemoryModel.Method {
  var name: Phrase {
    switch self {
    case .full: Phrase(es: "completo", en: "full")
    case .lora: Phrase("LoRA")
    case .qlora: Phrase("QLoRA")
    }
  }

  /// The colour of the method's lines.
  var role: Role {
    switch self {
    case .full: .original
    case .lora: .update
    case .qlora: .quantized
    }
  }
}

/// How amounts of memory are written.
enum Amount {
  /// Thousands of millions of bytes, with three significant digits.
  static func gigabytes(_ bytes: Double) -> Value { scaled(bytes / 1e9) }

  static func scaled(_ value: Double) -> Value {
    value >= 1000 ? .number(value, decimals: 0) : .significant(value, digits: 3)
  }

  /// The unit in which an amount has at most four digits before the comma.
  static func unit(of bytes: Double) -> (name: String, bytes: Double) {
    if bytes >= 0.95e9 { return ("GB", 1e9) }
    return bytes >= 0.95e6 ? ("MB", 1e6) : ("kB", 1e3)
  }

  /// The size of a model as the field writes it: one of LLaMA's by its name, others by their count.
  static func size(_ shape: ModelShape, _ words: Words) -> String {
    let index = ModelShape.llama.firstIndex(of: shape)
    return index.map { ModelShape.published[$0].id.uppercased() }
      ?? parameters(Double(shape.parameterCount), words)
  }
  static func size(_ shape: ModelShape) -> Value {
    .words(Phrase(es: size(shape, Words(.spanish)), en: size(shape, Words(.english))))
  }

  /// A number of parameters as the field writes it: 7B, 350M.
  static func parameters(_ count: Double, _ words: Words, digits: Int = 2) -> String {
    let (value, letter) = count >= 0.9995e9 ? (count / 1e9, "B") : (count / 1e6, "M")
    let nearest = value.rounded()
    // A billion of the short scale, which the field writes with a B in every language.
    return
      (digits <= 2 && abs(value - nearest) < 0.005 * value && value >= 1
      ? words.number(nearest, 0) : words.numbers.significant(value, digits: digits)) + letter
  }
}
