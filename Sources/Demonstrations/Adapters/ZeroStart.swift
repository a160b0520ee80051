internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Why one factor starts at zero, and only one: three starts of one layer.
public struct ZeroStart: Demonstration {
  public let id = "zero-start"
  public let parameters = [
    ToyTask.rankParameter,
    Parameter(
      "steps", Phrase(es: "pasos de entrenamiento", en: "steps of training"), default: 10,
      range: 1...200),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let task = try ToyTask(rank: whole("rank", in: input), seed: input.seed)
    let result = try ZeroStartResult(
      task: task, steps: whole("steps", in: input), seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Con B = 0 empieza como estaba, y puede moverse",
            en: "With B = 0 it starts as it was, and can move")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.columns(canvas.words).draw(on: &canvas, in: frame) }))
  }
}

/// What each start does to the layer before any training, and after some.
struct ZeroStartResult: Sendable {
  /// One way to start.
  struct Start: Sendable {
    let adapter: LoRAAdapter
    let moved: Double
    /// The norms of the first gradients.
    let gradientA: Double
    let gradientB: Double
    /// The loss before and after training, as shares of that without an adapter.
    let lossBefore: Double
    let lossAfter: Double

    init(_ adapter: LoRAAdapter, _ task: ToyTask, steps: Int, without: Double) throws {
      self.adapter = adapter
      moved = try task.movedOutput(adapter)
      let gradients = try task.gradients(adapter)
      gradientA = gradients.loraA.norm
      gradientB = gradients.loraB.norm
      lossBefore = try task.loss(adapter) / without
      var trained = adapter
      for _ in 0..<steps { trained = try task.stepped(trained) }
      lossAfter = try task.loss(trained) / without
    }
  }

  let task: ToyTask
  let steps: Int
  /// A random and B zero, both random, both zero.
  let starts: [Start]
  /// A zero and B random.
  let mirrored: Start

  init(task: ToyTask, steps: Int, seed: UInt64) throws {
    self.task = task
    self.steps = steps
    var generator = RandomGenerator(seed: seed &+ 2)
    let usual = try LoRAAdapter.start(
      for: task.weight, task.configuration, using: &generator
    ).adapter
    // B as A of the turned weight would be drawn.
    let randomB = try LoRAAdapter.start(
      for: task.weight.transposed, task.configuration, using: &generator
    ).adapter.loraA.transposed
    let zeroA = Matrix.zeros(rows: usual.rank, columns: task.weight.columns)
    func adapter(_ loraA: Matrix, _ loraB: Matrix) throws -> LoRAAdapter {
      try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: usual.scaling)
    }
    let without = try task.loss(usual)
    starts = try [
      usual, adapter(usual.loraA, randomB), adapter(zeroA, usual.loraB),
    ].map { try Start($0, task, steps: steps, without: without) }
    mirrored = try Start(adapter(zeroA, randomB), task, steps: steps, without: without)
  }

  private func share(_ value: Double) -> Value {
    value == 0 ? .integer(0) : .percentage(value, decimals: value < 0.0995 ? 1 : 0)
  }

  private func size(_ value: Double) -> Value {
    value == 0 ? .integer(0) : .number(value, decimals: 2)
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rank": .integer(starts[0].adapter.rank), "steps": .integer(steps),
      "rows": .integer(ToyTask.rows), "columns": .integer(ToyTask.columns),
      "examples": .integer(ToyTask.examples),
      "starts_exact": .flag(starts[0].moved == 0), "stuck": .flag(isStuck),
      "mirror_moved": share(mirrored.moved), "mirror_loss": share(mirrored.lossAfter),
      "mirror_a": size(mirrored.gradientA), "mirror_b": size(mirrored.gradientB),
    ]
    for (name, start) in zip(["usual", "random", "zero"], starts) {
      values[name + "_moved"] = share(start.moved)
      values[name + "_a"] = size(start.gradientA)
      values[name + "_b"] = size(start.gradientB)
      values[name + "_before"] = share(start.lossBefore)
      values[name + "_after"] = share(start.lossAfter)
    }
    return values
  }

  /// Whether the start with two zeros has moved by nothing at all.
  private var isStuck: Bool {
    starts[2].gradientA == 0 && starts[2].gradientB == 0
      && starts[2].lossAfter == starts[2].lossBefore
  }

  static let titles = [
    Phrase("LoRA: B = 0"),
    Phrase(es: "A y B al azar", en: "A and B random"),
    Phrase(es: "A = 0 y B = 0", en: "A = 0 and B = 0"),
  ]

  /// Titles where there is little room.
  static let shortTitles = [
    Phrase("B = 0"), Phrase(es: "al azar", en: "random"), Phrase("A = B = 0"),
  ]

  private var measurements: [(label: Phrase, values: [Value], role: Role, isEssential: Bool)] {
    [
      (
        Phrase(es: "la salida cambia", en: "output changes"), starts.map { share($0.moved) },
        .merged, true
      ),
      (Phrase("|dA|"), starts.map { size($0.gradientA) }, .loraA, true),
      (Phrase("|dB|"), starts.map { size($0.gradientB) }, .loraB, true),
      (
        Phrase(es: "pérdida, paso \(steps)", en: "loss, step \(steps)"),
        starts.map { share($0.lossAfter) }, .error, false
      ),
    ]
  }

  func columns(_ words: Words) -> FactorColumns {
    FactorColumns(
      columns: starts.enumerated().map { index, start in
        .init(
          title: Self.titles[index](words), shortTitle: Self.shortTitles[index](words),
          loraA: start.adapter.loraA, loraB: start.adapter.loraB,
          corner: start.adapter.deltaWeight)
      },
      rows: measurements.map { entry in
        .init(
          label: entry.label(words), values: entry.values.map { $0.formatted(words) },
          role: entry.role, isEssential: entry.isEssential)
      }, names: ("A", "B", "ΔW"))
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "starts", title: Phrase(es: "tres comienzos", en: "three starts"),
        columns: [Phrase(es: "medida", en: "measurement")] + Self.titles,
        rows: measurements.map { entry in
          [.init(.words(entry.label))] + entry.values.map { .init($0) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = zip(Self.titles, starts).map { title, start in
      words.say(
        es: """
          \(title(words)): la salida cambia \(share(start.moved).formatted(words)), |dA| = \
          \(size(start.gradientA).formatted(words)) y |dB| = \
          \(size(start.gradientB).formatted(words))
          """,
        en: """
          \(title(words)): the output changes by \(share(start.moved).formatted(words)), |dA| = \
          \(size(start.gradientA).formatted(words)) and |dB| = \
          \(size(start.gradientB).formatted(words))
          """)
    }.joined(separator: "; ")
    return words.say(
      es: "Tres comienzos del mismo adaptador, cada uno con A, B y su producto. \(list).",
      en: "Three starts of one adapter, each with A, B and their product. \(list).")
  }
}
