internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// How much of an update is left after quantizing again, against its size.
public struct ErasureLaw: Demonstration {
  public let id = "erasure-law"
  public let parameters = [Parameter.rank(8), Parameter.blockSize]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToAdapt(in: input, atLeast: 4)
    let (rank, block) = (try whole("rank", in: input), try whole("block", in: input))
    let result: ErasureLawResult
    if let change = input.change?.matrix {
      let size = change.norm
      guard change.rows == weights.matrix.rows, change.columns == weights.matrix.columns,
        size > 0, weights.matrix.norm > 0
      else {
        throw DemonstrationError.unsuitableWeights(
          demonstration: id, name: weights.name, reason: "needs a change of the same shape")
      }
      let norm = weights.matrix.norm
      result = try ErasureLawResult(
        weight: weights.matrix, direction: Float(norm / size) * change,
        rank: SingularValueDecomposition(change).rank, blockSize: block, learnedRatio: size / norm)
    } else {
      var generator = RandomGenerator(seed: input.seed)
      let adapter = try LoRAAdapter.drawn(
        for: weights.matrix, rank: rank, share: 1, using: &generator)
      result = try ErasureLawResult(
        weight: weights.matrix, direction: adapter.deltaWeight, rank: adapter.rank,
        blockSize: block)
    }
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Al volver a 4 bits, los cambios pequeños se borran",
            en: "Going back to 4 bits erases small updates")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The law at every size of the update.
struct ErasureLawResult: Sendable {
  struct Sample: Sendable {
    /// The norm of the update divided by that of the weight.
    let ratio: Double
    let erasure: Erasure
  }

  let count: Int
  let rank: Int
  let blockSize: Int
  let samples: [Sample]
  /// The size at which a usual entry of the update is half as long as the narrowest step of the code.
  let halfStep: Double
  /// The update at the size that training gave it, where it was trained.
  let learned: Sample?

