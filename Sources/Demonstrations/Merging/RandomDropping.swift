internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// DARE on a handful of entries: some dropped at random, the rest enlarged, right on average.
public struct RandomDropping: Demonstration {
  public let id = "random-dropping"
  public let parameters = [
    Parameter(
      "density", Phrase(es: "parte de las entradas que se guarda", en: "share of entries kept"),
      default: 0.5, range: 0.05...1, isWhole: false),
    Parameter(
      "draws", Phrase(es: "sorteos que se promedian", en: "draws that are averaged"), default: 256,
      range: 4...4096),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input)
    let row = weights.matrix[
      rows: 0..<1, columns: 0..<min(weights.matrix.columns, SignElection.largest.columns)]
    guard row.norm > 0 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name, reason: "begins with a row of zeros")
    }
    var generator = RandomGenerator(seed: input.seed)
    let result = try RandomDroppingResult(
      entries: row, density: value(of: "density", in: input), count: whole("draws", in: input),
      using: &generator)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "DARE se equivoca en cada sorteo y acierta de media",
            en: "DARE is wrong in every draw and right on average")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RandomDroppingDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// A row of entries, what is left of it in some draws, and how their mean comes near it.
struct RandomDroppingResult: Sendable {
  /// How far the mean of some draws is from the entries, relative to their norm.
  struct Distance: Sendable {
    let draws: Int
    let measured: Double
    /// The root of the expected square: √((1 − d) / (d · n)) for a share d and n draws.
    let expected: Double
  }

  let entries: Matrix
  let density: Double
  let count: Int
  /// The first draws, to be shown.
  let draws: [Matrix]
  let mean: Matrix
  let distances: [Distance]

  /// How many draws the picture shows.
  static let shown = 4

  init(
    entries: Matrix, density: Double, count: Int, using generator: inout RandomGenerator
  ) throws {
    self.entries = entries
    self.density = density
    self.count = count
    var draws: [Matrix] = []
    var distances: [Distance] = []
    var sum = Matrix.zeros(rows: entries.rows, columns: entries.columns)
    var next = 1
    for number in 1...count {
      let mask = DareMasks.random(like: entries, density: density, using: &generator)
      let dropped = try DareMasks.dropped(entries, keeping: mask, density: density)
      if number <= Self.shown { draws.append(dropped) }
      sum = sum + dropped
      guard number == next || number == count else { continue }
      next *= 2
      distances.append(
        Distance(
          draws: number,
          measured: (Float(1 / Double(number)) * sum).relativeError(to: entries),
          expected: ((1 - density) / (density * Double(number))).squareRoot()))
    }
    self.draws = draws
    self.distances = distances
    mean = Float(1 / Double(count)) * sum
  }

  var decimals: Int { min(decimalsFor(entries.values), 2) }
  var limit: Double {
    let all = draws.flatMap(\.values) + entries.values
    return ColorScale.roundLimit(Double(Statistics.absoluteMaximum(all)?.value ?? 1))
  }
  /// The largest entry, whose way the prose follows.
  private var largest: Float {
    entries.values[Statistics.absoluteMaximum(entries.values)?.index ?? 0]
  }
  var first: Distance { distances[0] }
  var last: Distance { distances[distances.count - 1] }

  var named: [String: Value] {
    [
      "entries": .integer(entries.columns), "density": .settingShare(density),
      "draws": .integer(count), "shown": .integer(draws.count),
      "value": .number(Double(largest), decimals: decimals),
      "enlarged": .number(Double(largest) / density, decimals: decimals),
      "factor": .setting(1 / density),
      "once": .percentage(first.measured, decimals: 0),
      "averaged": .percentage(last.measured, decimals: 1),
      "expected": .percentage(last.expected, decimals: 1),
      "expected_once": .percentage(first.expected, decimals: 0),
      "drops": .flag(density < 1),
    ]
  }

