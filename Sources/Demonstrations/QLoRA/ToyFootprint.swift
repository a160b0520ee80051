internal import Adapters
internal import Autograd
internal import Datasets
internal import Drawing
internal import Experiments
internal import Models
internal import Training

/// What a step of training takes of memory and of arithmetic, on a model of the size of the course's base.
///
/// The memory is that of a plan which was really laid out, for one thread; the weights are random, because
/// bytes do not depend on them.
struct ToyFootprint: Sendable {
  typealias Way = MemoryModel.Method

  let way: Way
  let memory: TrainingMemory
  let arithmetic: StepArithmetic
  /// The weights of the model, and the numbers that are trained.
  let weights: Int
  let trained: Int

  /// - Throws: `AdapterError` where the rank does not suit, or what building the model throws.
  init(_ way: Way, rank: Int, batch: Int) throws {
    self.way = way
    let length = SchoolExam().longestSequence()
    let base = try LanguageModel(tokenizer: .exam, length: length, seed: 0)
    let tuning = LoRATuning(try LoRAConfiguration(rank: rank, alpha: Double(rank)))
    let method: TuningMethod =
      switch way {
      case .full: .full
      case .lora: .lora(tuning)
      case .qlora: .qlora(tuning)
      }
    let model = try Transformer(base.configuration, weights: base.weights, method: method)
    let begin = Int32(CharacterTokenizer.begin)
    let row = [Int32](repeating: begin, count: length)
    let task = try LanguageTask(
      model, examples: LanguageExamples(tokens: [row], labels: [row]), batchSize: batch,
      threads: Threads(count: 1))
    let trainer = try Trainer(
      task, TrainingConfiguration(steps: 1, learningRate: 0), threads: Threads(count: 1))
    memory = trainer.memory
    arithmetic = StepArithmetic(
      base.configuration, method: way, rank: rank, batch: batch, length: length)
    weights = base.configuration.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    trained = task.plan.trainable.reduce(0) { $0 + $1.count }
  }

  /// The kinds of memory in the order in which they are drawn.
  var kinds: [(name: Phrase, bytes: Int)] {
    [
      (Phrase(es: "base", en: "base"), memory.base),
      (Phrase(es: "adaptador", en: "adapter"), memory.adapter),
      (Phrase(es: "gradientes", en: "gradients"), memory.gradients),
      (Phrase(es: "momentos", en: "moments"), memory.optimizer),
      (Phrase(es: "activaciones", en: "activations"), memory.activations),
      (
        Phrase(es: "búfer de un peso", en: "buffer of a weight"),
        memory.weightBuffer + memory.scratch
      ),
    ]
  }
  var total: Int { kinds.reduce(0) { $0 + $1.bytes } }
  /// What does not grow with the batch: weights, gradients, moments.
  var state: Int { memory.base + memory.adapter + memory.gradients + memory.optimizer }

  static let rankParameter = Parameter(
    "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 8,
    range: 1...64)
  static let batchParameter = Parameter(
    "batch", Phrase(es: "ejercicios por paso", en: "exercises in a step"), default: 32,
    range: 1...512)
}

extension MemoryModel.Method {
  /// What lessons call it.
  var courseName: Phrase {
    switch self {
    case .full: Phrase(es: "ajuste completo", en: "full fine-tuning")
    case .lora: Phrase("LoRA")
    case .qlora: Phrase("QLoRA")
    }
  }
  /// For places with little room.
  var courseShortName: Phrase {
    self == .full ? Phrase(es: "completo", en: "full") : courseName
  }
  var courseRole: Role {
    switch self {
    case .full: .frozen
    case .lora: .loraB
    case .qlora: .quantized
    }
  }
}

extension Value {
  /// Bytes in thousands, with as many digits as a picture needs.
  static func kilobytes(_ bytes: Int) -> Value {
    let value = Double(bytes) / 1000
    return value >= 100 ? .integer(Int(value.rounded())) : .number(value, decimals: 1)
  }
}
