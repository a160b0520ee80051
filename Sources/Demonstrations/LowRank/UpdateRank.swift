internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The rank of what full fine-tuning changes: with plain gradient descent at most one for each example.
public struct UpdateRank: Demonstration {
  public let id = "update-rank"
  public let parameters = [
    Parameter("examples", Phrase(es: "ejemplos", en: "examples"), default: 6, range: 1...256),
    Parameter("steps", Phrase(es: "pasos", en: "steps"), default: 200, range: 1...1000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 4)
    let side = min(weights.matrix.rows, weights.matrix.columns)
    let norm = weights.matrix.norm
    guard side >= 2, weights.matrix.count <= Self.largestCount, (1e-12...1e12).contains(norm) else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: """
          is no matrix of at least 2×2 and at most \(Self.largestCount) weights of ordinary size; \
          --slice takes a part of it
          """)
    }
    let result = try UpdateRankResult(
      name: weights.name, weight: weights.matrix, examples: whole("examples", in: input),
      steps: whole("steps", in: input), seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: result.examples == 1
              ? "Con un ejemplo, el cambio tiene rango \(result.rank)"
              : "Con \(result.examples) ejemplos, el cambio tiene rango \(result.rank)",
            en: result.examples == 1
              ? "With one example the change has rank \(result.rank)"
              : "With \(result.examples) examples the change has rank \(result.rank)")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }

  /// The most weights: every step costs two products.
  static let largestCount = 4096
}

/// A layer that is trained whole on a few examples of a task that would change all of it.
struct UpdateRankResult: Sendable {
  let name: String
  let weight: Matrix
  let examples: Int
  let steps: Int
  /// The singular values of the change that the task asks for.
  let wanted: SingularValueDecomposition
  /// Those of the change that gradient descent made, and of the one that AdamW made.
  let change: SingularValueDecomposition
  let adaptiveChange: SingularValueDecomposition
  /// The squared error of the outputs, at the end as a share of that at the start.
  let loss: Double

  /// Trains: the outputs of `weight + wanted` on normal inputs are the targets, the mean squared error
  /// is the loss, and every step is `W ← W − η (Y − T)ᵀ X`, with η at half the largest that is stable; and
  /// once more with AdamW.
  init(name: String, weight: Matrix, examples: Int, steps: Int, seed: UInt64) throws {
    var generator = RandomGenerator(seed: seed)
    let scale = weight.norm / Double(weight.count).squareRoot()
    let task = Matrix.randomNormal(
      rows: weight.rows, columns: weight.columns, standardDeviation: 0.3 * scale, using: &generator)
    let inputs = Matrix.randomNormal(rows: examples, columns: weight.columns, using: &generator)
    let targets = inputs.multiplied(by: (weight + task).transposed)
    let base = inputs.multiplied(by: weight.transposed)
    // The change is kept apart from the weight, so that no rounding of the sum comes into its rank.
    func trained(_ step: (inout Matrix, Matrix) -> Void) -> (change: Matrix, loss: Double) {
      var change = Matrix.zeros(rows: weight.rows, columns: weight.columns)
      var losses: [Double] = []
      for count in 0...steps {
        let difference = base + inputs.multiplied(by: change.transposed) - targets
        losses.append(difference.norm * difference.norm)
        if count < steps { step(&change, difference.transposed.multiplied(by: inputs)) }
      }
      return (change, losses[0] > 0 ? (losses.last ?? 0) / losses[0] : 0)
    }
    let largest = try SingularValueDecomposition(inputs).values.first ?? 1
    let factor = Float(1 / max(largest * largest, 1e-30))
    let descent = trained { change, gradient in change = change - factor * gradient }
    // A rate with which about twenty steps cover what the task asks of a weight.
    let rule = AdamW(learningRate: 0.015 * scale, weightDecay: 0)
    var moments = AdamW.Moments(rows: weight.rows, columns: weight.columns)
    let adaptive = trained { rule.step(&$0, gradient: $1, moments: &moments) }
    (self.name, self.weight, self.examples, self.steps) = (name, weight, examples, steps)
    wanted = try SingularValueDecomposition(task)
    change = try SingularValueDecomposition(descent.change)
    adaptiveChange = try SingularValueDecomposition(adaptive.change)
    loss = descent.loss
  }