  var tables: [DataTable] {
    func row(_ name: Phrase, _ matrix: Matrix) -> [DataTable.Cell] {
      [.init(.words(name))]
        + matrix.values.map {
          .init(.number(Double($0), decimals: decimals), shade: .signed(Double($0) / limit))
        }
    }
    return [
      DataTable(
        id: "draws", title: Phrase(es: "DARE, sorteo a sorteo", en: "DARE, draw by draw"),
        rows: [row(Phrase(es: "original", en: "original"), entries)]
          + draws.enumerated().map { index, draw in
            row(Phrase(es: "sorteo \(index + 1)", en: "draw \(index + 1)"), draw)
          } + [row(Phrase(es: "media", en: "mean"), mean)]),
      DataTable(
        id: "distances",
        title: Phrase(es: "distancia a la original", en: "distance from the original"),
        columns: [
          Phrase(es: "sorteos", en: "draws"), Phrase(es: "medida", en: "measured"),
          Phrase(es: "esperada", en: "expected"),
        ],
        rows: distances.map { distance in
          [
            .init(.integer(distance.draws)), .init(.percentage(distance.measured, decimals: 1)),
            .init(.percentage(distance.expected, decimals: 1)),
          ]
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let (once, averaged) = (
      words.percentage(first.measured, 0), words.percentage(last.measured, 1)
    )
    return words.say(
      es: """
        Una fila de \(entries.columns) números y debajo \(draws.count) sorteos: en cada uno faltan \
        unos cuantos y los demás son mayores; la última fila es la media de \(count) sorteos. Al lado, \
        la distancia entre la media y la fila original según el número de sorteos: baja de \(once) a \
        \(averaged).
        """,
      en: """
        A row of \(entries.columns) numbers and below it \(draws.count) draws: some numbers are \
        missing in each, and the others are larger; the last row is the mean of \(count) draws. Beside \
        it, the distance between that mean and the original row against the number of draws: it falls \
        from \(once) to \(averaged).
        """)
  }
}

/// Draws the rows on the left, and on the right how their mean comes near the original.
struct RandomDroppingDrawing {
  let result: RandomDroppingResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let panels =
      canvas.isCompact ? [frame] : frame.columns([0.62, 0.38], gap: canvas.em(1.4))
    drawRows(in: panels[0], on: &canvas)
    if panels.count > 1 { drawDistances(in: panels[1], on: &canvas) }
  }

  private func drawRows(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    func row(_ name: String, _ matrix: Matrix, _ role: Role, isFirst: Bool) -> CellRows.Row {
      CellRows.Row(
        name: name, values: matrix.values, looks: matrix.values.map { $0 == 0 ? .pruned : .value },
        role: role, isFirst: isFirst)
    }
    let draws = result.draws.enumerated().map { index, draw in
      row(
        words.say(es: "sorteo \(index + 1)", en: "draw \(index + 1)"), draw, .error,
        isFirst: index == 0)
    }
    CellRows(
      rows: [row("original", result.entries, .update, isFirst: true)] + draws
        + [row(words.say(es: "media", en: "mean"), result.mean, .merged, isFirst: true)],
      limit: result.limit, decimals: result.decimals
    ).draw(in: frame, on: &canvas)
  }

  private func drawDistances(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    // Where nothing is dropped every distance is zero, and stands at the lower edge.
    let values = result.distances.flatMap { [$0.measured, $0.expected] }.filter { $0 > 1e-6 }
    let (low, high) = (values.min() ?? 0.01, values.max() ?? 1)
    let bottom = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1].last { $0 <= low } ?? 1e-6
    let top = [1e-1, 1, 10].first { $0 >= high } ?? 10
    let last = max(Double(result.count), 2)
    func points(_ value: (RandomDroppingResult.Distance) -> Double) -> [Point] {
      result.distances.map { Point(Double($0.draws), max(value($0), bottom)) }
    }
    let percentages: [(value: Double, label: String)] = [
      1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10,
    ].filter { (bottom...top).contains($0) }.map { value in
      (value, words.numbers.significant(value * 100, digits: 1) + words.say(es: " %", en: "%"))
    }
    LinePanel(
      heading: words.say(es: "distancia de la media", en: "distance of the mean"),
      series: [
        .init(
          name: words.say(es: "esperada", en: "expected"), role: .frozen,
          points: points(\.expected)),
        .init(
          name: words.say(es: "medida", en: "measured"), role: .error, points: points(\.measured)),
      ],
      across: PlotFrame.Side(
        kind: .logarithmic, domain: 1...last,
        ticks: [1, 4, 16, 64, 256, 1024, 4096].filter { $0 <= last }.map {
          ($0, words.number($0, 0))
        }, title: words.say(es: "sorteos", en: "draws")),
      up: PlotFrame.Side(kind: .logarithmic, domain: bottom...top, ticks: percentages)
    ).draw(in: frame, on: &canvas)
  }
}
