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
        ? Phrase(es: "se cumple", en: "holds")
        : Phrase(es: "se cumple, con un límite", en: "holds, with a limit")
    }
    return Phrase(es: "aquí no se cumple", en: "does not hold here")
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
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ways", title: Phrase(es: "memoria y salidas", en: "memory and outputs"),
        columns: [
          Phrase(""), Phrase(es: "bytes antes", en: "bytes before"),
          Phrase(es: "bytes después", en: "bytes after"),
          Phrase(es: "no más memoria", en: "no more memory"),
          Phrase(es: "se pierde", en: "lost"), Phrase(es: "mismas salidas", en: "same outputs"),
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

/// Draws a row for every way: bytes before and after as bars, and whether each promise is kept.
struct MergingVerdictDrawing {
  let result: MergingVerdictResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let outcomes = result.outcomes
    let names = outcomes.map { $0.way.name(words) }
    let left = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.8)
    let heads =
      canvas.isCompact
      ? [
        words.say(es: "cabe", en: "fits"), words.say(es: "pierde", en: "loses"),
      ]
      : [
        words.say(es: "no ocupa más", en: "takes no more"),
        words.say(es: "efecto perdido", en: "effect lost"),
      ]
    let losses = outcomes.map { lostText($0.lost, words) }
    let fits = outcomes.map { MergingVerdictResult.yesOrNo($0.keepsMemory).formatted(words) }
    let columns = [
      ([heads[0]] + fits).map { canvas.width($0, bold) }.max() ?? 0,
      ([heads[1]] + losses).map { canvas.width($0, bold) }.max() ?? 0,
    ]
    let apart = canvas.em(canvas.isCompact ? 0.7 : 1.6)
    let head = canvas.lineHeight(small) + canvas.em(0.3)
    let right = columns[0] + columns[1] + 2 * apart
    let plot = frame.inset(left: left, top: head, right: right)
    // The widest label of a bar has its place too.
    let labelWidth =
      canvas.isCompact
      ? 0
      : (outcomes.map { canvas.width(size($0.base + $0.factors, words), small) }.max() ?? 0)
        + canvas.em(0.5)
    let largest = outcomes.map { max($0.base + $0.factors, $0.after) }.max() ?? 1
    let centers = [
      frame.maxX - columns[1] - apart - columns[0] / 2, frame.maxX - columns[1] / 2,
    ]
    for (text, x) in zip(heads, centers) {
      canvas.text(
        text, at: Point(x, frame.minY), small, color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .top)
    }
    drawKey(at: Point(plot.minX, frame.minY), on: &canvas)
    let rows = plot.rows(outcomes.map { _ in 1 }, gap: canvas.em(canvas.isCompact ? 0.3 : 0.8))
    for (index, (outcome, row)) in zip(outcomes, rows).enumerated() {
      canvas.text(
        names[index], at: Point(frame.minX, row.midY), bold, vertical: .middle)
      let height = min(row.height * 0.42, canvas.em(1.7))
      let gap = min(canvas.em(0.15), row.height * 0.06)
      func width(_ bytes: Int) -> Double {
        max(Double(bytes) / Double(largest) * (plot.width - labelWidth), canvas.preset.axisWidth)
      }
      let upper = row.midY - gap / 2 - height
      let lower = row.midY + gap / 2
      let base = Rectangle(x: plot.minX, y: upper, width: width(outcome.base), height: height)
      let extra = Rectangle(
        x: base.maxX, y: upper, width: width(outcome.factors), height: height)
      let after = Rectangle(
        x: plot.minX, y: lower, width: width(outcome.after), height: height)
      canvas.fill(base, canvas.theme.color(.frozen))
      canvas.fill(extra, canvas.theme.color(.update))
      canvas.fill(after, canvas.theme.color(.merged))
      if labelWidth > 0, small.size <= height * 1.2 {
        for (bar, bytes) in [(extra, outcome.base + outcome.factors), (after, outcome.after)] {
          canvas.text(
            size(bytes, words), at: Point(bar.maxX + canvas.em(0.4), bar.midY), small,
            color: canvas.theme.secondaryInk, vertical: .middle)
        }
      }
      let answers = [(fits[index], outcome.keepsMemory), (losses[index], outcome.keepsOutputs)]
      for ((text, isGood), x) in zip(answers, centers) {
        canvas.text(
          text, at: Point(x, row.midY), bold, color: canvas.theme.color(isGood ? .merged : .error),
          anchor: .middle, vertical: .middle)
      }
    }
  }

  private func lostText(_ lost: Double, _ words: Words) -> String {
    lost < 0.0005
      ? words.say(es: "< 0,1 %", en: "< 0.1%") : words.percentage(lost, lost < 0.1 ? 1 : 0)
  }

  /// Bytes in thousands, where there are that many.
  private func size(_ bytes: Int, _ words: Words) -> String {
    bytes >= 10_000
      ? words.number(Double(bytes) / 1000, 0) + " kB" : words.integer(bytes) + " B"
  }

  /// Names the colours once.
  private func drawKey(at origin: Point, on canvas: inout Canvas) {
    guard !canvas.isCompact else { return }
    let words = canvas.words
    let small = canvas.style(.small)
    let chip = small.size * 0.8
    var x = origin.x
    let entries: [(String, Role)] = [
      ("W₀", .frozen), ("A, B", .update), (words.say(es: "W fusionada", en: "merged W"), .merged),
    ]
    for (name, role) in entries {
      canvas.fill(
        Rectangle(x: x, y: origin.y, width: chip, height: chip), canvas.theme.color(role))
      let label = canvas.text(
        name, at: Point(x + chip + canvas.em(0.3), origin.y + chip / 2), small,
        color: canvas.theme.color(role), vertical: .middle)
      x = label.maxX + canvas.em(0.9)
    }
  }
}