  static let ratios = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1]

  init(
    weight: Matrix, direction: Matrix, rank: Int, blockSize: Int, learnedRatio: Double? = nil
  ) throws {
    count = weight.count
    self.rank = rank
    self.blockSize = blockSize
    samples = try Self.ratios.map { ratio in
      Sample(
        ratio: ratio,
        erasure: try Erasure(
          weight: weight, update: Float(ratio) * direction, blockSize: blockSize))
    }
    learned = try learnedRatio.map { ratio in
      Sample(
        ratio: ratio,
        erasure: try Erasure(
          weight: weight, update: Float(ratio) * direction, blockSize: blockSize))
    }
    let levels = Codebook.nf4.levels.map(Double.init)
    let narrowest = zip(levels, levels.dropFirst()).map { $1 - $0 }.min() ?? 0
    let tensor = try BlockQuantizer(codebook: .nf4, blockSize: blockSize).quantize(weight)
    let entry = weight.norm / Double(max(weight.count, 1)).squareRoot()
    halfStep = entry > 0 ? narrowest / 2 * Statistics.mean(tensor.absmax) / entry : 0
  }

  func erasure(at ratio: Double) -> Erasure? {
    samples.first { $0.ratio == ratio }?.erasure
  }
  /// The largest size at which less than a thousandth of the codes change.
  var silent: Double {
    samples.prefix { $0.erasure.changedCodes < 0.001 }.last?.ratio ?? 0
  }

  private static let keys = [(0.01, "01"), (0.03, "03"), (0.1, "10"), (0.3, "30"), (1.0, "100")]

  var named: [String: Value] {
    var values: [String: Value] = [
      "count": .integer(count), "rank": .integer(rank), "block": .integer(blockSize),
      "half_step": .percentage(halfStep, decimals: 0),
      "silent": .percentage(silent, decimals: silent < 0.01 ? 1 : 0),
      "erases": .flag((erasure(at: 0.01)?.changedCodes ?? 1) < 0.01),
      "survives": .flag((erasure(at: 0.3)?.cosine ?? 0) > 0.8),
    ]
    for (ratio, key) in Self.keys {
      guard let erasure = erasure(at: ratio) else { continue }
      let share = erasure.changedCodes
      values["ratio_\(key)"] = .percentage(ratio, decimals: 0)
      values["changed_\(key)"] = .percentage(share, decimals: share < 0.1 ? 2 : 0)
      values["cosine_\(key)"] = .number(erasure.cosine, decimals: 2)
    }
    if let learned {
      values["learned_ratio"] = .percentage(learned.ratio, decimals: 0)
      values["learned_changed"] = .percentage(learned.erasure.changedCodes, decimals: 0)
      values["learned_cosine"] = .number(learned.erasure.cosine, decimals: 2)
    }
    values["learned_survives"] = .flag((learned?.erasure.cosine ?? 0) > 0.9)
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "law", title: Phrase(es: "la ley del borrado", en: "the law of erasure"),
        columns: [
          Phrase("ρ"), Phrase(es: "códigos que cambian", en: "codes that change"),
          Phrase(es: "coseno", en: "cosine"),
        ],
        rows: samples.map { sample in
          [
            .init(.percentage(sample.ratio, decimals: 1)),
            .init(.percentage(sample.erasure.changedCodes, decimals: 2)),
            .init(.number(sample.erasure.cosine, decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = Self.keys.compactMap { ratio, _ in
      erasure(at: ratio).map { erasure in
        let (size, share) = (words.percentage(ratio, 0), words.percentage(erasure.changedCodes, 1))
        return words.say(
          es: "con \(size), \(share) y \(words.number(erasure.cosine, 2))",
          en: "at \(size), \(share) and \(words.number(erasure.cosine, 2))")
      }
    }.joined(separator: "; ")
    return words.say(
      es: """
        Dos curvas según el tamaño ρ de la actualización, en escala logarítmica: la parte de los \
        códigos que cambian al volver a cuantizar, y el coseno entre el cambio que queda y el que se \
        quería. Las dos suben de casi cero a casi uno: \(list).
        """,
      en: """
        Two curves against the size ρ of the update, on a logarithmic scale: the share of codes that \
        change when quantizing again, and the cosine between the change that is left and the one that \
        was meant. Both rise from almost zero to almost one: \(list).
        """)
  }
}

extension ErasureLawResult {
  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1.2 : 2.4))
    let domain = 0.001...1.0
    let across = PlotFrame.Side(
      kind: .logarithmic, domain: domain,
      ticks: [(0.001, 3), (0.01, 2), (0.1, 1), (1, 0)].map { ($0, words.number($0, $1)) },
      title: canvas.isCompact
        ? "ρ" : words.say(es: "tamaño ρ del cambio", en: "size ρ of the update"))
    let marked =
      learned.map { (value: $0.ratio, label: words.say(es: "este cambio", en: "this update")) }
      ?? (value: halfStep, label: words.say(es: "medio escalón", en: "half a step"))
    let rule = domain.contains(marked.value) && !canvas.isCompact ? marked : nil
    // A share of zero has no place on a logarithmic scale; it stands at the lower edge.
    let floor = 1e-4
    LinePanel(
      heading: words.say(es: "códigos que cambian", en: "codes that change"),
      series: [
        .init(
          name: "", role: .quantized,
          points: samples.map {
            Point($0.ratio, max($0.erasure.changedCodes, floor))
          })
      ], across: across,
      up: PlotFrame.Side(
        kind: .logarithmic, domain: floor...1.0,
        ticks: [(1e-4, 2), (1e-3, 1), (1e-2, 0), (1e-1, 0), (1, 0)].map { value, decimals in
          (value, value == floor ? "0" : words.percentage(value, decimals))
        }), rule: rule, isNamed: false
    ).draw(in: panels[0], on: &canvas)
    LinePanel(
      heading: words.say(es: "parecido (coseno)", en: "likeness (cosine)"),
      series: [
        .init(
          name: "", role: .merged,
          points: samples.map { Point($0.ratio, max($0.erasure.cosine, 0)) })
      ], across: across,
      up: PlotFrame.Side(
        domain: 0...1.0,
        ticks: [0, 0.5, 1].map { ($0, words.number($0, $0 == 0.5 ? 1 : 0)) }), rule: rule,
      isNamed: false
    ).draw(in: panels[1], on: &canvas)
  }
}
