internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// One weight of a 4-bit block under three sizes of one update: whether its code changes.
public struct UnmovedWeight: Demonstration {
  public let id = "unmoved-weight"
  public let parameters = [
    Parameter.rank(8), Parameter.share(0.03), Parameter.blockSize,
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToAdapt(in: input, atLeast: 4)
    let (rank, block) = (try whole("rank", in: input), try whole("block", in: input))
    let share = try value(of: "share", in: input)
    var generator = RandomGenerator(seed: input.seed)
    let adapter = try LoRAAdapter.drawn(
      for: weights.matrix, rank: rank, share: 1, using: &generator)
    let found = try UnmovedWeightResult(
      weight: weights.matrix, direction: adapter.deltaWeight, share: share, blockSize: block)
    guard let result = found else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: "has no weight between the ends of the scale of its first block")
    }
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isErased
            ? words.say(
              es: "Si no cruza el umbral, el cambio desaparece",
              en: "What does not cross the threshold is gone")
            : words.say(
              es: "Un cambio que cruza el umbral llega al otro nivel",
              en: "What crosses the threshold reaches the next level")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in UnmovedWeightDrawing(result: result).draw(on: &canvas, in: frame) }
      )
    )
  }
}

/// A weight on its level, the levels around it, and where three updates leave it.
struct UnmovedWeightResult: Sendable {
  /// One size of the update.
  struct Trial: Sendable {
    /// The norm of the update divided by that of the weight.
    let share: Double
    /// The change of the weight, in units of the absmax of its block.
    let change: Double
    let code: UInt8
    /// What comes back, in the same units.
    let restored: Double
    /// How much larger the absmax of the block has become.
    let stretch: Double
    /// How many weights of the block have another code.
    let changedInBlock: Int
  }

  /// How much larger each trial is than the first.
  static let multiples = [1.0, 3, 10]

  let absmax: Double
  /// The weight on its level, in units of the absmax.
  let start: Double
  let code: UInt8
  let levels: [Double]
  let thresholds: [Double]
  let blockCount: Int
  let trials: [Trial]

  /// Nil where no weight of the first block stands between the ends of the scale.
  init?(weight: Matrix, direction: Matrix, share: Double, blockSize: Int) throws {
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: blockSize)
    let tensor = try quantizer.quantize(weight)
    let base = tensor.dequantizedMatrix()
    let block = tensor.indices(ofBlock: 0)
    let unit = Double(tensor.absmax[0])
    absmax = unit
    levels = Codebook.nf4.levels.map(Double.init)
    thresholds = Codebook.nf4.thresholds.map(Double.init)
    blockCount = block.count
    // Of the weights between the ends of the line, the one whose change is of middling size.
    let inner = block.filter { index in
      let place = unit > 0 ? Double(base.values[index]) / unit : 0
      return place > -0.99 && place < 0.99
    }
    let order = inner.sorted {
      direction.values[$0].magnitude < direction.values[$1].magnitude
    }
    guard !order.isEmpty else { return nil }
    let chosen = order[order.count / 2]
    start = unit > 0 ? Double(base.values[chosen]) / unit : 0
    code = tensor.code(at: chosen)
    trials = try Self.multiples.map { multiple in
      let update = Float(share * multiple) * direction
      let after = try quantizer.quantize(base + update)
      let back = after.dequantizedMatrix()
      return Trial(
        share: share * multiple,
        change: unit > 0 ? Double(update.values[chosen]) / unit : 0, code: after.code(at: chosen),
        restored: unit > 0 ? Double(back.values[chosen]) / unit : 0,
        stretch: unit > 0 ? Double(after.absmax[0]) / unit : 1,
        changedInBlock: block.count { after.code(at: $0) != tensor.code(at: $0) })
    }
  }

  /// A code as it is written in figures and prose: one hexadecimal digit.
  private func digit(_ code: UInt8) -> String { String(code, radix: 16, uppercase: true) }

  /// Whether the smallest update leaves the weight where it was.
  var isErased: Bool { trials[0].code == code }

  /// The level on the side towards which the update moves the weight.
  var nextLevel: Double {
    trials[0].change >= 0
      ? levels.first { $0 > start + 1e-6 } ?? start : levels.last { $0 < start - 1e-6 } ?? start
  }

  /// The distance from the level to the threshold on that side.
  var room: Double {
    let between = thresholds.first { ($0 - start) * ($0 - nextLevel) < 0 }
    return abs((between ?? nextLevel) - start)
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "absmax": .significant(absmax, digits: 3), "level": .number(start, decimals: 4),
      "code": .code(digit(code)), "next_level": .number(nextLevel, decimals: 4),
      "room": .number(room, decimals: 4),
      "room_value": .significant(room * absmax, digits: 2), "block": .integer(blockCount),
      "erased": .flag(isErased), "crosses": .flag(trials.last?.code != code),
    ]
    for (index, trial) in trials.enumerated() {
      values["share_\(index + 1)"] = .settingShare(trial.share)
      values["change_\(index + 1)"] = .number(trial.change.magnitude, decimals: 4)
      values["moved_\(index + 1)"] = .integer(trial.changedInBlock)
      values["code_\(index + 1)"] = .code(digit(trial.code))
      values["stays_\(index + 1)"] = .flag(trial.code == code)
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "trials",
        title: Phrase(es: "tres tamaños de un cambio", en: "three sizes of an update"),
        columns: [
          Phrase(es: "tamaño", en: "size"), Phrase(es: "cambio ÷ absmax", en: "change ÷ absmax"),
          Phrase(es: "código", en: "code"),
          Phrase(es: "códigos que cambian en el bloque", en: "codes that change in the block"),
        ],
        rows: trials.map { trial in
          [
            .init(.percentage(trial.share, decimals: 1)), .init(.number(trial.change, decimals: 4)),
            .init(.code(digit(trial.code))), .init(.integer(trial.changedInBlock)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = trials.map { trial in
      let share = Value.settingShare(trial.share).formatted(words)
      return words.say(
        es:
          "con \(share), código \(digit(trial.code)) y \(trial.changedInBlock) de \(blockCount) cambian",
        en:
          "at \(share), code \(digit(trial.code)), and \(trial.changedInBlock) of \(blockCount) change"
      )
    }.joined(separator: "; ")
    return words.say(
      es: """
        Una recta con los niveles de NF4 alrededor de un peso que está en \(words.number(start, 3)), \
        código \(digit(code)), y los umbrales entre ellos. Debajo, tres flechas con el cambio del peso en \
        tres tamaños y un punto donde queda al volver a cuantizar: \(list).
        """,
      en: """
        A line with the levels of NF4 around a weight at \(words.number(start, 3)), code \(digit(code)), and \
        the thresholds between them. Below, three arrows with the change of the weight in three sizes \
        and a dot where it is after quantizing again: \(list).
        """)
  }
}
