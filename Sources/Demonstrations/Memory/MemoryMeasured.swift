internal import Adapters
internal import Autograd
internal import Charts
internal import Drawing
internal import Models
internal import Training

/// The computed memory of the course's base model beside what its trainer takes, for each method.
///
/// The trainers are real and are laid out in full; no step is taken, since a plan takes all its memory
/// before the first one. Weights are random: bytes do not depend on their values.
public struct MemoryMeasured: Demonstration {
  public let id = "memory-measured"
  public let parameters = [
    Parameter(
      "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 8,
      range: 1...64),
    Parameter.adapterTargets,
    Parameter(
      "sequences", Phrase(es: "textos por paso", en: "texts in a step"), default: 32,
      range: 1...128),
    Parameter(
      "length", Phrase(es: "tokens por texto", en: "tokens in a text"), default: 24,
      range: 2...64),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let (batch, length) = (try whole("sequences", in: input), try whole("length", in: input))
    let rank = try whole("rank", in: input)
    let targets = MemoryModel.Targets.allCases[try whole("targets", in: input)]
    let weights = try Transformer.randomWeights(for: Self.base, seed: input.seed)
    let pairs = try MemoryModel.Method.allCases.map { method in
      let model = MemoryModel(
        ModelShape("exam-base", of: Self.base), method: method, rank: rank, targets: targets,
        precision: .single, batch: batch, length: length, mergesAdapters: true)
      let tuning = LoRATuning(
        try LoRAConfiguration(rank: rank, alpha: Double(rank)), targets: Self.layers(targets))
      let tuned: TuningMethod =
        switch method {
        case .full: .full
        case .lora: .lora(tuning)
        case .qlora: .qlora(tuning)
        }
      let trainer = try Self.trainer(
        Transformer(Self.base, weights: weights, method: tuned), batch: batch, length: length)
      return MemoryMeasuredResult.Pair(computed: model, measured: trainer.memory)
    }
    let result = MemoryMeasuredResult(pairs: pairs)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let most = words.percentage(result.largestError, 1)
          return words.say(
            es: "Calculado y medido: se llevan un \(most) como mucho",
            en: "Computed and measured: at most \(most) apart")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }

  /// The shape of the model that the course trains.
  static let base = TransformerConfiguration(
    vocabularySize: 19, hiddenSize: 64, intermediateSize: 176, layerCount: 2, headCount: 4,
    longestSequence: 64)

  private static func layers(_ targets: MemoryModel.Targets) -> LayerTargets {
    switch targets {
    case .queryValue: LayerTargets(["q_proj", "v_proj"])
    case .attention: LayerTargets(["q_proj", "k_proj", "v_proj", "o_proj"])
    case .all: .allLinear
    }
  }

  private static func trainer(_ model: Transformer, batch: Int, length: Int) throws -> Trainer {
    let tokens = [[Int32]](repeating: [Int32](repeating: 1, count: length), count: batch)
    let single = Threads(count: 1)
    let task = try LanguageTask(
      model, examples: LanguageExamples(tokens: tokens, labels: tokens), batchSize: batch,
      threads: single)
    return try Trainer(
      task, TrainingConfiguration(steps: 1, learningRate: 1e-3), threads: single)
  }
}

/// Both sums of each method, part by part.
struct MemoryMeasuredResult: Sendable {
  struct Pair: Sendable {
    let computed: MemoryModel
    let measured: TrainingMemory

    /// The parts as measured; room for single operations, which the model leaves out, is not among them.
    var measuredParts: [(MemoryPart, Double)] {
      MemoryPart.allCases.map { part in
        let bytes =
          switch part {
          case .weights: measured.base
          case .adapter: measured.adapter
          case .gradients: measured.gradients
          case .optimizer: measured.optimizer
          case .activations: measured.activations
          case .buffer: measured.weightBuffer
          }
        return (part, Double(bytes))
      }
    }
    var measuredTotal: Double { measuredParts.reduce(0) { $0 + $1.1 } }
    /// Whether everything agrees to the byte that does not depend on the data.
    var isExact: Bool {
      zip(MemoryPart.allCases, measuredParts).allSatisfy { part, measured in
        part == .activations || part == .buffer || part.bytes(computed) == measured.1
      }
    }
    var error: Double { (computed.total / max(measuredTotal, 1) - 1).magnitude }
  }

