internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// How the base model of the course was trained: the record that `train` wrote beside it, and what it can do.
public struct BaseTraining: TrainedDemonstration {
  public let id = "base-training"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public var exampleInput: DemonstrationInput? {
    // A loss that falls, as a metrics.csv has it.
    let rows = (1...20).flatMap { [Float($0), (300 / Float($0)).rounded() / 100] }
    return DemonstrationInput(
      weights: NamedWeights(
        name: "weights", matrix: Matrix(rows: 20, columns: 2, values: rows)))
  }

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    [try PipelineStudy.experiment(self, input)]
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 4)
    let losses = try Self.losses(weights, id)
    let result = BaseTrainingResult(losses: losses, study: try PipelineStudy(self, input))
    return Observation(
      values: result.named, tables: [result.table, result.study.table([.base])],
      picture: Picture(
        title: { words in
          words.say(
            es: "Primero, un modelo que sabe las cuentas", en: "First, a model that can do sums")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }

  /// The second column of `metrics.csv`: step, loss, and what else was measured.
  private static func losses(_ weights: NamedWeights, _ id: String) throws -> [Double] {
    let matrix = weights.matrix
    let losses = matrix.columns >= 2 ? matrix.column(1).map(Double.init) : []
    guard losses.count >= 2, losses.allSatisfy({ $0 > 0 && $0 < 1e6 }) else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: "is no metrics.csv of train: its second column has to be losses above zero")
    }
    return losses
  }
}

/// The loss of the base's training, and its scores.
struct BaseTrainingResult: Sendable {
  let losses: [Double]
  let study: PipelineStudy

  /// The mean of the last hundredth: a single batch is noisy.
  private var last: Double {
    let part = losses.suffix(max(losses.count / 100, 1))
    return part.reduce(0, +) / Double(part.count)
  }
  /// The first step from which on the mean of a hundredth is below a tenth of the first loss.
  private var learned: Int {
    let size = max(losses.count / 100, 1)
    let means = stride(from: 0, to: losses.count - size + 1, by: size).map {
      (step: $0 + size, mean: losses[$0..<$0 + size].reduce(0, +) / Double(size))
    }
    return means.first { $0.mean < 0.1 * losses[0] }?.step ?? losses.count
  }

  var named: [String: Value] {
    study.named.merging([
      "base_steps": .integer(losses.count), "first_loss": .significant(losses[0], digits: 3),
      "last_loss": .significant(last, digits: 2), "learned_step": .integer(learned),
    ]) { $1 }
  }

  var table: DataTable {
    let size = max(losses.count / 20, 1)
    return DataTable(
      id: "losses", title: Phrase(es: "pérdida del entrenamiento", en: "loss of the training"),
      columns: [Phrase(es: "paso", en: "step"), Phrase(es: "pérdida", en: "loss")],
      rows: stride(from: 0, to: losses.count, by: size).map {
        [.init(.integer($0 + 1)), .init(.significant(losses[$0], digits: 3))]
      })
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let (first, final) = (
      words.numbers.significant(losses[0], digits: 3), words.numbers.significant(last, digits: 2)
    )
    return words.say(
      es: """
        Curva de la pérdida del modelo base en \(words.integer(losses.count)) pasos, en escala \
        logarítmica: de \(first) a \(final). Al lado, sus aciertos: lo que aprendió, el \
        \(words.percentage(study.score(.base).oldShare, 1)); divisiones, el \
        \(words.percentage(study.score(.base).newShare, 1)).
        """,
      en: """
        Curve of the loss of the base model over \(words.integer(losses.count)) steps, on a \
        logarithmic scale: from \(first) to \(final). Beside it, its right answers: of what it \
        learned, \(words.percentage(study.score(.base).oldShare, 1)); of divisions, \
        \(words.percentage(study.score(.base).newShare, 1)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    PipelineCurve(
      heading: words.say(es: "pérdida de la base", en: "loss of the base"), losses: losses,
      role: .original
    ).draw(
      in: canvas.isCompact ? frame : frame.columns([1.6, 1], gap: canvas.em(2))[0], on: &canvas)
    guard !canvas.isCompact else { return }
    let side = frame.columns([1.6, 1], gap: canvas.em(2))[1]
    let scores = study.score(.base)
    let head = canvas.style(.base, bold: true)
    canvas.text(
      words.say(es: "aciertos", en: "right answers"), at: Point(side.minX, side.minY), head,
      vertical: .top)
    BarRows(
      rows: [
        .init(
          name: words.say(es: "cuentas", en: "sums"), value: scores.oldShare,
          label: words.percentage(scores.oldShare, 1), fill: canvas.theme.color(.frozen)),
        .init(
          name: words.say(es: "divisiones", en: "divisions"), value: scores.newShare,
          label: words.percentage(scores.newShare, 1), fill: canvas.theme.color(.update)),
      ], limit: 1
    ).draw(
      in: side.inset(
        top: canvas.lineHeight(head) + side.height * 0.16, bottom: side.height * 0.3),
      on: &canvas)
  }
}

/// A curve of losses on a logarithmic scale.
struct PipelineCurve {
  /// More points would lie on each other: each is then the mean of some steps.
  private static let mostPoints = 120

  var heading: String
  var losses: [Double]
  var role: Role

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let size = max((losses.count + Self.mostPoints - 1) / Self.mostPoints, 1)
    let points = stride(from: 0, to: losses.count, by: size).map { start in
      let part = losses[start..<min(start + size, losses.count)]
      return Point(
        Double(start) + Double(part.count + 1) / 2,
        max(part.reduce(0, +) / Double(part.count), 1e-6))
    }
    let up = PlotFrame.Side.logarithmic(points.map(\.y), title: "", words: words)
    let decades = up.ticks.filter { tick in
      [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100].contains {
        ($0 / tick.value - 1).magnitude < 1e-9
      }
    }
    LinePanel(
      heading: heading, series: [.init(name: "", role: role, points: points)],
      across: .init(
        domain: 0...Double(max(losses.count, 2)),
        ticks: Axis.roundTicks(
          0...Double(max(losses.count, 2)), length: frame.width,
          spacing: 6 * canvas.style(.small).size, words: words),
        title: words.say(es: "pasos", en: "steps")),
      up: .init(
        kind: .logarithmic, domain: up.domain, ticks: decades.count > 1 ? decades : up.ticks),
      isNamed: false
    ).draw(in: frame, on: &canvas)
  }
}
