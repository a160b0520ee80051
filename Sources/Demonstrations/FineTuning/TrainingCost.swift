internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// What a step of training costs: numbers that change, memory and arithmetic, for using a matrix,
/// training all of it, and training an adapter beside it.
public struct TrainingCost: Demonstration {
  public let id = "training-cost"
  public let parameters = [
    Parameter(
      "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 8,
      range: 1...1024),
    Parameter(
      "tokens", Phrase(es: "tokens por paso", en: "tokens in a step"), default: 1024,
      range: 1...1_000_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input)
    let matrix = weights.matrix
    // One true step on a few examples: which weights have another value after it?
    var generator = RandomGenerator(seed: input.seed)
    let examples = Matrix.randomNormal(rows: 4, columns: matrix.columns, using: &generator)
    let errors = Matrix.randomNormal(rows: 4, columns: matrix.rows, using: &generator)
    let gradient = try LayerGradients(upstream: errors, input: examples, weight: matrix).weight
    let largest = Double(matrix.values.reduce(0) { max($0, $1.magnitude) })
    var after = matrix
    var moments = AdamW.Moments(rows: matrix.rows, columns: matrix.columns)
    AdamW(learningRate: largest > 0 ? 1e-3 * largest : 1e-3, weightDecay: 0)
      .step(&after, gradient: gradient, moments: &moments)
    let result = TrainingCostResult(
      name: weights.name, rows: matrix.rows, columns: matrix.columns,
      rank: try whole("rank", in: input), tokens: try whole("tokens", in: input),
      changed: zip(matrix.values, after.values).count { $0 != $1 })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es:
              "Entrenar todo: \(words.number(result.memoryTimes, 1))× memoria, \(words.number(result.timeTimes, 0))× cuentas",
            en:
              "Training all: \(words.number(result.memoryTimes, 1))× memory, \(words.number(result.timeTimes, 0))× arithmetic"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in TrainingCostDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// The three costs in three ways of running a layer.
struct TrainingCostResult: Sendable {
  /// A cost in the three ways.
  struct Cost: Sendable {
    let name: Phrase
    /// Using the layer, training all of it, and training an adapter beside it.
    let values: [Int]

    /// The value for training an adapter, as a share of that for training all.
    var share: Double { Double(values[2]) / Double(max(values[1], 1)) }
  }

  let name: String
  let rows: Int
  let columns: Int
  let rank: Int
  let tokens: Int
  /// How many weights had another value after one step.
  let changed: Int

  var count: Int { rows * columns }
  var adapter: Int { rank * (rows + columns) }
  var memory: ActivationMemoryResult {
    ActivationMemoryResult(
      rows: rows, columns: columns, rank: rank, sequences: 1, length: tokens)
  }
  var bytesToUse: Int { ActivationMemoryResult.bytes * (count + columns) }

  /// Multiplications and additions for a token: one product of the size of the matrix takes two for
  /// each weight.
  static func product(_ count: Int) -> Int { 2 * count }
  /// Forward, and back to the input and to the weight.
  var fullArithmetic: Int { 3 * Self.product(count) }
  /// Without the gradient of the frozen weight, and with all three products for the factors.
  ///
  /// 4 d·k + 6 r (d + k) reaches 6 d·k at r = d·k / 3 (d + k).
  var frozenArithmetic: Int { 2 * Self.product(count) + 3 * Self.product(adapter) }

  /// The rank from which on an adapter takes as much arithmetic as training all, or more.
  var arithmeticBreakEven: Int {
    Int((Double(count) / Double(3 * (rows + columns))).rounded(.up))
  }

  var costs: [Cost] {
    [
      Cost(
        name: Phrase(es: "números que cambian", en: "numbers that change"),
        values: [0, changed, adapter]),
      Cost(
        name: Phrase(es: "bytes en memoria", en: "bytes in memory"),
        values: [bytesToUse, memory.full, memory.frozen]),
      Cost(
        name: Phrase(es: "operaciones por token", en: "operations a token"),
        values: [Self.product(count), fullArithmetic, frozenArithmetic]),
    ]
  }

  var changedShare: Double { Double(changed) / Double(max(count, 1)) }
  var memoryTimes: Double { Double(memory.full) / Double(bytesToUse) }
  var timeTimes: Double { Double(fullArithmetic) / Double(Self.product(count)) }

  /// How far a part of the claim goes, from where it holds and where it holds nearly.
  static func verdict(_ value: Double, holds: Double, nearly: Double) -> Phrase {
    value >= holds
      ? ClaimOutcome.holds.phrase
      : value >= nearly
        ? ClaimOutcome.holdsWithLimit.phrase
        : ClaimOutcome.doesNotHold.phrase
  }
  /// Nearly every weight; at least twice the memory; at least twice the arithmetic.
  var verdicts: [Phrase] {
    [
      Self.verdict(changedShare, holds: 0.999, nearly: 0.9),
      Self.verdict(memoryTimes, holds: 2, nearly: 1.2),
      Self.verdict(timeTimes, holds: 2, nearly: 1.2),
    ]
  }
  /// The weakest of the three.
  var verdict: Phrase {
    let order = ["holds", "holds, with a limit", "does not hold here"]
    return verdicts.max { left, right in
      (order.firstIndex(of: left.english) ?? 0) < (order.firstIndex(of: right.english) ?? 0)
    } ?? verdicts[0]
  }

  var named: [String: Value] {
    [
      "name": .code(name), "rows": .integer(rows), "columns": .integer(columns),
      "count": .integer(count), "rank": .integer(rank), "tokens": .integer(tokens),
      "changed": .integer(changed), "changed_share": .percentage(changedShare, decimals: 1),
      "adapter": .integer(adapter),
      "adapter_share": .percentage(Double(adapter) / Double(count), decimals: 1),
      "bytes_use": .integer(bytesToUse), "bytes_full": .integer(memory.full),
      "bytes_frozen": .integer(memory.frozen),
      "memory_times": .number(memoryTimes, decimals: 1),
      "memory_share": .percentage(costs[1].share, decimals: 0),
      "arithmetic_use": .integer(Self.product(count)),
      "arithmetic_full": .integer(fullArithmetic), "arithmetic_frozen": .integer(frozenArithmetic),
      "arithmetic_break_even": .integer(arithmeticBreakEven),
      "time_times": .number(timeTimes, decimals: 0),
      "arithmetic_share": .percentage(costs[2].share, decimals: 0),
      "memory_saves": .flag(costs[1].share < 1), "arithmetic_saves": .flag(costs[2].share < 1),
      "verdict_all": .words(verdicts[0]), "verdict_memory": .words(verdicts[1]),
      "verdict_time": .words(verdicts[2]), "verdict": .words(verdict),
      "claim_number": .number(memoryTimes, decimals: 1),
      "claim_measure": .words(
        Phrase(es: "veces la memoria de usar la capa", en: "times the memory of using the layer")),
    ]
  }

  static let ways = [
    Phrase(es: "usar", en: "use"), Phrase(es: "entrenar todo", en: "train all"),
    Phrase(es: "adaptador", en: "adapter"),
  ]

  var tables: [DataTable] {
    [
      DataTable(
        id: "costs", title: Phrase(es: "lo que cuesta un paso", en: "what a step costs"),
        columns: [Phrase(es: "coste", en: "cost")] + Self.ways,
        rows: costs.map { cost in
          [.init(.words(cost.name))] + cost.values.map { .init(.integer($0)) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = costs.map { cost in
      "\(cost.name(words)): "
        + zip(Self.ways, cost.values).map { "\($0(words)) \(words.integer($1))" }
        .joined(separator: ", ")
    }.joined(separator: "; ")
    return words.say(
      es: "Tres grupos de barras, cada uno con las tres formas de tratar la matriz. \(list).",
      en: "Three groups of bars, each with the three ways to treat the matrix. \(list).")
  }
}

/// Draws three groups of three bars, each group on a scale of its own.
struct TrainingCostDrawing {
  let result: TrainingCostResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let base = canvas.style(canvas.isCompact ? .small : .base)
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let names = TrainingCostResult.ways.map { $0(words) }
    let costs = result.costs
    let nameWidth = (names.map { canvas.width($0, base) }.max() ?? 0) + canvas.em(0.8)
    func text(_ value: Int) -> String {
      value < 10_000_000
        ? words.integer(value) : words.numbers.significant(Double(value), digits: 3)
    }
    let shares = costs.map { cost in
      cost.values.map { value in
        words.percentage(Double(value) / Double(max(cost.values[1], 1)), 0)
      }
    }
    let shareWidth =
      (shares.flatMap { $0 }.map { canvas.width($0, small) }.max() ?? 0) + canvas.em(0.8)
    let valueWidth =
      (costs.flatMap(\.values).map { canvas.width(text($0), bold) }.max() ?? 0) + canvas.em(0.6)
    let plot = frame.inset(left: nameWidth, right: valueWidth + shareWidth)
    let groups = plot.rows([1, 1, 1], gap: canvas.em(canvas.isCompact ? 0.4 : 0.9))
    let fills = [
      theme.rule, Kept.value.color(theme), theme.color(.update),
    ]
    let line = canvas.lineHeight(small)
    for (index, (cost, group)) in zip(costs, groups).enumerated() {
      canvas.text(
        cost.name(words), at: Point(plot.minX, group.minY), small, color: theme.secondaryInk,
        vertical: .top)
      let most = Double(max(cost.values.max() ?? 1, 1))
      let bars = group.inset(top: line + canvas.em(0.1)).rows(
        [1, 1, 1], gap: canvas.em(canvas.isCompact ? 0.12 : 0.25))
      for (way, bar) in bars.enumerated() {
        let height = min(bar.height, canvas.em(1.6))
        let width = plot.width * Double(cost.values[way]) / most
        canvas.text(
          names[way], at: Point(plot.minX - canvas.em(0.6), bar.midY), base, anchor: .end,
          vertical: .middle)
        canvas.fill(
          Rectangle(x: plot.minX, y: bar.midY - height / 2, width: width, height: height),
          fills[way])
        canvas.text(
          text(cost.values[way]), at: Point(plot.minX + width + canvas.em(0.4), bar.midY), bold,
          vertical: .middle)
        canvas.text(
          shares[index][way], at: Point(frame.maxX, bar.midY), small, color: theme.secondaryInk,
          anchor: .end, vertical: .middle)
      }
    }
  }
}
