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
    arithmetic = Self.arithmetic(way, rank: rank, batch: batch)
    weights = base.configuration.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    trained = task.plan.trainable.reduce(0) { $0 + $1.count }
  }

  /// The kinds of memory as they are drawn.
  var parts: [(part: MemoryPart, bytes: Int)] {
    [
      (.weights, memory.base), (.adapter, memory.adapter), (.gradients, memory.gradients),
      (.optimizer, memory.optimizer), (.activations, memory.activations),
      (.buffer, memory.weightBuffer),
    ]
  }
  var total: Int { parts.reduce(0) { $0 + $1.bytes } }
  /// What does not grow with the batch: weights, gradients, moments.
  var state: Int { memory.base + memory.adapter + memory.gradients + memory.optimizer }

  /// The operations of a step, without laying one out.
  static func arithmetic(_ way: Way, rank: Int, batch: Int) -> StepArithmetic {
    StepArithmetic(
      MemoryMeasured.base, method: way, rank: rank, batch: batch,
      length: SchoolExam().longestSequence())
  }

  static let rankParameter = Parameter(
    "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 8,
    range: 1...64)
  static let batchParameter = Parameter(
    "batch", Phrase(es: "ejercicios por paso", en: "exercises in a step"), default: 32,
    range: 1...512)
}

extension Value {
  /// Bytes in thousands, with as many digits as a picture needs.
  static func kilobytes(_ bytes: Int) -> Value {
    let value = Double(bytes) / 1000
    return value >= 100 ? .integer(Int(value.rounded())) : .number(value, decimals: 1)
  }
}