  /// The number of singular values above a ten-thousandth of the largest.
  private static func rank(_ svd: SingularValueDecomposition) -> Int {
    let limit = 1e-4 * (svd.values.first ?? 0)
    return svd.values.count { $0 > limit }
  }

  var rank: Int { Self.rank(change) }
  private var side: Int { change.values.count }
  private var cost: Int { rank * (weight.rows + weight.columns) }

  var named: [String: Value] {
    let verdict =
      rank >= side
      ? ClaimOutcome.doesNotHold.phrase
      : ClaimOutcome.holdsWithLimit.phrase
    return [
      "name": .code(name), "rows": .integer(weight.rows), "columns": .integer(weight.columns),
      "examples": .integer(examples), "steps": .integer(steps), "rank": .integer(rank),
      "values": .integer(side), "wanted_rank": .integer(wanted.rank),
      "expected": .integer(min(examples, side)), "loss": .significant(loss, digits: 2),
      "weights": .integer(weight.count), "numbers": .integer(cost),
      "changed": .percentage(
        change.error(rank: 0) / max(weight.norm, 1e-30), decimals: 0),
      "found": .percentage(
        change.error(rank: 0) / max(wanted.error(rank: 0), 1e-30), decimals: 0),
      "adam_rank": .integer(Self.rank(adaptiveChange)),
      "adam_ninety": .integer(SpectrumResult.rank(holding: 0.9, of: adaptiveChange)),
      "is_low_rank": .flag(rank < side), "saves": .flag(cost < weight.count),
      "one_each": .flag(rank == min(examples, side)), "verdict": .words(verdict),
      "claim_number": .integer(rank),
      "claim_measure": .words(
        Phrase(
          es: "de \(side) rangos tiene lo que cambia", en: "of \(side) ranks are in what changes")),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "singular-values", title: Phrase(es: "valores singulares", en: "singular values"),
        columns: [
          Phrase("n"), Phrase(es: "lo que pide la tarea", en: "what the task asks"),
          Phrase(es: "lo que cambió", en: "what changed"),
          Phrase(es: "con AdamW", en: "with AdamW"),
        ],
        rows: change.values.prefix(24).indices.map { index in
          [
            .init(.integer(index + 1)), .init(.significant(wanted.values[index], digits: 3)),
            .init(
              .significant(index < rank ? change.values[index] : 0, digits: 3),
              shade: index < rank ? .role(.update) : .none),
            .init(.significant(adaptiveChange.values[index], digits: 3)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Dos gráficas de barras con \(side) valores singulares cada una, en la misma escala. A la \
        izquierda, el cambio que pide la tarea, con todos los valores distintos de cero. A la \
        derecha, lo que cambió el ajuste completo con \(words.integer(examples)) ejemplos: \
        \(rank) valores distintos de cero y los demás nulos.
        """,
      en: """
        Two bar charts of \(side) singular values each, on one scale. On the left, the change that \
        the task asks for, with every value other than zero. On the right, what full fine-tuning on \
        \(words.integer(examples)) examples changed: \(rank) values other than zero, and the rest \
        nothing.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let parts = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1.2 : 2.5))
    let highest = max(wanted.values.first ?? 0, change.values.first ?? 0)
    let charts = [
      (
        words.say(es: "lo que pide la tarea", en: "what the task asks"), wanted, wanted.rank,
        Role.original
      ),
      (words.say(es: "lo que cambió", en: "what changed"), change, rank, Role.update),
    ]
    for (part, (title, svd, rank, role)) in zip(parts, charts) {
      canvas.text(
        title, at: Point(part.minX, part.minY), style, color: canvas.theme.color(role),
        vertical: .top)
      let plot = part.inset(
        top: canvas.lineHeight(style) + canvas.em(0.6),
        bottom: canvas.lineHeight(small) + canvas.em(0.4))
      SingularValueBars(values: svd.values, kept: rank, highest: highest, role: role)
        .draw(in: plot, on: &canvas)
      canvas.text(
        words.say(es: "rango \(rank) de \(side)", en: "rank \(rank) of \(side)"),
        at: Point(plot.minX, plot.maxY + canvas.em(0.4)), small,
        color: canvas.theme.color(role), vertical: .top)
    }
  }
}
