internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// What an adapter adds to a frozen weight, number by number: `W₀ + (α/r) · B · A`.
public struct AdapterUpdate: Demonstration {
  public let id = "adapter-update"
  public let parameters =
    ToyAdapter.parameters + [
      Parameter(
        "row", Phrase(es: "fila señalada, desde 0", en: "row pointed at, from 0"), default: 1,
        range: 0...2),
      Parameter(
        "column", Phrase(es: "columna señalada, desde 0", en: "column pointed at, from 0"),
        default: 2, range: 0...3),
    ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let corner = try corner(in: input, rows: 3, columns: 4)
    let toy = try ToyAdapter(
      corner: corner, rank: whole("rank", in: input), alpha: whole("alpha", in: input),
      seed: input.seed)
    let result = AdapterUpdateResult(
      toy: toy,
      pointed: (
        min(try whole("row", in: input), corner.rows - 1),
        min(try whole("column", in: input), corner.columns - 1)
      ))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "El peso se queda quieto; se le suma (α/r)·B·A",
            en: "The weight stays still; (α/r)·B·A is added to it")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in AdapterUpdateDrawing(result: result).draw(on: &canvas, in: frame) }
      ))
  }
}

/// A toy adapter with one cell that is spelled out.
struct AdapterUpdateResult: Sendable {
  let toy: ToyAdapter
  let pointed: (row: Int, column: Int)

  private var factors: [(loraB: Float, loraA: Float)] {
    (0..<toy.rank).map {
      (toy.adapter.loraB[pointed.row, $0], toy.adapter.loraA[$0, pointed.column])
    }
  }

  /// A factor as a term of a sum: without parentheses where it is not negative.
  private func term(_ value: Float, _ decimals: Int, _ words: Words) -> String {
    let text = words.number(Double(value), decimals)
    return value < 0 ? "(\(text))" : text
  }

  /// The factors of the dot product behind a cell, as they are written.
  func terms(_ words: Words) -> [(loraB: String, loraA: String)] {
    factors.map {
      (
        term($0.loraB, toy.loraBDecimals, words), term($0.loraA, ToyAdapter.factorDecimals, words)
      )
    }
  }

  /// The dot product behind a cell, such as “0.5 × 1.2 + 0.1 × (−0.4)”.
  func dotProduct(_ words: Words) -> String {
    terms(words).map { "\($0.loraB) × \($0.loraA)" }.joined(separator: " + ")
  }

  /// The cells that change by more than the rounding of the factors.
  private var changed: Int {
    let update = toy.adapter.deltaWeight.values
    let largest = update.reduce(0) { max($0, $1.magnitude) }
    return update.count { $0.magnitude > 1e-6 * largest }
  }

  func scalingText(_ words: Words) -> String {
    let scaling = toy.configuration.scaling
    return words.number(scaling, scaling == scaling.rounded() ? 0 : 2)
  }

  var named: [String: Value] {
    let rows = toy.weight.rows
    let columns = toy.weight.columns
    let factorCount = toy.rank * (rows + columns)
    func cell(_ matrix: Matrix) -> Value {
      .number(Double(matrix[pointed.row, pointed.column]), decimals: toy.exactDecimals)
    }
    let scaling = toy.configuration.scaling
    return [
      "rows": .integer(rows), "columns": .integer(columns), "rank": .integer(toy.rank),
      "alpha": .integer(Int(toy.configuration.alpha)),
      "scaling": .number(scaling, decimals: scaling == scaling.rounded() ? 0 : 2),
      "row": .integer(pointed.row + 1), "column": .integer(pointed.column + 1),
      "frozen": cell(toy.weight), "product": cell(toy.product),
      "update": cell(toy.adapter.deltaWeight), "merged": cell(toy.merged),
      "dot_product": .words(
        Phrase(es: dotProduct(Words(.spanish)), en: dotProduct(Words(.english)))),
      "full": .integer(rows * columns), "factors": .integer(factorCount),
      "saves": .flag(factorCount < rows * columns),
      "changed": .integer(changed),
    ]
  }

  var tables: [DataTable] {
    let parts: [(String, Phrase, Matrix, Int)] = [
      ("frozen", Phrase(es: "W₀, congelado", en: "W₀, frozen"), toy.weight, toy.decimals),
      ("a", Phrase("A"), toy.adapter.loraA, ToyAdapter.factorDecimals),
      ("b", Phrase("B"), toy.adapter.loraB, toy.loraBDecimals),
      ("update", Phrase("ΔW = (α/r)·B·A"), toy.adapter.deltaWeight, toy.decimals),
      ("merged", Phrase("W₀ + ΔW"), toy.merged, toy.decimals),
    ]
    return parts.map { id, title, matrix, decimals in
      DataTable(
        id: id, title: title,
        rows: coloredRows(
          matrix, limit: id == "a" ? toy.loraALimit : toy.limit, decimals: decimals))
    }
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        La matriz congelada W₀ de \(value("rows"))×\(value("columns")), con un candado, más una \
        casilla con α/r = \(value("scaling")) por el producto de B, a la izquierda, y A, arriba, \
        con B·A en la esquina; igual a la suma. En la fila \(value("row")) y la columna \
        \(value("column")): \(value("frozen")) + \(value("scaling")) × \(value("product")) = \
        \(value("merged")).
        """,
      en: """
        The frozen \(value("rows"))×\(value("columns")) matrix W₀ with a padlock, plus a box with \
        α/r = \(value("scaling")) times the product of B, on the left, and A, above, with B·A in \
        the corner; equal to the sum. In row \(value("row")) and column \(value("column")): \
        \(value("frozen")) + \(value("scaling")) × \(value("product")) = \(value("merged")).
        """)
  }
}
