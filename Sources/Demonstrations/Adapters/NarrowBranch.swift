internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// One input on its way through both branches of a layer: the frozen weight, and the adapter beside it.
public struct NarrowBranch: Demonstration {
  public let id = "narrow-branch"
  public let parameters = ToyAdapter.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let toy = try ToyAdapter(
      corner: corner(in: input, rows: 3, columns: 4), rank: whole("rank", in: input),
      alpha: whole("alpha", in: input), seed: input.seed)
    var generator = RandomGenerator(seed: input.seed &+ 1)
    let entries = (0..<toy.weight.columns).map { _ in
      Float((generator.nextNormal() * 10).rounded() / 10)
    }
    let result = try NarrowBranchResult(
      toy: toy, entry: Matrix(rows: 1, columns: entries.count, values: entries))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Dos caminos, y uno pasa por solo \(result.neckText(words))",
            en: "Two ways, and one passes through \(result.neckText(words))")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in NarrowBranchDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// What an input becomes at every station of both branches.
struct NarrowBranchResult: Sendable {
  let toy: ToyAdapter
  /// The input as a batch of one, [1, in].
  let entry: Matrix
  /// What leaves the layer, [1, out].
  let output: Matrix
  /// What leaves a layer whose weight is the merged one.
  let mergedOutput: Matrix

  init(toy: ToyAdapter, entry: Matrix) throws {
    self.toy = toy
    self.entry = entry
    output = try toy.adapter.output(of: entry, weight: toy.weight)
    mergedOutput = entry.multiplied(
      by: try toy.adapter.merged(into: toy.weight).weight.transposed)
  }

  var frozenOutput: Matrix { entry.multiplied(by: toy.weight.transposed) }
  /// The few numbers through which the adapter's branch passes, [1, rank].
  var bottleneck: Matrix { entry.multiplied(by: toy.adapter.loraA.transposed) }
  var branch: Matrix { bottleneck.multiplied(by: toy.adapter.loraB.transposed) }
  var scaledBranch: Matrix { Float(toy.configuration.scaling) * branch }
  var difference: Double {
    Double(Statistics.absoluteMaximum((output - mergedOutput).values)?.value ?? 0)
  }
  /// Whether both ways to the output agree but for the rounding of single precision.
  var agrees: Bool {
    let largest = Double(Statistics.absoluteMaximum(output.values)?.value ?? 0)
    return difference <= 1e-5 * max(largest, 1e-6)
  }

  var decimals: Int { max(decimalsFor(output.values + frozenOutput.values), 2) }

  private func listed(_ batch: Matrix, _ decimals: Int) -> Value {
    func text(_ words: Words) -> String {
      batch.values.map { words.number(Double($0), decimals) }
        .joined(separator: words.say(es: "; ", en: ", "))
    }
    return .words(Phrase(es: text(Words(.spanish)), en: text(Words(.english))))
  }

  var named: [String: Value] {
    let rows = toy.weight.rows
    let columns = toy.weight.columns
    let scaling = toy.configuration.scaling
    return [
      "rank": .integer(toy.rank), "rows": .integer(rows), "columns": .integer(columns),
      "scaling": .number(scaling, decimals: scaling == scaling.rounded() ? 0 : 2),
      "entry": listed(entry, 1), "bottleneck": listed(bottleneck, 2),
      "frozen_output": listed(frozenOutput, decimals), "branch": listed(branch, decimals),
      "scaled_branch": listed(scaledBranch, decimals), "output": listed(output, decimals),
      "difference": .significant(difference, digits: 1), "agrees": .flag(agrees),
      "frozen_products": .integer(rows * columns),
      "branch_products": .integer(toy.rank * (rows + columns)),
    ]
  }

  var tables: [DataTable] {
    let stations: [(Phrase, Matrix, Int)] = [
      (Phrase("x"), entry, 1), (Phrase("W₀x"), frozenOutput, decimals),
      (Phrase("Ax"), bottleneck, 2), (Phrase("BAx"), branch, decimals),
      (Phrase("(α/r)·BAx"), scaledBranch, decimals), (Phrase("y"), output, decimals),
    ]
    return [
      DataTable(
        id: "stations", title: Phrase(es: "las estaciones", en: "the stations"),
        columns: [
          Phrase(es: "estación", en: "station"), Phrase(es: "números", en: "numbers"),
        ],
        rows: stations.map { [.init(.words($0.0)), .init(listed($0.1, $0.2))] })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        La entrada x (\(value("entry"))) se bifurca. Arriba, por el peso congelado W₀, da \
        \(value("frozen_output")). Abajo, por A queda en \(toy.rank) números \
        (\(value("bottleneck"))), por B vuelve a \(toy.weight.rows) y se multiplica por \
        \(value("scaling")). La suma de los dos caminos es la salida: \(value("output")).
        """,
      en: """
        The input x (\(value("entry"))) takes two ways. Above, through the frozen weight W₀, it gives \
        \(value("frozen_output")). Below, A leaves \(toy.rank) numbers \
        (\(value("bottleneck"))), B makes \(toy.weight.rows) of them again, and they are multiplied \
        by \(value("scaling")). The sum of both ways is the output: \(value("output")).
        """)
  }
}

extension NarrowBranchResult {
  /// How many numbers pass through the adapter's branch.
  func neckText(_ words: Words) -> String {
    let count = toy.rank
    return words.say(
      es: count == 1 ? "1 número" : "\(count) números",
      en: count == 1 ? "1 number" : "\(count) numbers")
  }

  func scalingText(_ words: Words) -> String {
    let scaling = toy.configuration.scaling
    return words.number(scaling, scaling == scaling.rounded() ? 0 : 2)
  }
}
