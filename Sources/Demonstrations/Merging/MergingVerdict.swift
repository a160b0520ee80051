internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// What merging keeps of memory and of outputs, in 32, 16 and 4 bits, and the verdict on the claim.
public struct MergingVerdict: Demonstration {
  public let id = "merging-verdict"
  public let parameters = [
    Parameter.rank(8), Parameter.share(0.05), Parameter.blockSize,
    Parameter(
      "inputs", Phrase(es: "entradas que se prueban", en: "inputs that are tried"), default: 64,
      range: 1...1000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToAdapt(in: input, atLeast: 4)
    let share = try value(of: "share", in: input)
    var generator = RandomGenerator(seed: input.seed)
    let adapter = try LoRAAdapter.drawn(
      for: weights.matrix, rank: whole("rank", in: input), share: share, using: &generator)
    let inputs = Matrix.randomNormal(
      rows: try whole("inputs", in: input), columns: weights.matrix.columns, using: &generator)
    let result = try MergingVerdictResult(
      weights: weights, adapter: adapter, share: share, inputs: inputs,
      blockSize: whole("block", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.fourBitsCanDoBoth
            ? words.say(
              es: "Una sola matriz, con la misma memoria",
              en: "A single matrix, in the same memory")
            : words.say(
              es: "En 4 bits: o la memoria, o lo aprendido",
              en: "In 4 bits: the memory or what was learned")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in MergingVerdictDrawing(result: result).draw(on: &canvas, in: frame)
        })
    )
  }
}

/// Memory and outputs of every way of merging.
struct MergingVerdictResult: Sendable {
  /// A format of the base and the format of what it becomes.
  enum Way: CaseIterable, Sendable {
    case single, half, fourToFour, fourToHalf

    var name: Phrase {
      switch self {
      case .single: Phrase(es: "32 bits", en: "32 bits")
      case .half: Phrase(es: "16 bits", en: "16 bits")
      case .fourToFour: Phrase(es: "4 bits → 4 bits", en: "4 bits → 4 bits")
      case .fourToHalf: Phrase(es: "4 bits → 16 bits", en: "4 bits → 16 bits")
      }
    }
  }

  struct Outcome: Sendable {
    let way: Way
    let base: Int
    let factors: Int
    /// Bytes of the merged matrix.
    let after: Int
    /// The difference of the outputs divided by what the adapter changes in them.
    let lost: Double

    /// Whether the merged matrix takes no more than the base alone.
    var keepsMemory: Bool { after <= base }
    /// Whether nearly all that the adapter does is still done.
    var keepsOutputs: Bool { lost < MergingVerdictResult.tolerance }
  }

  /// How much of what the adapter changes may be lost for outputs to count as the same.
  static let tolerance = 0.1

  let name: String
  let count: Int
  let rank: Int
  let share: Double
  let outcomes: [Outcome]
  /// What is left of the update when the merged weight is quantized again.
  let erasure: Erasure

  init(
    weights: NamedWeights, adapter: LoRAAdapter, share: Double, inputs: Matrix, blockSize: Int
  ) throws {
    let weight = weights.matrix
    (name, count, rank, self.share) = (weights.name, weight.count, adapter.rank, share)
    let factors = adapter.loraA.count + adapter.loraB.count
    let merge = try FourBitMerge(weight: weight, adapter: adapter, blockSize: blockSize)
    let effect = try merge.outputError(.withoutAdapter, on: inputs)
    func lost(_ target: FourBitMergeTarget) throws -> Double {
      effect > 0 ? try merge.outputError(target, on: inputs) / effect : 0
    }
    func lost(base: Matrix, merged: Matrix) throws -> Double {
      let wanted = try adapter.output(of: inputs, weight: base)
      let change = (wanted - inputs.multiplied(by: base.transposed)).norm
      let difference = (inputs.multiplied(by: merged.transposed) - wanted).norm
      return change > 0 ? difference / change : 0
    }
    let half = BFloat16.rounded(weight)
    let four = try QuantizationStorage(
      count: weight.count, blockSize: blockSize, doubleQuantized: false
    ).total
    outcomes = [
      Outcome(
        way: .single, base: 4 * count, factors: 4 * factors, after: 4 * count,
        lost: try lost(base: weight, merged: adapter.merged(into: weight).weight)),
      Outcome(
        way: .half, base: 2 * count, factors: 2 * factors, after: 2 * count,
        lost: try lost(
          base: half, merged: BFloat16.rounded(adapter.merged(into: half).weight))),
      Outcome(
        way: .fourToFour, base: four, factors: 2 * factors, after: four,
        lost: try lost(.requantized)),
      Outcome(
        way: .fourToHalf, base: four, factors: 2 * factors, after: 2 * count,
        lost: try lost(.dequantizedBFloat16)),
    ]
    erasure = try Erasure(weight: weight, update: adapter.deltaWeight, blockSize: blockSize)
  }

