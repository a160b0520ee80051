internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The gradients of both factors in the first three steps: at the first one A does not move.
public struct FirstGradients: Demonstration {
  public let id = "first-gradients"
  public let parameters = [ToyTask.rankParameter]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let task = try ToyTask(rank: whole("rank", in: input), seed: input.seed)
    let result = try FirstGradientsResult(task: task, seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "En el primer paso solo se mueve B", en: "In the first step only B moves")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.columns(canvas.words).draw(on: &canvas, in: frame) }))
  }
}

/// The adapter before each of the first steps, with its gradients.
struct FirstGradientsResult: Sendable {
  struct Step: Sendable {
    let adapter: LoRAAdapter
    let gradients: LoRAGradients
    let loss: Double
    /// How far the output is from that without an adapter.
    let moved: Double
  }

  let task: ToyTask
  let steps: [Step]
  /// The loss after the last step.
  let lossAfter: Double

  init(task: ToyTask, seed: UInt64) throws {
    self.task = task
    var generator = RandomGenerator(seed: seed &+ 2)
    var adapter = try LoRAAdapter.start(
      for: task.weight, task.configuration, using: &generator
    ).adapter
    var steps: [Step] = []
    for _ in 0..<3 {
      steps.append(
        Step(
          adapter: adapter, gradients: try task.gradients(adapter), loss: try task.loss(adapter),
          moved: try task.movedOutput(adapter)))
      adapter = try task.stepped(adapter)
    }
    self.steps = steps
    lossAfter = try task.loss(adapter)
  }

  private func size(_ value: Double) -> Value {
    value == 0 ? .integer(0) : .number(value, decimals: 2)
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rank": .integer(task.configuration.rank), "rate": .number(Double(ToyTask.rate), decimals: 1),
      "examples": .integer(ToyTask.examples),
      "rows": .integer(ToyTask.rows), "columns": .integer(ToyTask.columns),
      "count_a": .integer(steps[0].adapter.loraA.count),
      "zeros_a": .integer(steps[0].gradients.loraA.values.count { $0 == 0 }),
      "first_is_zero": .flag(steps[0].gradients.loraA.values.allSatisfy { $0 == 0 }),
      "loss_after": .number(lossAfter, decimals: 2),
    ]
    for (index, step) in steps.enumerated() {
      values["a_\(index + 1)"] = size(step.gradients.loraA.norm)
      values["b_\(index + 1)"] = size(step.gradients.loraB.norm)
      values["loss_\(index + 1)"] = .number(step.loss, decimals: 2)
    }
    return values
  }

  private var measurements: [(label: Phrase, values: [Value], role: Role)] {
    [
      (
        Phrase(es: "la salida cambia", en: "output changes"),
        steps.map { $0.moved == 0 ? .integer(0) : .percentage($0.moved, decimals: 0) }, .merged
      ),
      (Phrase("|dA|"), steps.map { size($0.gradients.loraA.norm) }, .loraA),
      (Phrase("|dB|"), steps.map { size($0.gradients.loraB.norm) }, .loraB),
      (
        Phrase(es: "pérdida", en: "loss"), steps.map { .number($0.loss, decimals: 2) }, .error
      ),
    ]
  }

  private func title(_ index: Int) -> Phrase {
    Phrase(es: "paso \(index + 1)", en: "step \(index + 1)")
  }

  func columns(_ words: Words) -> FactorColumns {
    FactorColumns(
      columns: steps.enumerated().map { index, step in
        .init(
          title: title(index)(words), shortTitle: title(index)(words), loraA: step.gradients.loraA,
          loraB: step.gradients.loraB,
          corner: step.adapter.deltaWeight)
      },
      rows: measurements.map { entry in
        .init(
          label: entry.label(words), values: entry.values.map { $0.formatted(words) },
          role: entry.role, isEssential: entry.role != .merged)
      }, names: ("dA", "dB", "ΔW"))
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "gradients", title: Phrase(es: "los tres primeros pasos", en: "the first three steps"),
        columns: [Phrase(es: "medida", en: "measurement")] + steps.indices.map(title),
        rows: measurements.map { entry in
          [.init(.words(entry.label))] + entry.values.map { .init($0) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = steps.enumerated().map { index, step in
      let (a, b) = (
        size(step.gradients.loraA.norm).formatted(words),
        size(step.gradients.loraB.norm).formatted(words)
      )
      return "\(title(index)(words)), |dA| = \(a), |dB| = \(b)"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Los gradientes de A y de B en tres pasos seguidos, en una misma escala de colores, con la \
        actualización ΔW que hay en cada momento: \(list). En el primero, dA y ΔW son cero.
        """,
      en: """
        The gradients of A and B in three steps, on one colour scale, with the update ΔW that there \
        is at each moment: \(list). In the first one dA and ΔW are zero.
        """)
  }
}
