internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// TIES on a handful of entries: prune, elect a sign, and average what agrees with it.
public struct SignElection: Demonstration {
  public let id = "sign-election"
  public let parameters = [
    Parameter(
      "density", Phrase(es: "parte de las entradas que se guarda", en: "share of entries kept"),
      default: 0.5, range: 0.01...1, isWhole: false)
  ]

  /// The most adapters and entries that the picture shows.
  static let largest = (rows: 4, columns: 8)

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input, atLeast: 2)
    guard weights.matrix.rows >= 2 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: "has one row, and every row stands for an adapter: it needs at least two")
    }
    let shown = weights.matrix[
      rows: 0..<min(weights.matrix.rows, Self.largest.rows),
      columns: 0..<min(weights.matrix.columns, Self.largest.columns)]
    let result = try SignElectionResult(
      entries: shown, density: value(of: "density", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "TIES: podar, elegir un signo, promediar lo que coincide",
            en: "TIES: prune, elect a sign, average what agrees")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in SignElectionDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// The entries of some adapters, a row each, on their way through TIES.
struct SignElectionResult: Sendable {
  /// A row for every adapter.
  let entries: Matrix
  let steps: TIESSteps
  let density: Double

  init(entries: Matrix, density: Double) throws {
    self.entries = entries
    self.density = density
    let rows = (0..<entries.rows).map {
      entries[rows: $0..<$0 + 1, columns: 0..<entries.columns]
    }
    steps = try TIESSteps(
      rows, weights: Array(repeating: 1, count: rows.count), density: density)
  }

  var decimals: Int { min(decimalsFor(entries.values), 2) }
  var limit: Double {
    let largest = Statistics.absoluteMaximum(entries.values)?.value.magnitude ?? 0
    return largest > 0 ? ColorScale.roundLimit(Double(largest)) : 1
  }
  /// The mean of all adapters in every place.
  var mean: [Float] {
    (0..<entries.columns).map { Float(Statistics.mean(entries.column($0))) }
  }
  func isPruned(_ row: Int, _ column: Int) -> Bool { steps.pruned[row].values[column] == 0 }
  /// Whether an entry is left out because its sign was not elected.
  func isOutvoted(_ row: Int, _ column: Int) -> Bool {
    steps.pruned[row].values[column] * steps.signs.values[column] < 0
  }
  /// Places where kept entries of both signs meet.
  var conflicts: [Int] {
    (0..<entries.columns).filter { column in
      let kept = steps.pruned.map { $0.values[column] }
      return kept.contains { $0 > 0 } && kept.contains { $0 < 0 }
    }
  }
  /// The place where TIES and the mean of all differ most, among conflicts where there are some.
  var pointed: Int {
    let all = mean
    let places = conflicts.isEmpty ? Array(0..<entries.columns) : conflicts
    return places.max {
      (steps.merged.values[$0] - all[$0]).magnitude < (steps.merged.values[$1] - all[$1]).magnitude
    } ?? 0
  }

  var named: [String: Value] {
    let index = pointed
    let kept = steps.pruned.map { $0.values[index] }
    let agreeing = kept.filter { $0 * steps.signs.values[index] > 0 }
    func list(_ words: Words) -> String {
      let written = kept.map { $0 == 0 ? "0" : words.number(Double($0), decimals) }
      return written.joined(separator: words.say(es: "; ", en: ", "))
    }
    return [
      "adapters": .integer(entries.rows), "entries": .integer(entries.columns),
      "kept": .integer(steps.pruned.map { $0.values.count { $0 != 0 } }.max() ?? 0),
      "density": .settingShare(density),
      "conflicts": .integer(conflicts.count), "has_conflicts": .flag(!conflicts.isEmpty),
      "place": .integer(index + 1),
      "values": .words(Phrase(es: list(Words(.spanish)), en: list(Words(.english)))),
      "sign": .words(
        steps.signs.values[index] > 0
          ? Phrase(es: "positivo", en: "positive") : Phrase(es: "negativo", en: "negative")),
      "agreeing": .integer(agreeing.count),
      "merged": .number(Double(steps.merged.values[index]), decimals: decimals),
      "mean": .number(Double(mean[index]), decimals: decimals),
      "stays_zero": .integer(steps.merged.values.count { $0 == 0 }),
    ]
  }

  var tables: [DataTable] {
    func row(_ name: Phrase, _ values: [Float], shaded: Bool = true) -> [DataTable.Cell] {
      [.init(.words(name))]
        + values.map { value in
          .init(
            .number(Double(value), decimals: decimals),
            shade: shaded ? .signed(Double(value) / limit) : .none)
        }
    }
    let original = (0..<entries.rows).map { index in
      row(
        Phrase(es: "adaptador \(index + 1)", en: "adapter \(index + 1)"),
        Array(entries.row(index)))
    }
    let pruned = steps.pruned.enumerated().map { index, matrix in
      row(
        Phrase(es: "podado \(index + 1)", en: "pruned \(index + 1)"), matrix.values)
    }
    return [
      DataTable(
        id: "steps", title: Phrase(es: "TIES, paso a paso", en: "TIES, step by step"),
        rows: original + pruned + [
          row(Phrase(es: "signo", en: "sign"), steps.signs.values, shaded: false),
          row(Phrase("TIES"), steps.merged.values), row(Phrase(es: "media", en: "mean"), mean),
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Filas de celdas de color por su valor: \(entries.rows) adaptadores de \(entries.columns) \
        entradas, los mismos con solo las \(value("kept")) mayores de cada uno, el signo elegido en \
        cada puesto y la media de las que lo tienen. En \(conflicts.count) puestos chocan signos; en \
        el \(value("place")), TIES da \(value("merged")) y la media de todos \(value("mean")).
        """,
      en: """
        Rows of cells coloured by value: \(entries.rows) adapters of \(entries.columns) entries, the \
        same with only the \(value("kept")) largest of each, the sign elected in every place, and the \
        mean of those that have it. Signs clash in \(conflicts.count) places; in place \
        \(value("place")) TIES gives \(value("merged")) and the mean of all \(value("mean")).
        """)
  }
}
