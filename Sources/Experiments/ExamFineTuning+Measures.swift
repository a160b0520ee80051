internal import Adapters
internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Training

extension ExamFineTuning {
  /// What the record of a training holds; scores are shares from 0 to 1, losses nats a character.
  public enum Measure: String, Sendable, CaseIterable {
    /// The steps after which the model was examined, from 0 on; the next nine lists go with them.
    case steps
    /// The mean loss of the batches since the examination before; at step 0 that on its own divisions.
    case trainingLoss = "training loss"
    /// The divisions that it learns from, at most a hundred of them.
    case ownScore = "own score"
    /// Held-out divisions to choose settings with.
    case choosingLoss = "choosing loss"
    case choosingScore = "choosing score"
    /// Other held-out divisions, to report.
    case heldOutLoss = "held-out loss"
    case heldOutScore = "held-out score"
    /// The characters of these answers that are right where those before them are given.
    case choosingCharacters = "choosing characters"
    case heldOutCharacters = "held-out characters"
    /// The mean of the three old subjects.
    case oldScore = "old score"
    /// The three old subjects in their order, on all their exercises, before and after training.
    case oldBefore = "old before"
    case oldAfter = "old after"
    case trainedParameters = "trained parameters"
    /// How many weights of the base have other bits than before.
    case changedWeights = "changed weights"
    /// How many logits of the old subjects have other bits than the base's, once the adapter is taken off,
    /// the largest difference, and how many were compared. Without adapters nothing can be taken off.
    case removalChanged = "changed logits after removal"
    case removalDifference = "largest difference after removal"
    case removalCompared = "compared logits"
  }

  /// Layers whose change is recorded, under ``changeName(_:)``.
  public static let changedLayers = [
    "model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.v_proj",
    "model.layers.1.mlp.down_proj",
  ]

  /// The name of the list of singular values of a layer's change ΔW.
  public static func changeName(_ layer: String) -> String { "change of \(layer)" }

  /// The singular values of what training changed in some layers; none for a layer without an adapter.
  func changes(_ model: Transformer, _ base: LanguageModel) throws -> [String: [Double]] {
    var lists: [String: [Double]] = [:]
    for (name, layer) in model.linearLayers where Self.changedLayers.contains(name) {
      let change: Matrix
      if let lora = layer as? LoRALinear ?? (layer as? QLoRALinear)?.lora {
        change = try lora.adapter().deltaWeight
      } else if method == .full, let weight = layer.parameters.first,
        case .dense(let before, _) = base.weights[name + ".weight"]
      {
        change = Matrix(
          rows: weight.shape[0], columns: weight.shape[1],
          values: zip(weight.values, before).map { $0 - $1 })
      } else {
        continue
      }
      lists[Self.changeName(name)] = try SingularValues.of(change)
    }
    return lists
  }

  /// Exercises whose answers are recorded as the trained model writes them: of every subject the first two
  /// that it is examined with.
  public static let sampleCount = 2

  /// The name of the list of tokens that the trained model answers to a prompt, the end among them.
  public static func answerName(_ prompt: String) -> String { "answer to \(prompt)" }

  func answers(_ model: Transformer, _ data: ExamFineTuningData) throws -> [String: [Double]] {
    let prompts = data.samples.map(\.prompt)
    let tokens = prompts.map { prompt in
      [Int32(CharacterTokenizer.begin)]
        + ((try? CharacterTokenizer.exam.tokens(of: prompt)) ?? []).map(Int32.init)
    }
    let generator = try TextGenerator(
      model, batch: prompts.count, length: data.schedule.length, threads: Threads(count: 1))
    let answers = generator.continuations(of: tokens, end: Int32(CharacterTokenizer.end))
    return Dictionary(
      zip(prompts, answers).map { (Self.answerName($0), $1.map(Double.init)) },
      uniquingKeysWith: { $1 })
  }

  /// What is left of the training when the adapter is taken off: the logits of the old subjects against
  /// those of the base, which with QLoRA is the one in four bits.
  func removal(
    _ model: Transformer, _ base: LanguageModel, _ data: ExamFineTuningData,
    _ context: ExperimentContext
  ) throws -> [String: [Double]] {
    var reference = base
    if method == .qlora { try reference.quantize() }
    var bare = ModelWeights()
    for parameter in model.parameters where !parameter.isAdapter {
      bare[parameter.name] = .dense(parameter.values, shape: parameter.shape)
    }
    let after = try Transformer(base.configuration, weights: bare, method: .frozen)
    var (changed, compared, largest) = (0, 0, Float(0))
    for sequences in data.finalOld {
      let pair = try [reference.frozen(adapter: nil), after].map {
        try ForcedAnswers($0, sequences, threads: context.threads).logits()
      }
      compared += pair[0].count
      for (before, after) in zip(pair[0], pair[1]) where before.bitPattern != after.bitPattern {
        changed += 1
        largest = max(largest, (before - after).magnitude)
      }
    }
    return [
      Measure.removalChanged.rawValue: [Double(changed)],
      Measure.removalDifference.rawValue: [Double(largest)],
      Measure.removalCompared.rawValue: [Double(compared)],
    ]
  }
}

extension Parameter {
  /// Whether it belongs to an adapter and not to the base.
  var isAdapter: Bool { name.contains(".lora_") }
}

/// Examines a model while it trains.
struct ExamLog {
  private(set) var numbers: [String: [Double]] = [:]
  private let own, choosing, reporting: ForcedAnswers
  private let old, finalOld: [ForcedAnswers]
  private let lastStep: Int
  private var losses: [Double] = []

  init(
    _ model: Transformer, _ data: ExamFineTuningData, lastStep: Int, threads: Threads
  ) throws {
    func asked(_ sequences: TokenSequences) throws -> ForcedAnswers {
      try ForcedAnswers(model, sequences, threads: threads)
    }
    own = try asked(data.own)
    choosing = try asked(data.choosing)
    reporting = try asked(data.reporting)
    old = try data.old.map(asked)
    finalOld = try data.finalOld.map(asked)
    self.lastStep = lastStep
  }

  /// Takes note of a step.
  mutating func add(_ step: TrainingStep) { losses.append(Double(step.loss)) }

  /// Examines the model as it is after a step.
  mutating func examine(step: Int) {
    let results = [own, choosing, reporting].map { $0.result() }
    add(.steps, Double(step))
    add(
      .trainingLoss,
      losses.isEmpty ? results[0].loss : losses.reduce(0, +) / Double(losses.count))
    losses = []
    add(.ownScore, results[0].share)
    add(.choosingLoss, results[1].loss)
    add(.choosingScore, results[1].share)
    add(.heldOutLoss, results[2].loss)
    add(.heldOutScore, results[2].share)
    add(.choosingCharacters, results[1].characterShare)
    add(.heldOutCharacters, results[2].characterShare)
    let shares = old.map { $0.result().share }
    add(.oldScore, shares.reduce(0, +) / Double(shares.count))
    if step == 0 { for asked in finalOld { add(.oldBefore, asked.result().share) } }
    if step == lastStep { for asked in finalOld { add(.oldAfter, asked.result().share) } }
  }

  private mutating func add(_ measure: ExamFineTuning.Measure, _ number: Double) {
    numbers[measure.rawValue, default: []].append(number)
  }
}
