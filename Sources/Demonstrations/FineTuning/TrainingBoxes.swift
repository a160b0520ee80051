internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The four numbers that training with AdamW keeps for every weight, and those that are left when
/// the weight is frozen and an adapter is trained beside it.
public struct TrainingBoxes: Demonstration {
  public let id = "training-boxes"
  public let parameters = [
    Parameter(
      "frozen", Phrase(es: "1 si la matriz está congelada", en: "1 if the matrix is frozen"),
      default: 0, range: 0...1),
    Parameter(
      "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 2,
      range: 1...4),
    Parameter("steps", Phrase(es: "pasos", en: "steps"), default: 3, range: 1...1000),
    Parameter(
      "side", Phrase(es: "lado de la matriz grande", en: "side of the large matrix"), default: 384,
      range: 2...100_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weight = try weightsToWrite(in: input).matrix.corner(rows: 4, columns: 6)
    var generator = RandomGenerator(seed: input.seed)
    let example = LayerExample(weight: weight, examples: 4, using: &generator)
    let rank = min(try whole("rank", in: input), weight.rows, weight.columns)
    let start = try LoRAAdapter.start(
      for: weight, LoRAConfiguration(rank: rank, alpha: Double(rank)), using: &generator)
    let steps = try whole("steps", in: input)
    // Steps of the size of the weights, so that a few of them show.
    let rule = AdamW(learningRate: 0.05 * Double(example.unit))
    let adapter = try KeptNumbers.training(start.adapter, on: example, steps: steps, by: rule)
    let result = TrainingBoxesResult(
      isFrozen: try whole("frozen", in: input) == 1, original: weight, rule: rule, steps: steps,
      weight: try KeptNumbers.training(weight, on: example, steps: steps, by: rule),
      loraA: adapter.loraA, loraB: adapter.loraB, side: try whole("side", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isFrozen
            ? words.say(
              es: "Congelada: tres de cada cuatro casillas se van",
              en: "Frozen: three of every four boxes go")
            : words.say(
              es: "Entrenar guarda cuatro números por peso",
              en: "Training keeps four numbers for each weight")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in TrainingBoxesDrawing(result: result).draw(on: &canvas, in: frame) }
      ))
  }
}

/// A matrix that is trained, with what is kept for it after the last step.
struct KeptNumbers: Sendable {
  let value: Matrix
  let gradient: Matrix
  let moments: AdamW.Moments

  func matrix(_ kind: Kept) -> Matrix {
    switch kind {
    case .value: value
    case .gradient: gradient
    case .first: moments.first
    case .second: moments.second
    }
  }

  /// Trains the whole weight.
  static func training(
    _ weight: Matrix, on example: LayerExample, steps: Int, by rule: AdamW
  ) throws -> KeptNumbers {
    var value = weight
    var gradient = weight
    var moments = AdamW.Moments(rows: weight.rows, columns: weight.columns)
    for _ in 0..<steps {
      gradient = try example.pass(value).gradients.weight
      rule.step(&value, gradient: gradient, moments: &moments)
    }
    return KeptNumbers(value: value, gradient: gradient, moments: moments)
  }

  /// Trains the factors of an adapter beside the frozen weight of the example.
  static func training(
    _ start: LoRAAdapter, on example: LayerExample, steps: Int, by rule: AdamW
  ) throws -> (loraA: KeptNumbers, loraB: KeptNumbers) {
    var (loraA, loraB) = (start.loraA, start.loraB)
    var slopes = (loraA: loraA, loraB: loraB)
    var momentsA = AdamW.Moments(rows: loraA.rows, columns: loraA.columns)
    var momentsB = AdamW.Moments(rows: loraB.rows, columns: loraB.columns)
    for _ in 0..<steps {
      let adapter = try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: start.scaling)
      let output = try adapter.output(of: example.input, weight: example.weight)
      let gradients = try adapter.gradients(
        upstream: SquaredError(output: output, target: example.target).gradient,
        input: example.input, weight: example.weight)
      slopes = (gradients.loraA, gradients.loraB)
      rule.step(&loraA, gradient: slopes.loraA, moments: &momentsA)
      rule.step(&loraB, gradient: slopes.loraB, moments: &momentsB)
    }
    return (
      KeptNumbers(value: loraA, gradient: slopes.loraA, moments: momentsA),
      KeptNumbers(value: loraB, gradient: slopes.loraB, moments: momentsB)
    )
  }
}

/// What is kept for a weight that is trained, and for one that is frozen beside an adapter.
struct TrainingBoxesResult: Sendable {
  let isFrozen: Bool
  let original: Matrix
  let rule: AdamW
  let steps: Int
  let weight: KeptNumbers
  let loraA: KeptNumbers
  let loraB: KeptNumbers
  /// The side of a large square matrix that the counts are repeated for.
  let side: Int

  static let bytesOfNumber = 4

