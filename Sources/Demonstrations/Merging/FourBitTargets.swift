internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Six ways to merge an adapter that was trained on a 4-bit base, and what each loses.
public struct FourBitTargets: Demonstration {
  public let id = "four-bit-targets"
  public let parameters = [
    Parameter(
      "side", Phrase(es: "lado de la matriz al azar", en: "side of the random matrix"),
      default: 256, range: 8...1024),
    Parameter.rank(8), Parameter.share(0.35), Parameter.blockSize,
    Parameter(
      "inputs", Phrase(es: "entradas que se prueban", en: "inputs that are tried"), default: 64,
      range: 1...1000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    var generator = RandomGenerator(seed: input.seed)
    let side = try whole("side", in: input)
    let weight =
      try input.weights == nil
      ? Matrix.randomNormal(
        rows: side, columns: side, standardDeviation: 0.05, using: &generator)
      : weightsToAdapt(in: input).matrix
    let share = try value(of: "share", in: input)
    let adapter = try LoRAAdapter.drawn(
      for: weight, rank: whole("rank", in: input), share: share, using: &generator)
    let merge = try FourBitMerge(
      weight: weight, adapter: adapter, blockSize: whole("block", in: input))
    let inputs = Matrix.randomNormal(
      rows: try whole("inputs", in: input), columns: weight.columns, using: &generator)
    let result = FourBitTargetsResult(
      shape: (weight.rows, weight.columns), rank: adapter.rank, share: share,
      errors: try FourBitMergeTarget.allCases.map { try merge.outputError($0, on: inputs) })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Sobre 4 bits, importa dónde se fusiona",
            en: "On 4 bits it matters what you merge into")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The relative error of the outputs for every target.
struct FourBitTargetsResult: Sendable {
  let shape: (rows: Int, columns: Int)
  let rank: Int
  let share: Double
  /// In the order of the targets.
  let errors: [Double]

  func error(_ target: FourBitMergeTarget) -> Double {
    zip(FourBitMergeTarget.allCases, errors).first { $0.0 == target }?.1 ?? 0
  }

  static func name(_ target: FourBitMergeTarget) -> Phrase {
    switch target {
    case .dequantized: Phrase(es: "base descuantizada, 32 bits", en: "dequantized base, 32 bits")
    case .dequantizedBFloat16: Phrase(es: "la misma en bf16", en: "the same in bf16")
    case .original: Phrase(es: "peso original", en: "original weight")
    case .requantized: Phrase(es: "base, y otra vez a 4 bits", en: "base, back to 4 bits")
    case .requantizedOriginal:
      Phrase(es: "original, y a 4 bits", en: "original, then to 4 bits")
    case .withoutAdapter: Phrase(es: "base sin adaptador", en: "base without adapter")
    }
  }

  var named: [String: Value] {
    func error(_ target: FourBitMergeTarget) -> Value {
      .percentage(self.error(target), decimals: self.error(target) < 0.01 ? 2 : 1)
    }
    return [
      "rows": .integer(shape.rows), "columns": .integer(shape.columns), "rank": .integer(rank),
      "share": .settingShare(share),
      "targets": .integer(errors.count),
      "dequantized": error(.dequantized), "bf16": error(.dequantizedBFloat16),
      "original": error(.original), "requantized": error(.requantized),
      "requantized_original": error(.requantizedOriginal), "without": error(.withoutAdapter),
      "is_exact": .flag(self.error(.dequantized) < 1e-6),
      "original_loses": .flag(self.error(.original) > 0.01),
      "base_better": .flag(self.error(.requantized) < self.error(.requantizedOriginal)),
      "worse_than_nothing": .flag(self.error(.requantized) >= self.error(.withoutAdapter)),
      "helps": .flag(self.error(.requantized) < 0.5 * self.error(.withoutAdapter)),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "targets",
        title: Phrase(es: "error relativo de las salidas", en: "relative error of the outputs"),
        columns: [
          Phrase(es: "fusionar en", en: "merge into"), Phrase(es: "error", en: "error"),
        ],
        rows: zip(FourBitMergeTarget.allCases, errors).map { target, error in
          [
            .init(.words(Self.name(target))),
            .init(.percentage(error, decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = zip(FourBitMergeTarget.allCases, errors).map {
      "\(Self.name($0)(words)): \(words.percentage($1, $1 < 0.01 ? 2 : 1))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Barras horizontales con el error relativo de las salidas frente a la función que se entrenó, \
        según en qué se fusiona el adaptador. \(list).
        """,
      en: """
        Horizontal bars with the relative error of the outputs against the function that was trained, \
        by what the adapter is merged into. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let (head, body) = frame.cutTop(canvas.lineHeight(small), gap: canvas.em(0.5))
    canvas.text(
      words.say(
        es: "error de las salidas frente a lo entrenado",
        en: "error of the outputs against what was trained"),
      at: Point(head.minX, head.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    func role(_ target: FourBitMergeTarget) -> Role {
      switch target {
      case .dequantized, .dequantizedBFloat16: .merged
      case .original: .frozen
      case .requantized, .requantizedOriginal: .quantized
      case .withoutAdapter: .frozen
      }
    }
    BarRows(
      rows: zip(FourBitMergeTarget.allCases, errors).map { target, error in
        BarRows.Row(
          name: Self.name(target)(words), value: error,
          label: error == 0 ? "0" : words.percentage(error, error < 0.01 ? 2 : 1),
          fill: canvas.theme.color(role(target)), isReference: target == .withoutAdapter)
      }, limit: max(errors.max() ?? 0, 1e-12)
    ).draw(in: body, on: &canvas)
  }
}