  let pairs: [Pair]

  var largestError: Double { pairs.map(\.error).max() ?? 0 }
  /// What the two may differ by for the computed sum to be of use.
  static let tolerance = 0.1

  var named: [String: Value] {
    let (full, lora, qlora) = (pairs[0], pairs[1], pairs[2])
    func kilobytes(_ bytes: Double) -> Value { .number(bytes / 1000, decimals: 0) }
    var values: [String: Value] = [
      "parameters": .integer(full.computed.shape.parameterCount),
      "rank": .integer(lora.computed.rank),
      "adapter": .integer(lora.computed.adapterCount),
      "adapter_share": .percentage(
        Double(lora.computed.adapterCount) / Double(lora.computed.shape.parameterCount),
        decimals: 0),
      "sequences": .integer(full.computed.batch), "length": .integer(full.computed.length),
      "tokens": .integer(full.computed.tokens),
      "error": .percentage(largestError, decimals: 1),
      "tolerance": .percentage(Self.tolerance, decimals: 0),
      "agrees": .flag(largestError <= Self.tolerance), "exact": .flag(pairs.allSatisfy(\.isExact)),
      "scratch": kilobytes(Double(pairs.map(\.measured.scratch).max() ?? 0)),
      "saves": .flag(lora.measuredTotal < full.measuredTotal),
      "live_share": .percentage(
        Double(lora.measured.activations) / max(lora.measuredTotal, 1), decimals: 0),
      "lora_saving": .percentage(1 - lora.measuredTotal / max(full.measuredTotal, 1), decimals: 0),
      "qlora_saving": .percentage(
        1 - qlora.measuredTotal / max(full.measuredTotal, 1), decimals: 0),
      "bytes_16": .integer(16 * full.computed.shape.parameterCount),
    ]
    for (name, pair) in [("full", full), ("lora", lora), ("qlora", qlora)] {
      values["computed_\(name)"] = kilobytes(pair.computed.total)
      values["measured_\(name)"] = kilobytes(pair.measuredTotal)
      values["base_\(name)"] = kilobytes(Double(pair.measured.base))
      values["state_\(name)"] = kilobytes(
        Double(pair.measured.gradients + pair.measured.optimizer))
      values["live_\(name)"] = kilobytes(Double(pair.measured.activations))
    }
    return values
  }

  var tables: [DataTable] {
    let columns = pairs.flatMap { pair in
      [
        Phrase(
          es: "\(pair.computed.method.name.spanish), calculado",
          en: "\(pair.computed.method.name.english), computed"),
        Phrase(
          es: "\(pair.computed.method.name.spanish), medido",
          en: "\(pair.computed.method.name.english), measured"),
      ]
    }
    return [
      DataTable(
        id: "bytes", title: Phrase("bytes"), columns: [Phrase("")] + columns,
        rows: MemoryPart.allCases.enumerated().map { index, part in
          [.init(.words(part.name))]
            + pairs.flatMap { pair -> [DataTable.Cell] in
              [
                .init(.integer(Int(part.bytes(pair.computed).rounded()))),
                .init(.integer(Int(pair.measuredParts[index].1))),
              ]
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = pairs.map { pair in
      let method = pair.computed.method.name(words)
      let computed = words.number(pair.computed.total / 1000, 0)
      let measured = words.number(pair.measuredTotal / 1000, 0)
      return words.say(
        es: "\(method): \(computed) kB calculados y \(measured) medidos",
        en: "\(method): \(computed) kB computed and \(measured) measured")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Tres pares de barras de memoria partidas según a qué se dedica: lo calculado y, debajo, lo \
        que el entrenador reserva de verdad. \(list).
        """,
      en: """
        Three pairs of bars of memory split by what it is for: what was computed and, below, what \
        the trainer really takes. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let (computed, measured) = (
      words.say(es: "calculado", en: "computed"), words.say(es: "medido", en: "measured")
    )
    let most = pairs.flatMap { [$0.computed.total, $0.measuredTotal] }.max() ?? 1
    MemoryBars(
      pairs.map { pair in
        let method = pair.computed.method
        return MemoryBars.Group(
          heading: method.name(words),
          rows: [
            MemoryBars.Row(computed, pair.computed),
            MemoryBars.Row(measured, method, pair.measuredParts),
          ])
      }, most: most
    ).draw(in: frame, on: &canvas)
  }
}