  func outcome(_ way: Way) -> Outcome { outcomes.first { $0.way == way } ?? outcomes[0] }
  private func holds(_ way: Way) -> Bool {
    outcome(way).keepsMemory && outcome(way).keepsOutputs
  }
  var fullPrecisionHolds: Bool { holds(.single) && holds(.half) }
  var fourBitsCanDoBoth: Bool { holds(.fourToFour) || holds(.fourToHalf) }

  var verdict: Phrase {
    if fullPrecisionHolds {
      return fourBitsCanDoBoth
        ? ClaimOutcome.holds.phrase
        : ClaimOutcome.holdsWithLimit.phrase
    }
    return ClaimOutcome.doesNotHold.phrase
  }

  static func percentage(_ lost: Double) -> Value {
    lost < 0.001 && lost > 0
      ? .significant(lost * 100, digits: 1) : .percentage(lost, decimals: lost < 0.1 ? 1 : 0)
  }

  var named: [String: Value] {
    let (single, half) = (outcome(.single), outcome(.half))
    let (four, wide) = (outcome(.fourToFour), outcome(.fourToHalf))
    return [
      "name": .code(name), "count": .integer(count), "rank": .integer(rank),
      "share": .settingShare(share),
      "single_before": .integer(single.base + single.factors),
      "single_base": .integer(single.base), "single_after": .integer(single.after),
      "single_lost": .significant(single.lost, digits: 1),
      "half_lost": .percentage(half.lost, decimals: 1),
      "four_before": .integer(four.base + four.factors), "four_base": .integer(four.base),
      "four_after": .integer(four.after), "four_lost": .percentage(four.lost, decimals: 0),
      "wide_after": .integer(wide.after), "wide_lost": .percentage(wide.lost, decimals: 1),
      "wide_ratio": .number(Double(wide.after) / Double(max(wide.base, 1)), decimals: 1),
      "changed": .percentage(erasure.changedCodes, decimals: 1),
      "cosine": .number(erasure.cosine, decimals: 2),
      "tolerance": .percentage(Self.tolerance, decimals: 0),
      "memory_kept": .flag(single.keepsMemory && half.keepsMemory),
      "full_holds": .flag(fullPrecisionHolds), "four_holds": .flag(fourBitsCanDoBoth),
      "worse_than_nothing": .flag(four.lost >= 1), "verdict": .words(verdict),
      "claim_number": .percentage(four.lost, decimals: 0),
      "claim_measure": .words(
        Phrase(
          es: "de lo aprendido se pierde en 4 bits", en: "of what was learned is lost in 4 bits")),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ways", title: Phrase(es: "memoria y salidas", en: "memory and outputs"),
        columns: [
          Phrase(""), Phrase(es: "bytes antes", en: "bytes before"),
          Phrase(es: "después", en: "after"), Phrase(es: "cabe", en: "fits"),
          Phrase(es: "se pierde", en: "lost"), Phrase(es: "igual", en: "same"),
        ],
        rows: outcomes.map { outcome in
          [
            .init(.words(outcome.way.name)), .init(.integer(outcome.base + outcome.factors)),
            .init(.integer(outcome.after)), .init(Self.yesOrNo(outcome.keepsMemory)),
            .init(.percentage(outcome.lost, decimals: 2)),
            .init(Self.yesOrNo(outcome.keepsOutputs)),
          ]
        })
    ]
  }

  static func yesOrNo(_ value: Bool) -> Value {
    .words(value ? Phrase(es: "sí", en: "yes") : Phrase("no"))
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = outcomes.map { outcome in
      let (before, after) = (
        words.integer(outcome.base + outcome.factors), words.integer(outcome.after)
      )
      let lost = words.percentage(outcome.lost, outcome.lost < 0.1 ? 2 : 0)
      return words.say(
        es: "\(outcome.way.name(words)): de \(before) a \(after) bytes, se pierde un \(lost)",
        en: "\(outcome.way.name(words)): from \(before) to \(after) bytes, \(lost) is lost")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Barras con los bytes de la base y del adaptador antes de fusionar y los de la matriz después, \
        y qué parte de lo que el adaptador cambia en las salidas se pierde. \(list).
        """,
      en: """
        Bars with the bytes of base and adapter before merging and those of the matrix after it, and \
        the share of what the adapter changes in the outputs that is lost. \(list).
        """)
  }
}