  var rank: Int { loraA.value.rows }
  var count: Int { original.count }
  var kinds: Int { Kept.allCases.count }
  var adapter: Int { loraA.value.count + loraB.value.count }
  /// Numbers that are kept when everything is trained, and when the weight is frozen.
  var numbers: Int { kinds * count }
  var frozenNumbers: Int { count + kinds * adapter }
  var saves: Bool { frozenNumbers < numbers }

  /// The rank from which on a frozen matrix with an adapter takes more than training the matrix.
  ///
  /// d·k + 4 r (d + k) = 4 d·k at r = ¾ d·k / (d + k).
  static func breakEven(_ rows: Int, _ columns: Int) -> Double {
    let kinds = Double(Kept.allCases.count)
    return (kinds - 1) / kinds * Double(rows) * Double(columns) / Double(rows + columns)
  }

  /// The weight with the largest gradient, on which the arithmetic is shown.
  var pointed: Int { Statistics.absoluteMaximum(weight.gradient.values)?.index ?? 0 }

  var named: [String: Value] {
    let bytes = Self.bytesOfNumber
    let large = side * side
    let largeFrozen = large + kinds * rank * 2 * side
    func shown(_ kind: Kept) -> Value {
      .significant(Double(weight.matrix(kind).values[pointed]), digits: 3)
    }
    return [
      "rows": .integer(original.rows), "columns": .integer(original.columns),
      "count": .integer(count), "steps": .integer(steps), "rank": .integer(rank),
      "numbers": .integer(numbers), "bytes": .integer(bytes * numbers),
      "bytes_use": .integer(bytes * count), "bytes_number": .integer(bytes),
      "bytes_weight": .integer(bytes * kinds), "kinds": .integer(kinds),
      "gone": .integer((kinds - 1) * count), "adapter": .integer(adapter),
      "adapter_numbers": .integer(kinds * adapter), "frozen_numbers": .integer(frozenNumbers),
      "frozen_bytes": .integer(bytes * frozenNumbers), "saves": .flag(saves),
      "break_even": .number(Self.breakEven(original.rows, original.columns), decimals: 1),
      "row": .integer(pointed / original.columns + 1),
      "column": .integer(pointed % original.columns + 1),
      "one_value": shown(.value), "one_gradient": shown(.gradient), "one_first": shown(.first),
      "one_second": shown(.second), "side": .integer(side),
      "large_numbers": .integer(kinds * large), "large_frozen": .integer(largeFrozen),
      "large_share": .percentage(Double(largeFrozen) / Double(kinds * large), decimals: 1),
      "large_saves": .flag(largeFrozen < kinds * large),
      "large_break_even": .number(Self.breakEven(side, side), decimals: 0),
    ]
  }

  var tables: [DataTable] {
    let rows: [(Phrase, Int, Int)] =
      isFrozen
      ? [
        (Phrase(es: "W₀, congelada", en: "W₀, frozen"), count, count),
        (Phrase("A"), loraA.value.count, kinds * loraA.value.count),
        (Phrase("B"), loraB.value.count, kinds * loraB.value.count),
      ] : [(Phrase("W"), count, numbers)]
    return [
      DataTable(
        id: "numbers", title: Phrase(es: "números que se guardan", en: "numbers that are kept"),
        columns: [
          Phrase(es: "matriz", en: "matrix"), Phrase(es: "valores", en: "values"),
          Phrase(es: "números", en: "numbers"), Phrase("bytes"),
        ],
        rows: rows.map { name, values, numbers in
          [
            .init(.words(name)), .init(.integer(values)), .init(.integer(numbers)),
            .init(.integer(Self.bytesOfNumber * numbers)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let shape = "\(original.rows)×\(original.columns)"
    guard isFrozen else {
      return words.say(
        es: """
          Cuatro matrices de \(shape), una al lado de otra: el valor de cada peso, su gradiente y \
          sus dos momentos después de \(steps) pasos de AdamW. Son \(words.integer(numbers)) números \
          para \(words.integer(count)) pesos.
          """,
        en: """
          Four matrices of \(shape), side by side: the value of every weight, its gradient and its \
          two moments after \(steps) steps of AdamW. They are \(words.integer(numbers)) numbers for \
          \(words.integer(count)) weights.
          """)
    }
    return words.say(
      es: """
        El mismo cuadro que antes con la matriz de \(shape) congelada: de ella queda el valor, y las \
        casillas de gradiente y momentos están vacías. Debajo, los factores A y B del adaptador de \
        rango \(rank) tienen las cuatro. En total, \(words.integer(frozenNumbers)) números en lugar \
        de \(words.integer(numbers)).
        """,
      en: """
        The same picture as before with the matrix of \(shape) frozen: its value is left, and the \
        boxes of gradient and moments are empty. Below, the factors A and B of the adapter of rank \
        \(rank) have all four. In all, \(words.integer(frozenNumbers)) numbers instead of \
        \(words.integer(numbers)).
        """)
  }
}
