internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The singular values of a layer of a trained model, and of what fine-tuning all of its weights changed in it.
public struct LearnedUpdate: Demonstration {
  public let id = "learned-update"
  public let parameters: [Parameter] = []

  public init() {}

  public var exampleInput: DemonstrationInput? {
    DemonstrationInput(
      weights: .example("weights", rows: 8, columns: 8),
      change: .example("change", rows: 8, columns: 8, seed: 8))
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 4)
    let (matrix, change) = (weights.matrix, input.change?.matrix)
    guard let change, change.rows == matrix.rows, change.columns == matrix.columns,
      min(matrix.rows, matrix.columns) >= 2
    else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: "needs a change of the same shape, with at least two rows and two columns")
    }
    var generator = RandomGenerator(seed: input.seed)
    let random = Matrix.randomNormal(rows: matrix.rows, columns: matrix.columns, using: &generator)
    let result = LearnedUpdateResult(
      name: weights.name, shape: (matrix.rows, matrix.columns),
      size: matrix.norm > 0 ? change.norm / matrix.norm : 0,
      weight: try SingularValueDecomposition(matrix),
      change: try SingularValueDecomposition(change),
      random: try SingularValueDecomposition(random))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Una capa y lo que el ajuste completo cambió en ella",
            en: "A layer, and what full fine-tuning changed in it")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The spectra of a layer, of its change and of random numbers.
struct LearnedUpdateResult: Sendable {
  let name: String
  let shape: (rows: Int, columns: Int)
  /// ‖ΔW‖ / ‖W‖.
  let size: Double
  let weight, change, random: SingularValueDecomposition

  private static func ninety(_ svd: SingularValueDecomposition) -> Int {
    SpectrumResult.rank(holding: 0.9, of: svd)
  }
  private var side: Int { weight.values.count }
  private func share(_ svd: SingularValueDecomposition) -> Double {
    Double(Self.ninety(svd)) / Double(side)
  }
  /// Whether a tenth of the sheets holds nine tenths.
  private var isLowRank: Bool { share(change) <= 0.1 }
  /// Whether it takes at most half of the sheets that random numbers take.
  private var isConcentrated: Bool { 2 * Self.ninety(change) <= Self.ninety(random) }
  private var isBelowWeight: Bool { Self.ninety(change) < Self.ninety(weight) }

  private var verdict: Phrase {
    isLowRank
      ? ClaimOutcome.holds.phrase
      : isConcentrated
        ? ClaimOutcome.holdsWithLimit.phrase
        : ClaimOutcome.doesNotHold.phrase
  }

  var named: [String: Value] {
    let kept = change.error(rank: 8) / max(change.error(rank: 0), 1e-30)
    return [
      "name": .code(name), "rows": .integer(shape.rows), "columns": .integer(shape.columns),
      "values": .integer(side), "size": .percentage(size, decimals: 0),
      "ninety_change": .integer(Self.ninety(change)),
      "ninety_weight": .integer(Self.ninety(weight)),
      "ninety_random": .integer(Self.ninety(random)),
      "share_change": .percentage(share(change), decimals: 0),
      "share_weight": .percentage(share(weight), decimals: 0),
      "rank": .integer(min(8, side)),
      "kept_error": .percentage(min(8, side) == side ? 0 : kept, decimals: 0),
      "exact_rank": .integer(change.rank),
      "is_low_rank": .flag(isLowRank), "is_concentrated": .flag(isConcentrated),
      "is_below_weight": .flag(isBelowWeight),
      "weight_is_concentrated": .flag(2 * Self.ninety(weight) <= Self.ninety(random)),
      "verdict": .words(verdict), "claim_number": .percentage(share(change), decimals: 0),
      "claim_measure": .words(
        Phrase(
          es: "de las láminas recogen 9/10 del cambio", en: "of the sheets hold 9/10 of the change")
      ),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "spectra",
        title: Phrase(
          es: "valores singulares, divididos por el mayor",
          en: "singular values, divided by the largest"),
        columns: [
          Phrase("n"), Phrase("W"), Phrase("ΔW"), Phrase(es: "azar", en: "random"),
        ],
        rows: (0..<min(side, 32)).map { index in
          [.init(.integer(index + 1))]
            + [weight, change, random].map {
              .init(.number($0.values[index] / max($0.values[0], 1e-30), decimals: 4))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Tres curvas con los \(side) valores singulares, divididos por el mayor: los de la capa, los de \
        lo que cambió el ajuste completo y los de números al azar. Recoger el 90 % pide \
        \(Self.ninety(weight)) láminas de la capa, \(Self.ninety(change)) del cambio y \
        \(Self.ninety(random)) del azar.
        """,
      en: """
        Three curves of the \(side) singular values, divided by the largest: those of the layer, of \
        what full fine-tuning changed, and of random numbers. Holding 90% takes \
        \(Self.ninety(weight)) sheets of the layer, \(Self.ninety(change)) of the change and \
        \(Self.ninety(random)) of random numbers.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let parts = canvas.isCompact ? [frame] : frame.columns([1.55, 1], gap: canvas.em(2.2))
    let entries: [(name: String, role: Role, dashes: [Double], svd: SingularValueDecomposition)] = [
      (words.say(es: "pesos W", en: "weights W"), .original, [], weight),
      (words.say(es: "cambio ΔW", en: "change ΔW"), .update, [6, 2.5], change),
      (words.say(es: "azar", en: "random"), .frozen, [1.5, 2], random),
    ]
    SpectrumCurves(
      curves: entries.map {
        .init(name: $0.name, role: $0.role, dashes: $0.dashes, values: $0.svd.values)
      }
    ).draw(in: parts[0], on: &canvas)
    guard parts.count > 1 else { return }
    let head = canvas.style(.base, bold: true)
    canvas.text(
      words.say(es: "láminas para el 90 %", en: "sheets for 90%"),
      at: Point(parts[1].minX, parts[1].minY), head, vertical: .top)
    let bars = parts[1].inset(
      top: canvas.lineHeight(head) + parts[1].height * 0.1, bottom: parts[1].height * 0.2)
    BarRows(
      rows: entries.map { entry in
        let count = Self.ninety(entry.svd)
        return BarRows.Row(
          name: entry.name, value: Double(count), label: words.integer(count),
          fill: canvas.theme.color(entry.role), isReference: entry.role == .frozen)
      }, limit: Double(side)
    ).draw(in: bars, on: &canvas)
  }
}
